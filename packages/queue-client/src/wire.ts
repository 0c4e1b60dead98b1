/*
 * What travels on the control and the info socket, in the spelling of the wire.
 * Types only: a browser program may import this file.
 */

/** A value that JSON can carry. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type ManagerState =
  | 'initializing'
  | 'idle'
  | 'paused'
  | 'creating_environment'
  | 'starting_queue'
  | 'executing_queue'
  | 'executing_task'
  | 'closing_environment'
  | 'destroying_environment'

/** The answer to `status`, and the body of each status message. `time` is local ISO time without a zone. */
export interface QueueStatus {
  readonly msg: string
  readonly time: string
  readonly items_in_queue: number
  readonly items_in_history: number
  readonly running_item_uid: string | null
  readonly manager_state: ManagerState
  readonly queue_stop_pending: boolean
  readonly queue_autostart_enabled: boolean
  readonly worker_environment_exists: boolean
  readonly worker_environment_state: string
  readonly worker_background_tasks: number
  readonly re_state: string | null
  readonly ip_kernel_state: string | null
  readonly ip_kernel_captured: boolean | null
  readonly pause_pending: boolean
  readonly status_uid: string
  readonly run_list_uid: string
  readonly plan_queue_uid: string
  readonly plan_history_uid: string
  readonly devices_existing_uid: string
  readonly plans_existing_uid: string
  readonly devices_allowed_uid: string
  readonly plans_allowed_uid: string
  readonly task_results_uid: string
  readonly lock_info_uid: string
  readonly plan_queue_mode: { readonly loop: boolean; readonly ignore_failures: boolean }
  readonly lock: { readonly environment: boolean; readonly queue: boolean }
}

/** One item of the queue. `args` are in order, `kwargs` by name. */
export interface QueueItem {
  readonly item_type: 'plan' | 'instruction' | 'function'
  readonly name: string
  readonly item_uid: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly meta?: unknown
  readonly user?: string
  readonly user_group?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly result?: ItemResult
}

/** Outcome of a plan; times are Unix seconds. */
export interface ItemResult {
  readonly exit_status: 'completed' | 'failed' | 'stopped' | 'aborted' | 'halted' | 'unknown'
  readonly run_uids: readonly string[]
  readonly scan_ids: readonly (number | null)[]
  readonly time_start: number
  readonly time_stop: number
  readonly msg: string
  readonly traceback: string
}

export interface HistoryItem extends QueueItem {
  readonly result: ItemResult
}

/** Progress of the running plan: `n` points of `total` (null when not known), `started` in Unix seconds. */
export interface PlanProgress {
  readonly item_uid: string
  readonly n: number
  readonly total: number | null
  readonly started: number
  readonly devices: readonly DeviceProgress[]
}

export interface DeviceProgress {
  readonly name: string
  readonly current?: number | null
  readonly initial?: number | null
  readonly target?: number | null
  readonly unit?: string
  readonly precision?: number
  readonly fraction?: number | null
  readonly time_elapsed?: number | null
  readonly time_remaining?: number | null
  readonly done?: boolean
}

/** One chunk that a process of the queue printed; `time` in Unix seconds. Chunks are not lines. */
export interface ConsoleMessage {
  readonly time: number
  readonly msg: string
}

/** Any answer of the manager. `status` and `ping` answers have no `success`. */
export interface ManagerReply {
  readonly success?: boolean
  readonly msg?: string
  readonly [key: string]: unknown
}
