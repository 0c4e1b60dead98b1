import type { ExitStatus } from '@beamtime/event-model'
import packageDescription from '../../package.json' with { type: 'json' }
import { RunEngineError, toError } from '../error.ts'
import { builtinCommands } from '../commands/registry.ts'
import type { MaybePromise } from '../devices/protocols.ts'
import type { PlanLike } from '../msg.ts'
import { Msg, isMsg, planNameKey, toPlan, type Plan } from '../msg.ts'
import type { Suspender } from '../suspenders/suspender.ts'
import { cleanUp } from './cleanup.ts'
import type { Command } from './command.ts'
import { controlExitStatus, interruptedError } from './control.ts'
import { EngineCore, type EngineHooks, type SuspendRequest } from './core.ts'
import {
  subscriptionPairs,
  type DocumentCallback,
  type SubscribeOptions,
  type Subscriptions,
} from './dispatcher.ts'
import { runLoop } from './loop.ts'
import { checkMetadata, memoryMetadata, type MetadataStore } from './metadata.ts'
import { mayFollow, transitionError, type RunEngineState } from './state.ts'

/** Maps a plan to a plan; the engine applies its list to every plan that it runs. */
export type Preprocessor = (plan: Plan) => Plan

export interface RunEngineOptions {
  /** Metadata of every start document. Default: in memory, empty. */
  readonly metadata?: MetadataStore
  /** Default: `scan_id + 1`, from 1. */
  readonly scanIdSource?: (metadata: Record<string, unknown>) => MaybePromise<number>
  /** Throws to refuse a run. Default: `sample` is a text or a dict. */
  readonly metadataValidator?: (metadata: Readonly<Record<string, unknown>>) => void
  /** Returns the metadata to use. Default: as it is. */
  readonly metadataNormalizer?: (metadata: Record<string, unknown>) => Readonly<Record<string, unknown>>
  /** Applied in this order, so the last is the outermost. Default: none. */
  readonly preprocessors?: readonly Preprocessor[]
  /** Writes a stream `interruptions` into each run. Default false. */
  readonly recordInterruptions?: boolean
  readonly hooks?: Partial<EngineHooks>
}

/** How the last call ended. */
export interface RunEngineResult {
  readonly run_start_uids: readonly string[]
  /** What the plan returned; undefined if it did not get to its end. */
  readonly plan_result: unknown
  readonly exit_status: ExitStatus
  readonly interrupted: boolean
  readonly reason: string
  readonly exception: Error | null
}

interface Settlement {
  readonly resolve: (uids: readonly string[]) => void
  readonly reject: (error: Error) => void
}

/** Executes plans, one at a time. Use `new RunEngine()`, then `await engine.run(plan)`. */
export class RunEngine {
  /** Applied to every plan, in this order. */
  readonly preprocessors: Preprocessor[]
  readonly #core: EngineCore
  readonly #recordInterruptions: boolean
  #settlement: Settlement | null = null
  #ended: Promise<void> = Promise.resolve()
  #lastResult: RunEngineResult | null = null

  constructor(options: RunEngineOptions = {}) {
    const metadata = options.metadata ?? memoryMetadata()
    metadata.values['versions'] = { ...Object(metadata.values['versions']), ...versions }
    this.preprocessors = [...(options.preprocessors ?? [])]
    this.#recordInterruptions = options.recordInterruptions ?? false
    this.#core = new EngineCore({
      commands: new Map<string, Command>(Object.entries(builtinCommands)),
      metadata,
      scanIdSource: options.scanIdSource ?? nextScanId,
      metadataValidator: options.metadataValidator ?? checkMetadata,
      metadataNormalizer: options.metadataNormalizer ?? ((values) => values),
      recordInterruptions: this.#recordInterruptions,
      hooks: { ...noHooks, ...options.hooks },
    })
  }

  /** Metadata of every start document, from lowest precedence. Changes are kept at the next run, or by saveMetadata. */
  get md(): Record<string, unknown> {
    return this.#core.options.metadata.values
  }

  get state(): RunEngineState {
    return this.#core.state
  }

  /** msgHook, stateHook, waitingHook, inputHook, noticeHook, errorHook: may be set at any time. */
  get hooks(): EngineHooks {
    return this.#core.hooks
  }

  /** False after clear_checkpoint: then a pause aborts. */
  get resumable(): boolean {
    return this.#core.resumable
  }

  get rewindable(): boolean {
    return this.#core.rewindableFlag
  }

  set rewindable(value: boolean) {
    if (value === this.#core.rewindableFlag) return
    this.#core.rewindableFlag = value
    this.#core.resetCheckpoint()
  }

  get deferredPauseRequested(): boolean {
    return this.#core.deferredPause
  }

  get suspenders(): readonly Suspender[] {
    return [...this.#core.suspenders]
  }

  /** How the last call ended; null before the first. */
  get lastResult(): RunEngineResult | null {
    return this.#lastResult
  }

  /** Names of the commands that plans may use. */
  get commands(): readonly string[] {
    return [...this.#core.options.commands.keys()]
  }

  registerCommand(name: string, command: Command): void {
    this.#core.options.commands.set(name, command)
  }

  unregisterCommand(name: string): void {
    this.#core.options.commands.delete(name)
  }

  saveMetadata(): void {
    this.#core.options.metadata.save()
  }

  /** Calls the function with each document from now on. Returns a token for `unsubscribe`. An error of the function
   * is reported to errorHook; that of a `critical` one fails the run. */
  subscribe(callback: DocumentCallback, name = 'all', options: SubscribeOptions = {}): number {
    return this.#core.dispatcher.subscribe(callback, name, options)
  }

  unsubscribe(token: number): void {
    this.#core.dispatcher.unsubscribe(token)
  }

  /** Runs a plan. Resolves with the uids of its runs; rejects with RUN_INTERRUPTED when it was paused, stopped, aborted
   * or halted, with RUN_TRANSITION when the engine is not idle, with the plan's error when it failed. */
  async run(
    plan: PlanLike,
    subs: Subscriptions | null = null,
    md: Readonly<Record<string, unknown>> = {},
  ): Promise<readonly string[]> {
    const core = this.#core
    if (core.state !== 'idle') throw transitionError(core.state, 'running a plan')
    core.beginCall()
    core.callMetadata = md
    core.planName = planNameOf(plan)
    for (const [name, callback] of subs === null ? [] : subscriptionPairs(subs)) {
      core.temporaryTokens.add(core.dispatcher.subscribe(callback, name))
    }
    let whole = toPlan(plan)
    for (const preprocessor of this.preprocessors) whole = preprocessor(whole)
    core.pushPlan(whole)
    this.#waitForTripped()
    const settled = this.#newSettlement()
    this.#ended = this.#execute()
    return settled
  }

  /** Goes on after a pause, from the last checkpoint. Settles like `run`. */
  async resume(): Promise<readonly string[]> {
    const core = this.#core
    if (core.state !== 'paused') throw transitionError(core.state, 'resuming')
    core.interrupted = false
    for (const run of core.runs.values()) run.recordInterruption('resume')
    core.pushPlan(core.rewind())
    const settled = this.#newSettlement()
    settled.catch(() => undefined)
    await core.resumeDevices()
    core.permit()
    return settled
  }

  /** Ends the plan as a success; its clean-up runs. Resolves when the engine is idle. Rejects with RUN_TRANSITION. */
  stop(): Promise<readonly string[]> {
    return this.#end('stopping')
  }

  /** Ends the plan as aborted; its clean-up runs. */
  abort(reason = ''): Promise<readonly string[]> {
    return this.#end('aborting', reason)
  }

  /** Ends the plan as aborted without its clean-up; devices are still stopped and unstaged. */
  halt(): Promise<readonly string[]> {
    return this.#end('halting')
  }

  /** Pauses now, or at the next checkpoint. Throws RUN_TRANSITION unless a plan is running. */
  requestPause(defer = false): void {
    this.#core.requestPause(defer)
  }

  /** Suspends the running plan until the promise of `until()` settles. */
  requestSuspend(request: Partial<SuspendRequest> & Pick<SuspendRequest, 'until'>): void {
    this.#core.requestSuspend({ prePlan: null, postPlan: null, justification: null, ...request })
  }

  installSuspender(suspender: Suspender): void {
    this.#core.suspenders.add(suspender)
    suspender.install((request) => this.#core.requestSuspend(request))
  }

  removeSuspender(suspender: Suspender): void {
    if (this.#core.suspenders.delete(suspender)) suspender.remove()
  }

  clearSuspenders(): void {
    for (const suspender of this.suspenders) this.removeSuspender(suspender)
  }

  /** Halts what runs, drops all subscriptions and suspenders. */
  async reset(): Promise<void> {
    if (this.#core.state !== 'idle') await this.halt()
    this.#core.dispatcher.clear()
    this.clearSuspenders()
    this.#core.beginCall()
  }

  #waitForTripped(): void {
    const tripped = this.suspenders.filter((suspender) => suspender.isTripped())
    if (tripped.length === 0) return
    for (const suspender of tripped) this.#core.notice(`Waiting: ${suspender.justification()}`)
    this.#core.pushPlan(
      Msg('wait_for', null, { args: [tripped.map((suspender) => () => suspender.released())] }),
    )
  }

  #newSettlement(): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#settlement = { resolve, reject }
    })
  }

  async #execute(): Promise<void> {
    const core = this.#core
    try {
      const outcome = await runLoop(core, () => {
        this.#settlement?.reject(interruptedError())
        this.#settlement = null
      })
      await cleanUp(core, outcome)
      const error =
        outcome.kind === 'threw' && controlExitStatus(outcome.error) === null ? outcome.error : null
      this.#finish(outcome.kind === 'returned' ? outcome.value : undefined, error)
    } catch (error) {
      // Only a defect of the engine itself comes here: hooks that throw, a device whose pause() fails.
      this.#panic(toError(error))
    }
  }

  #finish(value: unknown, error: Error | null): void {
    const core = this.#core
    this.#lastResult = {
      run_start_uids: core.runStartUids,
      plan_result: value,
      exit_status: core.exitStatus,
      interrupted: core.interrupted,
      reason: core.reason,
      exception: error,
    }
    const settlement = this.#settlement
    this.#settlement = null
    if (error !== null) settlement?.reject(error)
    else if (core.interrupted) settlement?.reject(interruptedError())
    else settlement?.resolve(core.runStartUids)
  }

  #panic(error: Error): void {
    this.#core.report('engine.panicked', error)
    if (this.#core.state !== 'panicked') this.#core.setState('panicked')
    this.#settlement?.reject(error)
    this.#settlement = null
  }

  async #end(state: 'stopping' | 'aborting' | 'halting', reason = ''): Promise<readonly string[]> {
    const core = this.#core
    if (!mayFollow(core.state, state)) throw transitionError(core.state, endingWords[state])
    core.interrupted = true
    core.reason = reason
    core.setState(state)
    core.endingPending = true
    const settled = this.#settlement === null ? this.#newSettlement() : null
    core.wake()
    core.permit()
    // A paused plan's own clean-up may fail: that is the answer to the one who ended it.
    await settled?.catch((error: unknown) => {
      if (!(error instanceof RunEngineError && error.code === 'RUN_INTERRUPTED')) throw toError(error)
    })
    await this.#ended
    return core.runStartUids
  }
}

const endingWords = { stopping: 'stopping', aborting: 'aborting', halting: 'halting' } as const

/** What start documents say under `versions`: this engine, and the document contract that it follows. */
const versions = { beamtime: packageDescription.version, event_model: '1.24.0' }

const noHooks: EngineHooks = {
  msgHook: null,
  stateHook: null,
  waitingHook: null,
  inputHook: null,
  noticeHook: null,
  errorHook: null,
}

function nextScanId(metadata: Record<string, unknown>): number {
  const { scan_id: last } = metadata
  return (typeof last === 'number' ? last : 0) + 1
}

/** A generator inherits from its function's `prototype`: there annotatePlan keeps the plan's name. */
function planNameOf(plan: PlanLike): string {
  const name: unknown = isMsg(plan) ? '' : Reflect.get(plan, planNameKey)
  return typeof name === 'string' ? name : ''
}
