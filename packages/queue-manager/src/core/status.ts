import type { ManagerState } from './manager-state.ts'

export const uidNames = [
  'run_list_uid',
  'plan_queue_uid',
  'plan_history_uid',
  'devices_existing_uid',
  'plans_existing_uid',
  'devices_allowed_uid',
  'plans_allowed_uid',
  'task_results_uid',
  'lock_info_uid',
] as const
export type UidName = (typeof uidNames)[number]

export interface QueueMode {
  readonly loop: boolean
  readonly ignore_failures: boolean
}

/** Answer to `status` and `ping`, and body of the info stream; fields in the order of the queue server. */
export type StatusObject = Readonly<Record<UidName, string>> & {
  readonly msg: string
  /** Local time without zone, microseconds: when the status last changed. */
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
  readonly plan_queue_mode: QueueMode
  readonly lock: { readonly environment: boolean; readonly queue: boolean }
}

export type StatusContent = Omit<StatusObject, 'time' | 'status_uid'>

/** True when a client could see a difference. */
export function sameStatus(a: StatusContent, b: StatusContent): boolean {
  for (const [key, value] of Object.entries(a)) {
    const other: unknown = b[key as keyof StatusContent]
    if (value === other) continue
    if (key !== 'plan_queue_mode' && key !== 'lock') return false
    if (JSON.stringify(value) !== JSON.stringify(other)) return false
  }
  return true
}
