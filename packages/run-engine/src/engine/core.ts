import type { DocumentName, ExitStatus, NamedDocument } from '@beamtime/event-model'
import { isPausable, isStoppable } from '../devices/protocols.ts'
import type { Device, MaybePromise } from '../devices/protocols.ts'
import type { StatusLike } from '../devices/status.ts'
import { RunEngineError, errorText, isRunEngineError } from '../error.ts'
import type { Msg, Plan, PlanLike } from '../msg.ts'
import { toPlan } from '../msg.ts'
import type { Suspender } from '../suspenders/suspender.ts'
import type { CommandTable } from './command.ts'
import { Dispatcher } from './dispatcher.ts'
import { isPromise } from './maybe-promise.ts'
import type { MetadataStore } from './metadata.ts'
import { protocolError } from './descriptions.ts'
import type { RunBundle } from './run-bundle.ts'
import { mayFollow, transitionError, type RunEngineState } from './state.ts'
import { StatusGroups } from './status-groups.ts'

/** What a plan is interrupted for, and what runs around the wait. */
export interface SuspendRequest {
  /** Settles when the run may go on. Called again after a rewind. */
  readonly until: () => Promise<unknown>
  readonly prePlan: PlanLike | (() => PlanLike) | null
  readonly postPlan: PlanLike | (() => PlanLike) | null
  readonly justification: string | null
}

/** Settings and hooks of an engine; all may be changed between messages. */
export interface EngineHooks {
  /** Each message, before it is executed. */
  msgHook: ((msg: Msg) => void) | null
  stateHook: ((now: RunEngineState, before: RunEngineState) => void) | null
  /** The statuses that the engine begins to wait for; null when it goes on. */
  waitingHook: ((statuses: ReadonlySet<StatusLike> | null) => void) | null
  /** Asks the operator for one line. */
  inputHook: ((prompt: string, signal: AbortSignal) => Promise<string>) | null
  /** A line that a person at the console wants to read. */
  noticeHook: ((line: string) => void) | null
  /** Something went wrong that does not stop the run: a subscriber, a device that would not stop. */
  errorHook: ((event: string, error: unknown) => void) | null
}

export interface CoreOptions {
  readonly commands: CommandTable
  readonly metadata: MetadataStore
  readonly scanIdSource: (metadata: Record<string, unknown>) => MaybePromise<number>
  readonly metadataValidator: (metadata: Readonly<Record<string, unknown>>) => void
  readonly metadataNormalizer: (metadata: Record<string, unknown>) => Readonly<Record<string, unknown>>
  readonly recordInterruptions: boolean
  readonly hooks: EngineHooks
}

/** A response that is thrown into the plan instead of being sent. */
export class Failure {
  readonly error: Error
  constructor(error: Error) {
    this.error = error
  }
}

/** The state that commands work on. One per engine; `beginCall` makes it ready for the next plan. */
export class EngineCore {
  readonly options: CoreOptions
  readonly hooks: EngineHooks
  readonly dispatcher: Dispatcher
  readonly suspenders = new Set<Suspender>()
  readonly temporaryTokens = new Set<number>()
  readonly plans: Plan[] = []
  readonly responses: unknown[] = []
  readonly runs = new Map<unknown, RunBundle>()
  readonly seen = new Set<unknown>()
  readonly moved = new Set<Device>()
  readonly staged = new Set<Device>()
  readonly pendingSuspensions: SuspendRequest[] = []
  groups: StatusGroups
  /** The messages since the last checkpoint; null after clear_checkpoint. */
  cache: Msg[] | null = []
  rewindableFlag = true
  deferredPause = false
  interrupted = false
  /** A failure from outside; thrown into the plan before anything else. */
  external: Error | null = null
  /** stop, abort or halt was asked for and not yet thrown into the plan. */
  endingPending = false
  /** The text of abort(reason). */
  reason = ''
  exitStatus: ExitStatus = 'success'
  runStartUids: string[] = []
  callMetadata: Readonly<Record<string, unknown>> = {}
  planName = ''
  /** Failures of statuses of an ended call are ignored: each call has its own token. */
  callToken: object = {}
  #waiting: { readonly wake: () => void } | null = null
  #abandonHooks: (() => void)[] = []
  #permit: (() => void) | null = null
  #state: RunEngineState = 'idle'

  constructor(options: CoreOptions) {
    this.options = options
    this.hooks = options.hooks
    this.dispatcher = new Dispatcher((error) => this.report('subscriber.failed', error))
    this.groups = this.#newGroups()
  }

  #newGroups(): StatusGroups {
    return new StatusGroups((statuses) => this.callHook(() => this.hooks.waitingHook?.(statuses)))
  }

  get state(): RunEngineState {
    return this.#state
  }

  get resumable(): boolean {
    return this.cache !== null
  }

  setState(next: RunEngineState): void {
    const before = this.#state
    if (!mayFollow(before, next)) throw transitionError(before, `going to '${next}'`)
    this.#state = next
    this.callHook(() => this.hooks.stateHook?.(next, before))
  }

  /** Forgets the last call. */
  beginCall(): void {
    for (const token of this.temporaryTokens) this.dispatcher.unsubscribe(token)
    this.temporaryTokens.clear()
    this.plans.length = 0
    this.responses.length = 0
    this.runs.clear()
    this.seen.clear()
    this.moved.clear()
    this.staged.clear()
    this.pendingSuspensions.length = 0
    this.groups = this.#newGroups()
    this.cache = []
    this.rewindableFlag = true
    this.deferredPause = false
    this.interrupted = false
    this.external = null
    this.endingPending = false
    this.reason = ''
    this.exitStatus = 'success'
    this.runStartUids = []
    this.callToken = {}
  }

  emit = (name: DocumentName, doc: NamedDocument[1]): void => {
    this.dispatcher.emit(name, doc)
  }

  report = (event: string, error: unknown): void => {
    this.hooks.errorHook?.(event, error)
  }

  notice(line: string): void {
    this.hooks.noticeHook?.(line)
  }

  /** A hook that throws is reported and disturbs nothing. */
  callHook(hook: () => void): void {
    try {
      hook()
    } catch (error) {
      this.report('hook.failed', error)
    }
  }

  /** The open run of this key, or null. */
  runOf(msg: Msg): RunBundle | null {
    return this.runs.get(msg.run) ?? null
  }

  pushPlan(plan: PlanLike): void {
    this.plans.push(toPlan(plan))
    this.responses.push(undefined)
  }

  /** Empties the rewind cache and copies the counters of all runs. */
  resetCheckpoint(): void {
    if (this.cache === null) return
    this.cache = []
    for (const run of this.runs.values()) run.takeCounters()
  }

  /** The messages since the last checkpoint, as a plan; counters go back to the checkpoint if there are any. */
  rewind(): readonly Msg[] {
    const messages = this.cache ?? []
    if (this.cache !== null) this.cache = []
    if (messages.length > 0) for (const run of this.runs.values()) run.rewind()
    return messages
  }

  /** Makes a status part of a group; its failure is thrown into the plan whether or not the plan waits. */
  addStatus(group: unknown, status: StatusLike): void {
    this.groups.add(group, status)
    const { callToken, groups } = this
    status.addCallback((finished) => {
      if (!finished.success && callToken === this.callToken) this.external = failedStatus(finished)
      groups.finished(group, status)
    })
  }

  /** Waits for what a command does, or until a request from outside ends the wait with undefined. */
  wait(result: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = {
        wake: () => {
          this.#waiting = null
          this.groups.abandon()
          for (const abandon of this.#abandonHooks.splice(0)) abandon()
          resolve(undefined)
        },
      }
      this.#waiting = waiting
      const settle = (end: () => void): void => {
        // What was given up may still end some day; by then another wait may be on.
        if (this.#waiting !== waiting) return
        this.#waiting = null
        this.#abandonHooks.length = 0
        end()
      }
      result.then(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      )
      if (this.hasRequest()) this.wake()
    })
  }

  /** A command says how to give up what it waits for: a timer, a question to the operator. */
  onAbandon(abandon: () => void): void {
    this.#abandonHooks.push(abandon)
  }

  /** True when the loop has something to do before the next message. */
  hasRequest(): boolean {
    return (
      this.#state === 'pausing' ||
      this.#state === 'suspending' ||
      this.endingPending ||
      this.pendingSuspensions.length > 0
    )
  }

  /** Ends what the loop waits for, so that it looks at the requests. */
  wake(): void {
    this.#waiting?.wake()
  }

  /** Holds a paused loop until `permit`. */
  untilPermitted(): Promise<void> {
    return new Promise((resolve) => {
      this.#permit = resolve
    })
  }

  permit(): void {
    this.#permit?.()
    this.#permit = null
  }

  /** Stops every object that this call has set; errors are reported and swallowed. */
  async stopMoved(): Promise<void> {
    for (const device of this.moved) {
      if (!isStoppable(device)) continue
      try {
        await device.stop(true)
      } catch (error) {
        this.report('device.stop-failed', error)
      }
    }
  }

  /** Tells the devices that the run rests. One that refuses a replay empties the rewind cache. */
  async pauseDevices(): Promise<void> {
    for (const device of this.seen) {
      if (!isPausable(device)) continue
      try {
        await device.pause()
      } catch (error) {
        if (isRunEngineError(error, 'RUN_NO_REPLAY')) this.resetCheckpoint()
        else throw error
      }
    }
  }

  async resumeDevices(): Promise<void> {
    for (const device of this.seen) if (isPausable(device)) await device.resume()
  }

  /** A pause now, or at the next checkpoint. Throws RUN_TRANSITION where the engine cannot pause. */
  requestPause(defer: boolean): void {
    if (defer) {
      this.deferredPause = true
      return
    }
    if (!mayFollow(this.#state, 'pausing')) throw transitionError(this.#state, 'a pause')
    this.deferredPause = false
    this.setState('pausing')
    this.interrupted = true
    for (const run of this.runs.values()) run.recordInterruption('pause')
    this.wake()
  }

  /** Suspends the plan; while the engine pauses the request waits for the resume. */
  requestSuspend(request: SuspendRequest): void {
    if (this.#state !== 'running' && this.#state !== 'paused' && this.#state !== 'pausing') return
    this.notice(`Suspending: ${request.justification ?? 'no reason given'}`)
    this.pendingSuspensions.push(request)
    if (this.#state === 'running') this.setState('suspending')
    this.wake()
  }

  /** Throws DEVICE_PROTOCOL unless the guard holds. */
  require<T>(device: unknown, guard: (value: unknown) => value is T, what: string): T {
    if (!guard(device)) throw protocolError(device, what)
    return device
  }
}

/** The result of a command: a value now or a promise of one. */
export function settled(result: unknown): result is Promise<unknown> {
  return isPromise(result)
}

function failedStatus(status: StatusLike): RunEngineError {
  const cause = status.exception()
  const text = statusText(status) ?? `a status failed: ${errorText(cause)}`
  return new RunEngineError({
    code: 'RUN_FAILED_STATUS',
    text,
    fault: 'environment',
    remedy: 'Look at the device that the text names.',
    canRetry: true,
    cause,
  })
}

/** The text form of a status, if it has one of its own. */
function statusText(status: StatusLike): string | null {
  const own: unknown = Reflect.get(status, 'toString')
  if (typeof own !== 'function' || own === Object.prototype.toString) return null
  const text: unknown = Reflect.apply(own, status, [])
  return typeof text === 'string' ? text : null
}
