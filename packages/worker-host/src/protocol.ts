/** What a manager and a worker host say to each other: newline-delimited JSON over a Unix socket.
 *
 * A request is `{id, op, ...params}`; its answer `{id, status: 'accepted', result}` or
 * `{id, status: 'rejected' | 'error', msg, traceback?}`; everything else the host sends is an event `{event, ...}`.
 * Operation and field names are those of the Bluesky queue server's manager-worker pipe. */

export const protocolVersion = 1

/** A longer line closes the connection. A script upload is the longest thing that is ever sent. */
export const maxLineBytes = 64 * 1024 * 1024

export type EnvironmentState =
  | 'initializing'
  | 'idle'
  | 'failed'
  | 'reserved'
  | 'executing_plan'
  | 'executing_task'
  | 'closing'
  | 'closed'

export interface WorkerState {
  readonly running_item_uid: string | null
  readonly running_plan_completed: boolean
  readonly re_report_available: boolean
  /** State of the run engine, null when the startup code left no engine. */
  readonly re_state: string | null
  readonly re_deferred_pause_requested: boolean
  readonly environment_state: EnvironmentState
  readonly run_list_updated: boolean
  readonly plans_and_devices_list_updated: boolean
  readonly running_task_uid: string | null
  readonly completed_tasks_available: boolean
  readonly background_tasks_num: number
  readonly ip_kernel_state: string | null
  readonly ip_kernel_captured: boolean | null
  readonly unexpected_shutdown: boolean
  /** A pause was requested and the engine has neither paused nor become idle since. */
  readonly pause_pending: boolean
}

export type PlanState = 'completed' | 'paused' | 'failed' | 'stopped' | 'aborted' | 'halted' | 'unknown'

/** Outcome of one plan (or of its pause). Kept until `ack_report`. Times are Unix seconds. */
export interface PlanReport {
  readonly item_uid: string
  readonly plan_state: PlanState
  readonly success: boolean
  readonly uids: readonly string[]
  readonly scan_ids: readonly (number | null)[]
  readonly err_msg: string
  readonly traceback: string
  readonly stop_queue: boolean
  readonly time_start: number
  readonly time_stop: number
  /** What the plan returned, when it can be written as JSON. */
  readonly return_value?: unknown
}

export interface RunListEntry {
  readonly uid: string
  readonly scan_id: number | null
  readonly is_open: boolean
  readonly exit_status: 'success' | 'abort' | 'fail' | null
}

/** A plan parameter in the wire form of the queue server: values as strings holding Python literals. */
export interface WirePlanParameter {
  readonly name: string
  readonly kind: { readonly name: string; readonly value: number }
  readonly description?: string
  readonly annotation?: {
    readonly type: string
    readonly devices?: Readonly<Record<string, readonly string[]>>
    readonly plans?: Readonly<Record<string, readonly string[]>>
    readonly enums?: Readonly<Record<string, readonly string[]>>
  }
  readonly default?: string
  readonly default_defined_in_decorator?: true
  readonly min?: string
  readonly max?: string
  readonly step?: string
  /** Ours: unit of a number, for forms. Clients of the queue server ignore it. */
  readonly unit?: string
  readonly convert_plan_names?: boolean
  readonly convert_device_names?: boolean
  readonly eval_expressions?: boolean
}

export interface WirePlan {
  readonly name: string
  readonly module?: string
  readonly description?: string
  readonly properties: { readonly is_generator: boolean }
  readonly parameters: readonly WirePlanParameter[]
}

export interface WireDevice {
  readonly classname: string
  readonly module: string
  readonly is_readable: boolean
  readonly is_movable: boolean
  readonly is_flyable: boolean
  /** The device's own name, which may differ from the variable that holds it. */
  readonly name?: string
  /** Ours: unit and travel limits of a movable device, for forms. */
  readonly unit?: string
  readonly limits?: readonly [low: number, high: number]
  readonly components?: Readonly<Record<string, WireDevice>>
  readonly excluded?: true
}

export interface ExistingLists {
  /** Changes when the content changes. */
  readonly lists_uid: string
  readonly existing_plans: Readonly<Record<string, WirePlan>>
  readonly existing_devices: Readonly<Record<string, WireDevice>>
}

export interface PlanToRun {
  readonly name: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly meta?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[]
  readonly user?: string
  readonly user_group?: string
  readonly item_uid: string
}

export interface FunctionToRun {
  readonly name: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly user?: string
  readonly user_group?: string
  readonly item_uid?: string
}

/** Names that a user group may use. Devices are dotted paths below a variable (`stage`, `stage.x`). */
export interface AllowedNames {
  readonly plans: readonly string[]
  readonly devices: readonly string[]
}

export interface TaskResult {
  readonly task_uid: string
  readonly success: boolean
  readonly msg: string
  readonly traceback: string
  readonly return_value: unknown
  readonly time_start: number
  readonly time_stop: number
}

/** Parameters and result of each operation. */
export interface WorkerOperations {
  request_state: { params: Record<never, never>; result: WorkerState }
  /** null while there is no report that was not acknowledged. */
  request_plan_report: { params: Record<never, never>; result: PlanReport | null }
  request_run_list: { params: Record<never, never>; result: { readonly run_list: readonly RunListEntry[] } }
  request_plans_and_devices_list: { params: Record<never, never>; result: ExistingLists }
  request_task_results: {
    params: { readonly task_uids?: readonly string[] }
    result: { readonly task_results: readonly TaskResult[]; readonly running: readonly RunningTask[] }
  }
  ack_report: { params: { readonly item_uid: string }; result: { readonly acknowledged: boolean } }
  ack_tasks: { params: { readonly task_uids: readonly string[] }; result: { readonly acknowledged: number } }
  request_runengine_metadata: {
    params: Record<never, never>
    result: { readonly re_metadata: Record<string, unknown> }
  }
  command_run_plan: {
    params: { readonly plan: PlanToRun; readonly run_metadata?: Readonly<Record<string, unknown>> }
    result: { readonly item_uid: string }
  }
  command_pause_plan: { params: { readonly option: 'deferred' | 'immediate' }; result: null }
  command_continue_plan: { params: { readonly option: 'resume' | 'stop' | 'abort' | 'halt' }; result: null }
  command_reset_worker: { params: Record<never, never>; result: null }
  command_permissions_reload: {
    params: {
      readonly user_group_permissions?: unknown
      /** One entry a user group. Absent group or absent `allowed` = every existing name. */
      readonly allowed?: Readonly<Record<string, AllowedNames>>
    }
    result: null
  }
  command_load_script: {
    params: {
      readonly script: string
      readonly update_lists?: boolean
      readonly update_re?: boolean
      readonly run_in_background?: boolean
      readonly task_uid: string
    }
    result: { readonly task_uid: string; readonly time_start: number }
  }
  command_execute_function: {
    params: {
      readonly func_info: FunctionToRun
      readonly run_in_background?: boolean
      readonly task_uid: string
    }
    result: { readonly task_uid: string; readonly time_start: number }
  }
  /** Refused while a plan or a foreground task runs. The host goes `closing`, then `closed`, and waits for the confirmation. */
  command_close_env: { params: Record<never, never>; result: null }
  /** The host exits after the answer. */
  command_confirm_exit: { params: Record<never, never>; result: null }
  /** Answer to the oldest open `input` event. */
  answer_input: { params: { readonly text: string }; result: null }
}

export type WorkerOperation = keyof WorkerOperations
export type OperationParams<Op extends WorkerOperation> = WorkerOperations[Op]['params']
export type OperationResult<Op extends WorkerOperation> = WorkerOperations[Op]['result']

export interface RunningTask {
  readonly task_uid: string
  readonly time_start: number
  readonly run_in_background: boolean
}

export type WorkerRequest = { readonly id: number; readonly op: WorkerOperation } & Readonly<
  Record<string, unknown>
>

export type WorkerAnswer =
  | { readonly id: number; readonly status: 'accepted'; readonly result: unknown }
  | {
      readonly id: number
      readonly status: 'rejected' | 'error'
      readonly msg: string
      readonly traceback?: string
    }

export interface DeviceProgress {
  readonly name: string
  readonly current?: number
  readonly initial?: number
  readonly target?: number
  readonly unit?: string
  readonly precision?: number
  /** Part that is done, 0 to 1. */
  readonly fraction?: number
  readonly time_elapsed?: number
  readonly time_remaining?: number
  readonly done: boolean
}

/** Everything the host sends unasked. */
export type WorkerEvent =
  | {
      readonly event: 'hello'
      readonly protocol: number
      readonly pid: number
      readonly queue: string
      readonly state: WorkerState
      readonly run_list: readonly RunListEntry[]
      readonly lists_uid: string
    }
  | { readonly event: 'state'; readonly state: WorkerState }
  | { readonly event: 'run_list'; readonly run_list: readonly RunListEntry[] }
  | ({ readonly event: 'lists' } & ExistingLists)
  | { readonly event: 'plan_report'; readonly report: PlanReport }
  | { readonly event: 'task_completed'; readonly task_uid: string; readonly result: TaskResult }
  /** One write of user code or engine, unchanged; `time` in Unix seconds. */
  | { readonly event: 'console'; readonly time: number; readonly msg: string }
  /** `n` of `total` points of the running plan; `started` in Unix seconds; at most 20 a second. */
  | {
      readonly event: 'progress'
      readonly item_uid: string
      readonly n: number
      readonly total: number | null
      readonly started: number
      readonly devices: readonly DeviceProgress[]
    }
  /** The plan asks the operator for one line; answered by `answer_input`. */
  | { readonly event: 'input'; readonly prompt: string; readonly item_uid: string | null }
  | { readonly event: 'startup_failed'; readonly msg: string; readonly traceback: string }
  /** `spooled`: documents that wait on disk; `ok` false while the bus does not take documents. */
  | { readonly event: 'sink'; readonly ok: boolean; readonly spooled: number; readonly detail: string }

export const workerOperationNames = [
  'request_state',
  'request_plan_report',
  'request_run_list',
  'request_plans_and_devices_list',
  'request_task_results',
  'ack_report',
  'ack_tasks',
  'request_runengine_metadata',
  'command_run_plan',
  'command_pause_plan',
  'command_continue_plan',
  'command_reset_worker',
  'command_permissions_reload',
  'command_load_script',
  'command_execute_function',
  'command_close_env',
  'command_confirm_exit',
  'answer_input',
] as const satisfies readonly WorkerOperation[]
