import type { ManagerSettings, OwnSettings } from './manager-settings.ts'

/** What the parent process tells a manager process, once, first. */
export interface StartMessage {
  readonly kind: 'start'
  readonly settings: ManagerSettings
  readonly own: OwnSettings
  /** Folder for state and logs. */
  readonly dataDir: string
  /** Words of the Python command. */
  readonly python: readonly string[]
  readonly versionText: string
  readonly demoFolder: string | null
  /** This process follows one that crashed. */
  readonly restarted: boolean
  /** The worker host of that one, null = none. */
  readonly workerPid: number | null
}

/** What a manager process tells its parent. */
export type ManagerMessage =
  | { readonly kind: 'ready' }
  /** Every half second once it is ready, while it answers requests. */
  | { readonly kind: 'heartbeat' }
  /** The worker host that now runs, null = none. */
  | { readonly kind: 'worker'; readonly pid: number | null }
  /** `manager_stop` was accepted: the end that follows is wanted. */
  | { readonly kind: 'stopping' }
  /** It could not start. */
  | { readonly kind: 'failed'; readonly message: string; readonly remedy: string }
