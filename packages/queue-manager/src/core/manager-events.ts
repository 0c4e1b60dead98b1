import type {
  AllowedNames,
  OperationParams,
  WireDevice,
  WirePlan,
  WorkerEvent,
  WorkerOperation,
} from '@beamtime/worker-host/client'
import type { PlainObject } from './plain-object.ts'
import type { UserGroupPermissions } from './permissions/permissions-schema.ts'
import type { StatusObject } from './status.ts'
import type { StoreChange } from './store-change.ts'

export type WorkerAnswer =
  | { readonly ok: true; readonly result: unknown }
  /** `lost`: the connection broke before the answer came, so that the worker may have done it or not. */
  | { readonly ok: false; readonly reason: string; readonly traceback: string; readonly lost?: boolean }

/** What the files next to the startup code say; a text instead of a value when the file is unusable. */
export interface ProfileFiles {
  readonly permissions: { readonly value: UserGroupPermissions } | { readonly problem: string }
  readonly lists:
    | {
        readonly plans: Readonly<Record<string, WirePlan>>
        readonly devices: Readonly<Record<string, WireDevice>>
      }
    | { readonly problem: string }
}

export type ManagerEvent =
  /** First event. `reattached`: a worker of this queue was found alive, its `hello` follows. */
  | { readonly kind: 'started'; readonly reattached: boolean }
  | { readonly kind: 'request'; readonly id: number; readonly body: unknown }
  | { readonly kind: 'worker-event'; readonly event: WorkerEvent }
  | { readonly kind: 'worker-answer'; readonly token: number; readonly answer: WorkerAnswer }
  /** The worker's process is gone, or could not be started. */
  | { readonly kind: 'worker-gone'; readonly reason: string }
  | { readonly kind: 'files-read'; readonly token: number; readonly files: ProfileFiles }
  /** Lists that were made without an environment. */
  | {
      readonly kind: 'lists-made'
      readonly plans: Readonly<Record<string, WirePlan>>
      readonly devices: Readonly<Record<string, WireDevice>>
    }
  | { readonly kind: 'continue' }
  /** The manager is about to end its worker and itself: nothing new is started. */
  | { readonly kind: 'shutting-down' }
  | { readonly kind: 'timer'; readonly name: TimerName }

export type TimerName = 'close-environment' | 'dismiss-worker'

export type LogLevel = 'info' | 'warn' | 'error'

/** Module of the queue server that a console line is written for. */
export type LogSource = 'manager' | 'worker' | 'profile_ops' | 'plan_monitoring'

/** What the worker's spec file says about permissions. */
export interface WorkerPermissions {
  readonly user_group_permissions: UserGroupPermissions
  readonly allowed: Readonly<Record<string, AllowedNames>>
}

/** Carried out in order; a `store` action is durable before the next action begins. */
export type ManagerAction =
  | { readonly kind: 'store'; readonly changes: readonly StoreChange[] }
  | { readonly kind: 'reply'; readonly id: number; readonly method: string; readonly body: PlainObject }
  | { readonly kind: 'publish-status'; readonly status: StatusObject }
  | { readonly kind: 'publish-progress'; readonly progress: PlainObject }
  | { readonly kind: 'console'; readonly time: number; readonly msg: string }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string; readonly source: LogSource }
  | { readonly kind: 'spawn-worker'; readonly permissions: WorkerPermissions | null }
  | { readonly kind: 'kill-worker' }
  | {
      readonly kind: 'ask-worker'
      readonly token: number
      readonly op: WorkerOperation
      readonly params: OperationParams<WorkerOperation>
      readonly timeoutMs: number
    }
  | { readonly kind: 'read-files'; readonly token: number; readonly lists: boolean }
  | {
      readonly kind: 'write-lists'
      readonly plans: Readonly<Record<string, WirePlan>>
      readonly devices: Readonly<Record<string, WireDevice>>
    }
  /** Send the event `continue` after pending input had its turn. */
  | { readonly kind: 'continue' }
  | { readonly kind: 'start-timer'; readonly name: TimerName; readonly ms: number }
  | { readonly kind: 'stop-timer'; readonly name: TimerName }
  /** The manager ends orderly. `kill`: the worker is killed first. */
  | { readonly kind: 'stop-manager'; readonly worker: 'close' | 'kill' }
  /** The manager dies at once, as after a crash; the worker stays. */
  | { readonly kind: 'crash' }
