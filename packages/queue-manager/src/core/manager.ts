import type {
  OperationParams,
  OperationResult,
  PlanReport,
  RunListEntry,
  WireDevice,
  WirePlan,
  WorkerOperation,
  WorkerState,
} from '@beamtime/worker-host/client'
import { isPlainObject } from './plain-object.ts'
import type { HistoryEntry, QueueItem } from './item.ts'
import { storedLock, type HeldLock } from './lock.ts'
import type {
  LogLevel,
  LogSource,
  ManagerAction,
  ProfileFiles,
  TimerName,
  WorkerAnswer,
} from './manager-events.ts'
import { nextManagerState, type ManagerState, type ManagerTransition } from './manager-state.ts'
import type { AllowedLists } from './permissions/allowed-lists.ts'
import { defaultPermissions } from './permissions/default-permissions.ts'
import type { UserGroupPermissions } from './permissions/permissions-schema.ts'
import { PlanQueue } from './plan-queue.ts'
import { storedProposals, type Proposal } from './proposal.ts'
import {
  sameStatus,
  uidNames,
  type QueueMode,
  type StatusContent,
  type StatusObject,
  type UidName,
} from './status.ts'
import type { StoreChange, StoredState, StoredValueName } from './store-change.ts'
import { TaskBook } from './task-book.ts'

export interface ManagerSettings {
  /** Stands behind "RE Manager v" in the status. */
  readonly versionText: string
  readonly permissionsReload: 'NEVER' | 'ON_REQUEST' | 'ON_STARTUP'
  readonly updateLists: 'NEVER' | 'ENVIRONMENT_OPEN' | 'ALWAYS'
  readonly emergencyLockKey: string
  readonly permittedMetadataKeys: readonly string[]
  /** Newest entries that are kept, 0 = all. */
  readonly historyKeepItems: number
  readonly autostart: boolean
  readonly openEnvironmentOnStart: boolean
  /** Items enter the queue through proposals only. */
  readonly proposals: boolean
  /** The console tells of opened and closed runs. The Python worker says so itself. */
  readonly announcesRuns: boolean
}

/** What the core may ask of the outside without waiting. */
export interface ManagerPorts {
  newUid(): string
  /** Unix seconds. */
  nowS(): number
  /** For slices of long work; any origin. */
  monotonicMs(): number
  /** Local time without zone, microseconds. */
  isoTime(unixS: number): string
  /** `MM/DD/YYYY HH:MM:SS`, local. */
  lockTime(unixS: number): string
  hash(text: string): string
  /** An item of a batch is final: what can be done ahead of its storing may be done now, in a slice. */
  itemReady(item: QueueItem): void
}

/** A report that ends a plan. */
export type FinalReport = PlanReport & { readonly plan_state: Exclude<PlanReport['plan_state'], 'paused'> }

export interface StartupError {
  readonly msg: string
  readonly traceback: string
  readonly time: number
}

export interface WorkerView {
  /** A host is connected. */
  connected: boolean
  /** The environment is open. */
  exists: boolean
  state: WorkerState | null
  listsSeen: boolean
}

interface Start {
  readonly settings: ManagerSettings
  readonly ports: ManagerPorts
  readonly stored: StoredState
  readonly files: ProfileFiles
  readonly reattached: boolean
  readonly restarted: boolean
}

/**
 * The manager's data with the few operations that every handler uses. Handlers change it and leave actions; they do no
 * input or output. Changes of one step become durable together, before anything that is sent after them.
 */
export class Manager {
  readonly settings: ManagerSettings
  readonly ports: ManagerPorts
  readonly queue: PlanQueue
  readonly tasks = new TaskBook()
  readonly worker: WorkerView = { connected: false, exists: false, state: null, listsSeen: false }
  readonly uids: Record<UidName, string>
  /** uid of an item -> uid under which it went back to the queue. */
  readonly links: Map<string, string>
  history: HistoryEntry[]
  /** End of the running plan, reported while the worker still clears up. */
  finalReport: FinalReport | null = null
  /** uid of the item that is on its way to the worker, which has not said yes or no to it. */
  planAsked: string | null = null
  /** The environment is asked for its lists before it counts as open. */
  awaitsLists = false
  state: ManagerState = 'initializing'
  mode: QueueMode
  autostart: boolean
  stopPending: boolean
  pausePending = false
  lock: HeldLock | null
  permissions: UserGroupPermissions
  existing: { plans: Readonly<Record<string, WirePlan>>; devices: Readonly<Record<string, WireDevice>> }
  allowed: AllowedLists = { plans: {}, devices: {} }
  runList: readonly RunListEntry[] = []
  /** Submissions that wait for approval, oldest first. */
  proposals: readonly Proposal[]
  startupError: StartupError | null = null
  shuttingDown = false
  readonly #answers = new Map<number, (answer: WorkerAnswer) => void>()
  readonly #fileReaders = new Map<number, (files: ProfileFiles) => void>()
  #nextToken = 1
  #changes: StoreChange[] = []
  #actions: ManagerAction[] = []
  #status: StatusObject

  constructor({ settings, ports, stored, files, reattached, restarted }: Start) {
    const goesOn = reattached || restarted
    this.settings = settings
    this.ports = ports
    this.queue = new PlanQueue(stored, (change) => this.record(change))
    this.history = [...stored.history]
    this.links = new Map(stored.links)
    this.mode = storedMode(stored.values.plan_queue_mode)
    this.autostart = goesOn ? isEnabled(stored.values.autostart_mode_info) : settings.autostart
    this.stopPending = reattached && isEnabled(stored.values.stop_pending_info)
    this.lock = storedLock(stored.values.lock_info)
    this.proposals = storedProposals(stored.values.proposals)
    this.permissions = 'value' in files.permissions ? files.permissions.value : defaultPermissions
    this.existing = 'plans' in files.lists ? files.lists : { plans: {}, devices: {} }
    this.uids = Object.fromEntries(uidNames.map((name) => [name, ports.newUid()])) as Record<UidName, string>
    if (this.lock !== null && this.lock.uid !== '') this.uids.lock_info_uid = this.lock.uid
    this.#status = this.#stamp(this.#statusContent())
  }

  get status(): StatusObject {
    return this.#status
  }

  /** Actions since the last call. */
  takeActions(): readonly ManagerAction[] {
    this.#flush()
    const actions = this.#actions
    this.#actions = []
    return actions
  }

  act(action: ManagerAction): void {
    this.#flush()
    this.#actions.push(action)
  }

  #flush(): void {
    if (this.#changes.length === 0) return
    this.#actions.push({ kind: 'store', changes: this.#changes })
    this.#changes = []
  }

  record(change: StoreChange): void {
    this.#changes.push(change)
  }

  store(name: StoredValueName, value: unknown): void {
    this.record({ kind: 'set-value', name, value })
  }

  log(text: string, level: LogLevel = 'info', source: LogSource = 'manager'): void {
    this.act({ kind: 'log', level, text, source })
  }

  renew(...names: UidName[]): void {
    for (const name of names) this.uids[name] = this.ports.newUid()
  }

  /** Publishes the status if a client could see a difference since the last time. */
  snapshot(): void {
    const content = this.#statusContent()
    if (sameStatus(content, this.#status)) return
    this.#status = this.#stamp(content)
    this.act({ kind: 'publish-status', status: this.#status })
  }

  transition(transition: ManagerTransition): void {
    const next = nextManagerState(this.state, transition)
    if (next === null) throw new Error(`no transition '${transition}' from '${this.state}'`)
    this.state = next
    if (next === 'idle') this.pausePending = false
    this.snapshot()
  }

  setAutostart(enabled: boolean): void {
    if (this.autostart === enabled) return
    this.autostart = enabled
    this.store('autostart_mode_info', { enabled })
  }

  setStopPending(enabled: boolean): void {
    if (this.stopPending === enabled) return
    this.stopPending = enabled
    this.store('stop_pending_info', { enabled })
  }

  ask<Op extends WorkerOperation>(question: {
    readonly op: Op
    readonly params: OperationParams<Op>
    readonly timeoutMs?: number
    readonly onAnswer: (result: OperationResult<Op>) => void
    /** `lost`: nobody knows whether the worker did it. */
    readonly onRefusal: (reason: string, traceback: string, lost: boolean) => void
  }): void {
    const token = this.#nextToken++
    this.#answers.set(token, (answer) => {
      // The worker's own types: what it accepted has the result of its operation.
      if (answer.ok) question.onAnswer(answer.result as OperationResult<Op>)
      else question.onRefusal(answer.reason, answer.traceback, answer.lost === true)
    })
    const { op, params, timeoutMs = 10_000 } = question
    this.act({ kind: 'ask-worker', token, op, params, timeoutMs })
  }

  /** Asks without interest in the answer; a refusal is logged. */
  tell<Op extends WorkerOperation>(op: Op, params: OperationParams<Op>): void {
    this.ask({
      op,
      params,
      onAnswer: () => undefined,
      onRefusal: (reason) => this.log(`RE Worker refused '${op}': ${reason}`, 'warn'),
    })
  }

  answered(token: number, answer: WorkerAnswer): void {
    const handler = this.#answers.get(token)
    this.#answers.delete(token)
    handler?.(answer)
  }

  readFiles(lists: boolean, onRead: (files: ProfileFiles) => void): void {
    const token = this.#nextToken++
    this.#fileReaders.set(token, onRead)
    this.act({ kind: 'read-files', token, lists })
  }

  filesRead(token: number, files: ProfileFiles): void {
    const handler = this.#fileReaders.get(token)
    this.#fileReaders.delete(token)
    handler?.(files)
  }

  startTimer(name: TimerName, ms: number): void {
    this.act({ kind: 'start-timer', name, ms })
  }

  stopTimer(name: TimerName): void {
    this.act({ kind: 'stop-timer', name })
  }

  #stamp(content: StatusContent): StatusObject {
    const { msg, ...rest } = content
    return { msg, time: this.ports.isoTime(this.ports.nowS()), ...rest, status_uid: this.ports.newUid() }
  }

  #statusContent(): StatusContent {
    const { state } = this.worker
    // A closed environment is gone for clients, though its process may take a moment to end.
    const exists = this.worker.exists && state?.environment_state !== 'closed'
    return {
      msg: `RE Manager v${this.settings.versionText}`,
      items_in_queue: this.queue.size,
      items_in_history: this.history.length,
      running_item_uid: this.queue.running?.item_uid ?? null,
      manager_state: this.state,
      queue_stop_pending: this.stopPending,
      queue_autostart_enabled: this.autostart,
      worker_environment_exists: exists,
      worker_environment_state: state?.environment_state ?? 'closed',
      worker_background_tasks: state?.background_tasks_num ?? 0,
      ...engineStatus(exists ? state : null),
      pause_pending: this.pausePending,
      ...this.uids,
      plan_queue_mode: this.mode,
      lock: { environment: this.lock?.environment ?? false, queue: this.lock?.queue ?? false },
    }
  }
}

function engineStatus(
  state: WorkerState | null,
): Pick<StatusContent, 're_state' | 'ip_kernel_state' | 'ip_kernel_captured'> {
  return {
    re_state: state?.re_state ?? null,
    ip_kernel_state: state?.ip_kernel_state ?? null,
    ip_kernel_captured: state?.ip_kernel_captured ?? null,
  }
}

function storedMode(value: unknown): QueueMode {
  const mode = isPlainObject(value) ? value : {}
  return { loop: mode['loop'] === true, ignore_failures: mode['ignore_failures'] === true }
}

function isEnabled(value: unknown): boolean {
  return isPlainObject(value) && value['enabled'] === true
}
