import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeDocument } from '@beamtime/event-model'
import type { Logger } from '@beamtime/service-kit'
import { WorkerHostError } from '../error.ts'
import { rejected } from '../host/rejected.ts'
import type { ExistingLists, FunctionToRun } from '../protocol.ts'
import type { EngineEvents, WorkerEngine } from '../worker-engine.ts'
import type { WorkerStartup } from '../worker-spec.ts'
import { createBridgeLink, type BridgeEvent, type BridgeLink } from './bridge-link.ts'
import { listsOf, type BridgeLists } from './bridge-messages.ts'
import { createDocumentFrameReader, encodeDocumentAnswer, type DocumentAnswer } from './document-frames.ts'
import { startPython, type PythonProcess } from './python-process.ts'

export interface PythonEngineOptions {
  /** A command, or a list of its words. */
  readonly python: string | readonly string[]
  readonly cwd: string
  readonly runtimeDir: string
  readonly startup: WorkerStartup
  readonly topic: string
  /** `host:port` of a 0MQ proxy, '' = none. */
  readonly zmqProxy: string
  readonly deviceMaxDepth: number
  readonly ignoreInvalidPlans: boolean
  /** Lowest precedence in start documents. */
  readonly facilityMetadata: Readonly<Record<string, unknown>>
  readonly recordInterruptions: boolean
  readonly logLevel: string
  readonly log: Logger
  /** What the Python process prints. */
  print(text: string): void
  readonly events: EngineEvents
}

/** A child that does not end after its main thread was asked to is ended. */
const closeMs = 3_000

const lastWordsMs = 200
const endKnownMs = 2_000

const pythonLevels: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  silent: 'CRITICAL',
}

/** The RunEngine of Bluesky in a Python child, behind `python/beamtime_worker`. */
export function createPythonEngine(options: PythonEngineOptions): WorkerEngine {
  const { events, log } = options
  let child: PythonProcess | null = null
  let link: BridgeLink | null = null
  let reState: string | null = null
  let deferred = false
  let lists: ExistingLists = { lists_uid: '', existing_plans: {}, existing_devices: {} }
  let permissions: unknown = null
  let opened = false
  let closing = false
  let admission: Promise<string | null> | null = null
  const questions: number[] = []
  let greeted: (hello: Extract<BridgeEvent, { kind: 'hello' }>) => void = () => undefined

  function setLists(found: BridgeLists): void {
    lists = { lists_uid: randomUUID(), ...found }
  }

  function onEvent(event: BridgeEvent): void {
    switch (event.kind) {
      case 'hello':
        greeted(event)
        return
      case 'console':
        options.print(event.msg)
        return
      case 'state':
        setState(event.reState, event.deferred)
        return
      case 'paused':
        events.paused()
        return
      case 'ended': {
        const { kind: _kind, ...outcome } = event
        questions.length = 0
        events.devices([])
        events.ended(outcome)
        return
      }
      case 'lists':
        setLists(event.lists)
        events.listsChanged()
        return
      case 'devices':
        events.devices(event.devices)
        return
      case 'publishing':
        events.publishedElsewhere(event.byStartup)
        return
      case 'admit':
        void admit(event.number)
        return
      case 'input':
        questions.push(event.number)
        events.input(event.prompt)
    }
  }

  function setState(state: string | null, isDeferred: boolean): void {
    reState = state
    deferred = isDeferred
    events.stateChanged()
  }

  /** The text of a refusal once it is settled whether the plan may go on; null while it may. */
  function holdPlan(): Promise<string | null> | null {
    if (admission !== null) return admission
    const waiting = events.admit()
    if (waiting === null) return null
    const settled = waiting
      .then(() => null, reasonOf)
      .finally(() => {
        admission = null
      })
    admission = settled
    return settled
  }

  async function admit(number: number): Promise<void> {
    const error = await holdPlan()
    link?.tell('answer', error === null ? { number } : { number, error })
  }

  function take(payload: Uint8Array): DocumentAnswer {
    try {
      events.document(decodeDocument(payload), payload)
    } catch (error) {
      return { kind: 'refused', reason: reasonOf(error) }
    }
    return holdPlan() === null ? { kind: 'taken' } : { kind: 'hold' }
  }

  function readDocuments(socket: Socket): void {
    const reader = createDocumentFrameReader()
    socket.on('data', (bytes: Buffer) => {
      const frames = reader.push(bytes)
      if (frames === null) {
        log.error('python.malformed', { error: 'a document frame is too long' })
        socket.destroy()
        return
      }
      for (const { number, payload } of frames) socket.write(encodeDocumentAnswer(number, take(payload)))
    })
    socket.on('error', (error) => log.debug('python.connection-error', { error: error.message }))
  }

  async function onEnded(process: PythonProcess, reason: string): Promise<void> {
    // What it said last may still be on its way.
    await Promise.race([link?.closed, delay(lastWordsMs)])
    link?.close()
    if (process !== child || closing) return
    reState = null
    if (opened) events.gone(`The Python process is gone: ${reason}`)
  }

  function ask(op: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (link === null) return Promise.reject(rejected('The Python process has not started.'))
    return link.request(op, params)
  }

  async function start(): Promise<void> {
    const process_ = startPython({
      python: options.python,
      cwd: options.cwd,
      env: { ...process.env, BEAMTIME_WORKER_LOG_LEVEL: pythonLevels[options.logLevel] ?? 'INFO' },
      runtimeDir: options.runtimeDir,
      onOutput: (text) => options.print(text),
    })
    child = process_
    const hello = new Promise<Extract<BridgeEvent, { kind: 'hello' }>>((resolve) => {
      greeted = resolve
    })
    const ended = process_.ended.then(async (reason): Promise<never> => {
      await onEnded(process_, reason)
      throw new Error(reason)
    })
    // Later nobody waits for it.
    ended.catch(() => undefined)
    const sockets = await process_.sockets
    link = createBridgeLink({ socket: sockets.control, log, onEvent })
    readDocuments(sockets.documents)
    const { pid, problem } = await Promise.race([hello, ended])
    process_.follow(pid, link.closed)
    if (problem !== null) throw startupFailed(problem.msg, problem.traceback)
    const result = await Promise.race([ask('open', { settings: settings() }), ended])
    setLists(listsOf(result))
    if (typeof result === 'object' && result !== null && 're_state' in result) {
      reState = typeof result.re_state === 'string' ? result.re_state : null
    }
    opened = true
  }

  function settings(): Record<string, unknown> {
    return {
      startup: options.startup,
      topic: options.topic,
      zmq_proxy: options.zmqProxy,
      permissions,
      device_max_depth: options.deviceMaxDepth,
      ignore_invalid_plans: options.ignoreInvalidPlans,
      metadata: options.facilityMetadata,
      record_interruptions: options.recordInterruptions,
    }
  }

  return {
    async open() {
      try {
        await start()
      } catch (error) {
        if (error instanceof WorkerHostError && error.code === 'WORKER_STARTUP_FAILED') throw error
        if (error instanceof WorkerHostError && error.code === 'WORKER_FAILED') {
          throw startupFailed(error.reason, error.traceback)
        }
        const command = [options.python].flat().join(' ')
        // A connection breaks a moment before it is known how the process ended.
        const end = isClosed(error) ? await Promise.race([child?.ended, delay(endKnownMs)]) : undefined
        const why = typeof end === 'string' ? end : reasonOf(error)
        throw startupFailed(`The Python process '${command}' failed: ${why}`, child?.lastOutput ?? '')
      }
    },
    get reState() {
      return reState
    },
    get deferredPauseRequested() {
      return deferred
    },
    get lists() {
      return lists
    },
    async metadata() {
      return (await ask('metadata', {})) as Record<string, unknown>
    },
    setAllowed(_allowed, userGroupPermissions) {
      permissions = userGroupPermissions ?? null
      if (!opened) return
      ask('set_permissions', { permissions }).catch((error: unknown) =>
        events.notice(`Permissions were not taken over: ${reasonOf(error)}`),
      )
    },
    async startPlan(plan, metadata) {
      await ask('start_plan', { plan, metadata })
    },
    requestPause(option) {
      void ask('request_pause', { option }).catch((error: unknown) => events.notice(reasonOf(error)))
    },
    continuePlan(option, reason) {
      // What the engine becomes, before it says so: nobody shall see it paused after the request was accepted.
      if (reState === 'paused') reState = statesOfContinuation[option]
      void ask('continue_plan', { option, reason: reason ?? '' }).catch((error: unknown) =>
        events.notice(reasonOf(error)),
      )
    },
    loadScript({ script, update_lists, update_re, run_in_background: background }) {
      return ask('load_script', { script, update_lists, update_re, background })
    },
    executeFunction(call: FunctionToRun, task) {
      return ask('execute_function', { call, background: task.background })
    },
    answerInput(value) {
      const number = questions.shift()
      if (number === undefined) return false
      link?.tell('answer', { number, value })
      return true
    },
    async close() {
      closing = true
      if (child === null) return
      link?.tell('close', {})
      const timer = setTimeout(() => child?.kill(), opened ? closeMs : 0)
      await child.ended
      clearTimeout(timer)
      link?.close()
    },
  }
}

const statesOfContinuation = {
  resume: 'running',
  stop: 'stopping',
  abort: 'aborting',
  halt: 'halting',
} as const

function isClosed(error: unknown): boolean {
  return error instanceof WorkerHostError && error.code === 'WORKER_CONNECTION_CLOSED'
}

function reasonOf(error: unknown): string {
  if (error instanceof WorkerHostError) return error.reason
  return error instanceof Error ? error.message : String(error)
}

function startupFailed(message: string, traceback: string): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_STARTUP_FAILED',
    message,
    fault: 'caller',
    remedy: 'Correct the startup code or the Python environment and open the environment again.',
    traceback,
  })
}
