/** Third entry `@beamtime/worker-host/testing`: a worker host on a real socket whose engine is played by the test. */
import { randomUUID } from 'node:crypto'
import { composeRun, unixSeconds } from '@beamtime/event-model'
import { silentLogger } from '@beamtime/service-kit'
import { workerVoice } from './host/log-line.ts'
import { createWorkerHost } from './host/worker-host.ts'
import type { AllowedNames, ExistingLists, FunctionToRun, PlanToRun } from './protocol.ts'
import { createWorkerServer } from './server/worker-server.ts'
import type { EngineEvents, PlanOutcome, ScriptToLoad, WorkerEngine } from './worker-engine.ts'

export interface FakeWorkerOptions {
  readonly socketPath: string
  readonly queue?: string
  readonly existing?: Partial<Pick<ExistingLists, 'existing_plans' | 'existing_devices'>>
  /** When the plan ends by itself; default: the test ends it. */
  readonly plans?: 'by-hand' | 'at-once'
}

export interface FakeWorker {
  readonly engine: FakeEngine
  /** Writes to the console of the worker. */
  print(text: string): void
  /** How the host would end its process. */
  readonly finished: Promise<'closed' | 'failed' | 'gone'>
  close(): Promise<void>
}

/** Starts a worker host in this process that behaves as the real one but runs nothing. */
export async function startFakeWorker(options: FakeWorkerOptions): Promise<FakeWorker> {
  const server = createWorkerServer({
    log: silentLogger,
    hello: () => host.greeting(),
    handle: (op, params) => host.handle(op, params),
  })
  let engine: FakeEngine | null = null
  const host = createWorkerHost({
    queue: options.queue ?? 'main',
    runMetadata: true,
    permissions: null,
    log: silentLogger,
    sink: null,
    proxy: null,
    print: (text) => server.console(text),
    say: workerVoice('info', (text) => server.console(text)),
    send: (event) => server.send(event),
    makeEngine(events) {
      engine = new FakeEngine(events, options)
      return engine
    },
  })
  await server.listen(options.socketPath)
  await host.open()
  if (engine === null) throw new Error('the host made no engine')
  return {
    engine,
    print: (text) => server.console(text),
    finished: host.finished,
    async close() {
      await host.close()
      await server.close()
    },
  }
}

/** The engine of a fake worker. Records what it was asked to do; the test decides how plans end. */
export class FakeEngine implements WorkerEngine {
  readonly started: { readonly plan: PlanToRun; readonly metadata: Readonly<Record<string, unknown>> }[] = []
  readonly scripts: ScriptToLoad[] = []
  readonly calls: FunctionToRun[] = []
  allowed: Readonly<Record<string, AllowedNames>> | null = null
  permissions: unknown = null
  lists: ExistingLists
  md: Record<string, unknown> = { scan_id: 0 }
  /** Refuses plans with this text. */
  refuses: string | null = null
  /** Result of functions and scripts. */
  taskResult: () => unknown = () => null
  readonly #events: EngineEvents
  readonly #endsAtOnce: boolean
  #reState = 'idle'
  #deferred = false

  constructor(events: EngineEvents, options: Omit<FakeWorkerOptions, 'socketPath'> = {}) {
    this.#events = events
    this.#endsAtOnce = options.plans === 'at-once'
    this.lists = { lists_uid: randomUUID(), existing_plans: {}, existing_devices: {}, ...options.existing }
  }

  get reState(): string {
    return this.#reState
  }

  get deferredPauseRequested(): boolean {
    return this.#deferred
  }

  open(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  metadata(): Promise<Record<string, unknown>> {
    return Promise.resolve(this.md)
  }

  setAllowed(allowed: Readonly<Record<string, AllowedNames>> | null, permissions: unknown): void {
    this.allowed = allowed
    this.permissions = permissions
  }

  startPlan(plan: PlanToRun, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.refuses !== null) return Promise.reject(new Error(this.refuses))
    this.started.push({ plan, metadata })
    this.#setState('running')
    if (this.#endsAtOnce) {
      setImmediate(() => {
        this.run(0)
        this.end()
      })
    }
    return Promise.resolve()
  }

  requestPause(option: 'deferred' | 'immediate'): void {
    if (option === 'deferred') this.#deferred = true
    else this.pause()
  }

  continuePlan(option: 'resume' | 'stop' | 'abort' | 'halt'): void {
    if (option === 'resume') this.#setState('running')
    else this.end(({ stop: 'stopped', abort: 'aborted', halt: 'halted' } as const)[option])
  }

  loadScript(script: ScriptToLoad): Promise<unknown> {
    this.scripts.push(script)
    return new Promise((resolve) => resolve(this.taskResult()))
  }

  executeFunction(call: FunctionToRun): Promise<unknown> {
    this.calls.push(call)
    return new Promise((resolve) => resolve(this.taskResult()))
  }

  answerInput(): boolean {
    return false
  }

  /** The engine reaches the point where it pauses. */
  pause(): void {
    this.#deferred = false
    this.#setState('paused')
    this.#events.paused()
  }

  /** Emits the documents of a whole run with this many points; returns its uid. */
  run(points: number): string {
    const scanId = Number(this.md['scan_id'] ?? 0) + 1
    this.md['scan_id'] = scanId
    const metadata = { ...this.started.at(-1)?.metadata, scan_id: scanId, num_points: points }
    const run = composeRun({ metadata })
    const keys = { det: { dtype: 'number', shape: [], source: 'fake' } } as const
    const stream = run.composeDescriptor({ name: 'primary', data_keys: keys })
    this.#events.document(['start', run.startDoc])
    this.#events.document(['descriptor', stream.descriptorDoc])
    for (let n = 0; n < points; n += 1) {
      this.#events.document([
        'event',
        stream.composeEvent({ data: { det: n }, timestamps: { det: unixSeconds(Date.now() / 1000) } }),
      ])
    }
    this.#events.document(['stop', run.composeStop({})])
    return run.startDoc.uid
  }

  end(state: PlanOutcome['state'] = 'completed', error = ''): void {
    this.#deferred = false
    this.#setState('idle')
    this.#events.ended({ state, error, traceback: error === '' ? '' : `Traceback of ${error}` })
  }

  /** The engine dies, as a Python child can. */
  die(reason: string): void {
    this.#reState = ''
    this.#events.gone(reason)
  }

  /** Changes the existing lists, as a script would. */
  setLists(existing: Partial<Pick<ExistingLists, 'existing_plans' | 'existing_devices'>>): void {
    this.lists = { ...this.lists, ...existing, lists_uid: randomUUID() }
    this.#events.listsChanged()
  }

  #setState(state: string): void {
    this.#reState = state
    this.#events.stateChanged()
  }
}
