import type { NamedDocument } from '@beamtime/event-model'
import type { Logger } from '@beamtime/service-kit'
import type { EnvironmentState, PlanToRun, WorkerEvent, WorkerState } from '../protocol.ts'
import { WorkerHostError } from '../error.ts'
import type { DocumentsSink } from '../sink/documents-sink.ts'
import type { ProxyPublisher } from '../sink/proxy-publisher.ts'
import { tracebackOf } from '../startup/startup-error.ts'
import type { EngineEvents, WorkerEngine } from '../worker-engine.ts'
import type { WorkerVoice } from './log-line.ts'
import { createOperations, type HostActions } from './operations.ts'
import { allowedOf, rulesOf } from './parameters.ts'
import { createPlanSession } from './plan-session.ts'
import { rejected } from './rejected.ts'
import { createTaskBoard } from './task-board.ts'

export interface WorkerHostOptions {
  readonly queue: string
  readonly runMetadata: boolean
  /** As of command_permissions_reload; null: everything is allowed. */
  readonly permissions: unknown
  readonly log: Logger
  /** Text for the console, as user code would print it. */
  print(text: string): void
  /** A log line on the console. */
  readonly say: WorkerVoice
  /** null when documents are not published. */
  readonly sink: DocumentsSink | null
  /** Gets the documents as well; null = none, or the Python engine has one of its own. */
  readonly proxy: ProxyPublisher | null
  /** To the manager, if one is connected. */
  send(event: WorkerEvent): void
  makeEngine(events: EngineEvents): WorkerEngine
}

/** The state of a worker and what a manager can do with it; knows no socket and no process. */
export interface WorkerHost {
  /** Loads the startup code. Resolves with false when it failed, which has been told. */
  open(): Promise<boolean>
  /** What a manager that connects hears first. */
  greeting(): readonly WorkerEvent[]
  handle(op: string, params: Readonly<Record<string, unknown>>): unknown
  /** Documents emitted so far, by name. */
  readonly documents: Readonly<Record<string, number>>
  /** Ends the running plan by the policy, so that its stop document is written. Takes at most `budgetMs`. */
  drain(policy: 'wait' | 'pause' | 'abort', budgetMs: number): Promise<void>
  /** Ends the engine. */
  close(): Promise<void>
  /** Resolves when a manager has closed the environment and confirmed, startup failed and was told, or the engine died. */
  readonly finished: Promise<HostEnd>
}

export type HostEnd = 'closed' | 'failed' | 'gone'

/** A closed host that nobody asks to exit does so by itself. */
const confirmMs = 5_000

export function createWorkerHost(options: WorkerHostOptions): WorkerHost {
  const { log, sink } = options
  const documents: Record<string, number> = {}
  let phase: Exclude<EnvironmentState, 'executing_plan' | 'executing_task' | 'reserved'> = 'initializing'
  let pausePending = false
  let startupFailure: WorkerEvent | null = null
  let lastState = ''
  let whenEnded: (() => void)[] = []
  let publishedElsewhere = false
  let gone = false
  let finish: (how: HostEnd) => void = () => undefined
  const finished = new Promise<HostEnd>((resolve) => {
    finish = resolve
  })

  const send = (event: WorkerEvent): void => options.send(event)

  const session = createPlanSession({
    onRuns: (runs) => {
      send({ event: 'run_list', run_list: runs })
    },
    onProgress: (itemUid, startedS, progress) => {
      send({ event: 'progress', item_uid: itemUid, started: startedS, ...progress })
    },
  })

  const tasks = createTaskBoard({
    traceback: (error) => tracebackOf(error),
    onChange: () => stateChanged(),
    onCompleted: (result) => {
      if (!result.success) options.say('E', `${result.msg}\n${result.traceback}`)
      send({ event: 'task_completed', task_uid: result.task_uid, result })
    },
  })

  const engine = options.makeEngine({
    document(document: NamedDocument, encoded?: Uint8Array) {
      documents[document[0]] = (documents[document[0]] ?? 0) + 1
      if (!publishedElsewhere) sink?.write(document, encoded)
      options.proxy?.publish(document)
      // A function may run a plan of its own, which is not the item's.
      if (session.isActive) session.observe(document)
    },
    admit: () => (publishedElsewhere ? null : (sink?.admit() ?? null)),
    stateChanged() {
      // The engine is idle a moment before the plan is reported: one change, told at once by `ended`.
      if (!session.isActive || engine.reState !== 'idle') stateChanged()
    },
    paused() {
      pausePending = false
      const report = session.paused()
      stateChanged()
      send({ event: 'plan_report', report })
    },
    ended(outcome) {
      pausePending = false
      const report = session.ended(outcome)
      if (outcome.state === 'failed') {
        options.say('E', `The plan failed: ${outcome.error}\n${outcome.traceback}`)
      }
      stateChanged()
      send({ event: 'plan_report', report })
      session.clearRuns()
      for (const resolve of whenEnded.splice(0)) resolve()
      void sink?.sync().catch((error: unknown) => log.error('spool.sync-failed', { err: error }))
    },
    listsChanged() {
      if (phase !== 'initializing') send({ event: 'lists', ...engine.lists })
    },
    devices: (progress) => session.devices(progress),
    input(prompt) {
      options.print(`${prompt}\n`)
      send({ event: 'input', prompt, item_uid: session.itemUid })
    },
    notice: (line) => options.print(`${line}\n`),
    publishedElsewhere(isSo) {
      publishedElsewhere = isSo
      if (sink === null) return
      const detail = isSo
        ? 'Startup code publishes to the documents topic by itself: the worker host stands back.'
        : 'The worker host publishes documents.'
      options.say(isSo ? 'W' : 'I', detail)
      send({ event: 'sink', ok: true, spooled: 0, detail })
    },
    gone(reason) {
      if (gone) return
      gone = true
      log.error('engine.gone', { reason, item_uid: session.itemUid })
      options.say('E', reason)
      sink?.closeRuns()
      setPhase('closed')
      for (const resolve of whenEnded.splice(0)) resolve()
      finish('gone')
    },
  })

  function environmentState(): EnvironmentState {
    if (phase !== 'idle') return phase
    if (session.isActive && engine.reState !== 'paused') return 'executing_plan'
    return tasks.foreground === null ? 'idle' : 'executing_task'
  }

  function state(): WorkerState {
    return {
      running_item_uid: session.itemUid,
      running_plan_completed: session.itemUid !== null && !session.isActive,
      re_report_available: session.report !== null,
      re_state: phase === 'initializing' || phase === 'failed' ? null : engine.reState,
      re_deferred_pause_requested: engine.deferredPauseRequested,
      environment_state: environmentState(),
      run_list_updated: false,
      plans_and_devices_list_updated: false,
      running_task_uid: tasks.foreground,
      completed_tasks_available: tasks.results.length > 0,
      background_tasks_num: tasks.background,
      ip_kernel_state: 'disabled',
      ip_kernel_captured: true,
      unexpected_shutdown: gone,
      pause_pending: pausePending,
    }
  }

  function stateChanged(): void {
    const now = state()
    const text = JSON.stringify(now)
    if (text === lastState) return
    lastState = text
    send({ event: 'state', state: now })
  }

  function setPhase(next: typeof phase): void {
    phase = next
    stateChanged()
  }

  function metadataOf(plan: PlanToRun, extra: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const metas = Array.isArray(plan.meta)
      ? (plan.meta as readonly Record<string, unknown>[])
      : [plan.meta ?? {}]
    const merged = Object.assign({}, ...[...metas].toReversed()) as Record<string, unknown>
    if (!options.runMetadata) return { ...merged, ...extra }
    return {
      ...merged,
      ...extra,
      queue_item_uid: plan.item_uid,
      ...(plan.user === undefined ? {} : { queue_user: plan.user }),
      ...(plan.user_group === undefined ? {} : { queue_user_group: plan.user_group }),
    }
  }

  const actions: HostActions = {
    state,
    session,
    tasks,
    engine,
    async runPlan(plan, extra) {
      if (phase !== 'idle') throw rejected(`The worker environment is ${phase}.`)
      if (tasks.foreground !== null) throw rejected('A foreground task is running.')
      session.begin(plan)
      try {
        await engine.startPlan(plan, metadataOf(plan, extra))
      } catch (error) {
        session.cancel()
        // A manager that came meanwhile saw the plan here and has nobody to ask: it hears that it is not run.
        stateChanged()
        throw error
      }
    },
    pausePlan(option) {
      if (!session.isActive || engine.reState !== 'running') {
        throw rejected(
          `Run engine can be paused only in 'running' state. Current state: '${String(engine.reState)}'`,
        )
      }
      engine.requestPause(option)
      pausePending = true
      stateChanged()
    },
    continuePlan(option) {
      if (!session.isActive || engine.reState !== 'paused') {
        throw rejected(`The run engine is not paused: its state is '${String(engine.reState)}'`)
      }
      session.resumed()
      engine.continuePlan(option)
      stateChanged()
    },
    startTask(task) {
      if (phase !== 'idle') throw rejected(`The worker environment is ${phase}.`)
      if (!task.background && (session.isActive || tasks.foreground !== null)) {
        throw rejected('The worker is busy: a plan or another foreground task is running.')
      }
      return tasks.start(task)
    },
    resetWorker() {
      if (session.isActive) throw rejected('A plan is running.')
      session.reset()
      stateChanged()
    },
    async closeEnvironment() {
      if (session.isActive || tasks.foreground !== null)
        throw rejected('A plan or a foreground task is running.')
      if (phase !== 'idle') throw rejected(`The worker environment is ${phase}.`)
      setPhase('closing')
      await engine.close()
      setPhase('closed')
      setTimeout(() => finish('closed'), confirmMs)
    },
    confirmExit() {
      if (phase === 'idle' || phase === 'initializing') throw rejected(`The worker environment is ${phase}.`)
      setImmediate(() => finish(phase === 'failed' ? 'failed' : 'closed'))
    },
  }
  const handle = createOperations(actions)

  return {
    finished,
    documents,
    handle,
    greeting() {
      const now = state()
      // What this manager is told now counts: a change back to what the last one was told is a change to it.
      lastState = JSON.stringify(now)
      const hello: WorkerEvent = {
        event: 'hello',
        protocol: 1,
        pid: process.pid,
        queue: options.queue,
        state: now,
        run_list: session.runs,
        lists_uid: engine.lists.lists_uid,
      }
      return startupFailure === null ? [hello] : [hello, startupFailure]
    },
    async open() {
      engine.setAllowed(allowedOf(options.permissions), rulesOf(options.permissions))
      try {
        await engine.open()
      } catch (error) {
        const msg = error instanceof WorkerHostError ? error.reason : String(error)
        const traceback = error instanceof WorkerHostError ? error.traceback : await tracebackOf(error)
        const headline = 'Failed to start RE Worker environment. Error while loading startup code'
        options.say('E', `${headline}: ${msg}\n${traceback}`)
        log.error('startup.failed', { error: msg })
        startupFailure = { event: 'startup_failed', msg, traceback }
        setPhase('failed')
        send(startupFailure)
        setPhase('closing')
        return false
      }
      phase = 'idle'
      send({ event: 'lists', ...engine.lists })
      options.say('I', 'RE Environment is ready')
      stateChanged()
      return true
    },
    async drain(policy, budgetMs) {
      if (phase === 'idle') setPhase('closing')
      if (session.isActive) await endPlan(policy, budgetMs)
    },
    async close() {
      if (phase !== 'closed') await engine.close()
      phase = 'closed'
    },
  }

  /** True when the plan has ended within the time. */
  function ended(timeoutMs: number): Promise<boolean> {
    if (!session.isActive) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs)
      whenEnded.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  async function endPlan(policy: 'wait' | 'pause' | 'abort', budgetMs: number): Promise<void> {
    const isPaused = (): boolean => engine.reState === 'paused'
    if (policy === 'wait' && !isPaused() && (await ended(budgetMs / 2))) return
    if (policy === 'pause' && !isPaused()) {
      engine.requestPause('deferred')
      await endedOrPaused(budgetMs / 2)
    }
    if (!session.isActive) return
    log.warn('plan.aborted', { reason: 'the worker is shutting down', item_uid: session.itemUid })
    engine.continuePlan('abort', 'the worker was shut down')
    await ended(budgetMs / 2)
  }

  async function endedOrPaused(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs
    while (session.isActive && engine.reState !== 'paused' && performance.now() < deadline) {
      await ended(20)
    }
  }
}
