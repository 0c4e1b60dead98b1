import { performance } from 'node:perf_hooks'
import type { Logger } from '@beamtime/service-kit'
import { consoleLine } from './console-line.ts'
import type { ControlSocket } from './control-socket.ts'
import type {
  ManagerAction,
  ManagerEvent,
  ProfileFiles,
  TimerName,
  WorkerPermissions,
} from './core/manager-events.ts'
import type { ManagerCore } from './core/manager-core.ts'
import type { InfoSocket } from './info-socket.ts'
import type { ConsoleOptions } from './manager-config.ts'
import type { QueueStore } from './queue-store.ts'
import type { WorkerLink } from './worker-link.ts'

/** The clients see the status at least this often. */
const heartbeatMs = 950

export interface ShellParts {
  readonly core: ManagerCore
  readonly control: ControlSocket
  /** null: publishing is off. */
  readonly info: InfoSocket | null
  readonly store: QueueStore
  readonly worker: WorkerLink
  readonly log: Logger
  readonly printConsole: boolean
  /** undefined: console text goes to the log. */
  readonly console: ConsoleOptions | undefined
  readonly prepareWorker: (permissions: WorkerPermissions | null) => Promise<void>
  readonly readFiles: (what: { readonly lists: boolean }) => Promise<ProfileFiles>
  readonly writeLists: (lists: Extract<ManagerAction, { kind: 'write-lists' }>) => Promise<void>
  /** Called with each reply, for metrics; `method` is 'unknown' for names that are none. */
  readonly replied: (method: string, ok: boolean) => void
  readonly stop: (worker: 'close' | 'kill') => void
  readonly crash: () => void
  /** Something that must not happen: the store cannot be written, the core threw. */
  readonly failed: (error: unknown) => void
}

/** Carries out what the core decides, in order. */
export interface ManagerShell {
  event(event: ManagerEvent): void
  /** What waits, for the log of a manager that is found silent. */
  backlog(): Readonly<Record<string, number | string>>
  /** Resolves when nothing is written any more. */
  close(): Promise<void>
}

export function createManagerShell(parts: ShellParts): ManagerShell {
  const { core, control, info, store, worker, log } = parts
  const pending: ManagerAction[] = []
  const timers = new Map<TimerName, NodeJS.Timeout>()
  let working = false
  let doing: ManagerAction['kind'] | '' = ''
  let closed = false
  /** A worker is about to be started; false again when it shall not be. */
  let preparing = false
  let prepared: Promise<void> = Promise.resolve()
  const heartbeat = setTimeout(publishStatus, heartbeatMs)

  function event(next: ManagerEvent): void {
    if (closed) return
    try {
      pending.push(...core.step(next))
    } catch (error) {
      parts.failed(error)
      return
    }
    if (!working) work()
  }

  /** Actions run at once; only a store that needs time makes the rest wait. */
  function work(): void {
    working = true
    for (let action = pending.shift(); action !== undefined; action = pending.shift()) {
      doing = action.kind
      try {
        const applied = carryOut(action)
        if (applied === undefined) continue
        applied.then(work, parts.failed)
        return
      } catch (error) {
        // Not durable, or half done: nothing that follows may be said, and the process must not live on without a word.
        pending.length = 0
        parts.failed(error)
      }
    }
    doing = ''
    working = false
  }

  function carryOut(action: ManagerAction): ReturnType<QueueStore['apply']> {
    if (action.kind === 'store') return store.apply(action.changes)
    perform(action)
  }

  function publishStatus(): void {
    heartbeat.refresh()
    info?.publish('QS_Info', { time: Date.now() / 1000, msg: { status: core.status } })
  }

  function perform(action: Exclude<ManagerAction, { kind: 'store' }>): void {
    if (isInfoAction(action)) return publish(action)
    if (isWorkerAction(action)) return performOnWorker(action)
    switch (action.kind) {
      case 'reply':
        // A request of this manager to itself is no traffic.
        if (action.id > 0) parts.replied(action.method, action.body['success'] !== false)
        return control.reply(action.id, action.body)
      case 'continue':
        setImmediate(() => event({ kind: 'continue' }))
        return
      case 'start-timer':
      case 'stop-timer':
        return setTimer(action.name, action.kind === 'start-timer' ? action.ms : null)
      case 'stop-manager':
        return parts.stop(action.worker)
      case 'crash':
        return parts.crash()
      case 'read-files':
      case 'write-lists':
        return performOnFiles(action)
    }
  }

  function performOnFiles(action: Extract<ManagerAction, { kind: 'read-files' | 'write-lists' }>): void {
    switch (action.kind) {
      case 'read-files':
        return later(parts.readFiles(action), (files) =>
          event({ kind: 'files-read', token: action.token, files }),
        )
      case 'write-lists':
        return later(
          parts.writeLists(action).catch((error: unknown) => {
            log.warn('lists.write-failed', { error: error instanceof Error ? error.message : String(error) })
          }),
          () => undefined,
        )
    }
  }

  function publish(action: InfoAction): void {
    const time = Date.now() / 1000
    switch (action.kind) {
      case 'publish-status':
        heartbeat.refresh()
        return info?.publish('QS_Info', { time, msg: { status: action.status } })
      case 'publish-progress':
        return info?.publish('QS_Info', { time, msg: action.progress })
      case 'console':
        return showConsole(action, () => log.info('worker.console', { text: action.msg }))
      case 'log': {
        if (belowLevel(action.level, parts.console?.level ?? 'info')) return
        const msg = consoleLine(action, time, parts.console?.level === 'debug')
        return showConsole({ time, msg }, () => log[action.level]('queue.console', { text: action.text }))
      }
    }
  }

  function showConsole(chunk: { readonly time: number; readonly msg: string }, toLog: () => void): void {
    if (parts.console !== undefined) parts.console.write?.(chunk.msg)
    else if (parts.printConsole) toLog()
    info?.publish('QS_Console', { time: chunk.time, msg: chunk.msg })
  }

  function performOnWorker(action: WorkerAction): void {
    switch (action.kind) {
      case 'spawn-worker':
        preparing = true
        prepared = parts.prepareWorker(action.permissions).then(spawnPrepared, notPrepared)
        return
      case 'kill-worker':
        if (preparing) preparing = false
        else worker.kill()
        return
      case 'ask-worker': {
        const { op, params, timeoutMs, token } = action
        return later(worker.ask(op, params, timeoutMs), (answer) =>
          event({ kind: 'worker-answer', token, answer }),
        )
      }
    }
  }

  function spawnPrepared(): void {
    if (closed) return
    if (!preparing) return event({ kind: 'worker-gone', reason: 'it was destroyed before it started' })
    preparing = false
    worker.spawn()
  }

  function notPrepared(error: unknown): void {
    preparing = false
    log.error('worker.not-prepared', { err: error })
    if (closed) return
    const why = error instanceof Error ? error.message : String(error)
    event({ kind: 'worker-gone', reason: `it could not be started: ${why}` })
  }

  function later<T>(promise: Promise<T>, then: (value: T) => void): void {
    promise.then(then, parts.failed)
  }

  /** null stops it. */
  function setTimer(name: TimerName, ms: number | null): void {
    clearTimeout(timers.get(name))
    timers.delete(name)
    if (ms === null) return
    timers.set(
      name,
      setTimeout(() => event({ kind: 'timer', name }), ms),
    )
  }

  return {
    event,
    backlog: () => ({ actions: pending.length, doing }),
    async close() {
      closed = true
      clearTimeout(heartbeat)
      for (const timer of timers.values()) clearTimeout(timer)
      await prepared
    },
  }
}

type InfoAction = Extract<ManagerAction, { kind: 'publish-status' | 'publish-progress' | 'console' | 'log' }>
type WorkerAction = Extract<ManagerAction, { kind: 'spawn-worker' | 'kill-worker' | 'ask-worker' }>

const infoKinds: ReadonlySet<string> = new Set(['publish-status', 'publish-progress', 'console', 'log'])
const workerKinds: ReadonlySet<string> = new Set(['spawn-worker', 'kill-worker', 'ask-worker'])

function isInfoAction(action: ManagerAction): action is InfoAction {
  return infoKinds.has(action.kind)
}

function isWorkerAction(action: ManagerAction): action is WorkerAction {
  return workerKinds.has(action.kind)
}

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const

function belowLevel(level: (typeof levels)[number], least: (typeof levels)[number]): boolean {
  return levels.indexOf(level) < levels.indexOf(least)
}

export function monotonicMs(): number {
  return performance.now()
}
