import {
  connectWorker,
  WorkerHostError,
  type OperationParams,
  type WorkerConnection,
  type WorkerEvent,
  type WorkerOperation,
} from '@beamtime/worker-host/client'
import type { WorkerAnswer } from './core/manager-events.ts'
import { isProcessAlive } from './process-alive.ts'
import { foundWorkerProcess, startWorkerProcess, type WorkerProcess } from './worker-process.ts'

export interface WorkerLinkOptions {
  readonly socketPath: string
  readonly command: readonly string[]
  readonly logPath: string
  onEvent(event: WorkerEvent): void
  /** The process is gone. */
  onGone(reason: string): void
  /** Its pid when it is started or found, null when it is gone. */
  onProcess?(pid: number | null): void
}

/** One worker host: started or found, connected, watched. */
export interface WorkerLink {
  /** Connects to a host that is alive already; false when there is none. One whose pid is known may still be starting. */
  attach(pid: number | null): Promise<boolean>
  spawn(): void
  ask(op: WorkerOperation, params: OperationParams<WorkerOperation>, timeoutMs: number): Promise<WorkerAnswer>
  /** SIGKILL to the host and everything that it started. */
  kill(): void
  /** SIGTERM; resolves when the process is gone, which is enforced after the budget. */
  terminate(budgetMs: number): Promise<void>
  /** Lets the host live and forgets it. */
  detach(): void
}

const connectPauseMs = 15
/** A host listens within a second; a machine under load may need longer. */
const connectBudgetMs = 30_000
const reconnectPauseMs = 50

export function createWorkerLink(options: WorkerLinkOptions): WorkerLink {
  let connection: WorkerConnection | null = null
  let process_: WorkerProcess | null = null
  let connecting: WorkerProcess | null = null
  let detached = false
  /** It shall end, and its pid is not known yet. */
  let isDoomed = false
  /** Questions whose connection broke: refused once it is known what became of the worker. */
  let orphans: (() => void)[] = []

  function releaseOrphans(): void {
    for (const release of orphans.splice(0)) release()
  }

  function watch(watched: WorkerProcess): void {
    process_ = watched
    options.onProcess?.(watched.pid)
    void watched.ended.then((reason) => {
      if (process_ !== watched || detached) return
      process_ = null
      const last = connection
      connection = null
      last?.close()
      options.onProcess?.(null)
      options.onGone(reason)
      releaseOrphans()
    })
  }

  function greeted(pid: number): void {
    if (process_ === null) watch(foundWorkerProcess(pid))
    if (isDoomed) process_?.signal('SIGKILL')
    isDoomed = false
  }

  async function connect(): Promise<WorkerConnection> {
    const mine = await connectWorker(options.socketPath, {
      onEvent: (event) => {
        if (detached) return
        if (event.event === 'hello') greeted(event.pid)
        options.onEvent(event)
        if (event.event === 'hello') releaseOrphans()
      },
      onClose: () => {
        // One that was replaced already, by this manager or by the end of its process, is no loss.
        if (connection !== mine) return
        connection = null
        const again = process_ === null ? attachAgain : reconnect
        if (!detached) setTimeout(() => void again(), reconnectPauseMs).unref()
      },
    })
    return mine
  }

  /** A found worker closed the connection before it said who it is: mostly it was about to end. */
  async function attachAgain(): Promise<void> {
    if (detached || process_ !== null || connection !== null) return
    try {
      connection = await connect()
    } catch {
      if (detached) return
      options.onGone('the worker process is gone')
      releaseOrphans()
    }
  }

  /** The connection broke. Either the process is ending, which `watch` tells, or it lives and listens again. */
  async function reconnect(): Promise<void> {
    if (detached || process_ === null || connection !== null || process_.hasEnded()) return
    await connectSoon(process_, reconnectPauseMs)
  }

  /** A second connection would push out the first, which would then be missed: there is one attempt at a time. */
  async function connectSoon(target: WorkerProcess, pauseMs: number): Promise<void> {
    if (connecting === target) return
    connecting = target
    const deadline = performance.now() + connectBudgetMs
    const isWanted = (): boolean =>
      process_ === target && connection === null && !detached && !target.hasEnded()
    while (isWanted()) {
      try {
        const fresh = await connect()
        if (isWanted()) connection = fresh
        else fresh.close()
        break
      } catch {
        if (performance.now() > deadline) {
          target.signal('SIGKILL')
          break
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
    if (connecting === target) connecting = null
  }

  return {
    async attach(pid) {
      const known = pid !== null && isProcessAlive(pid) ? foundWorkerProcess(pid) : null
      if (known !== null) watch(known)
      try {
        connection = await connect()
        return true
      } catch {
        if (known === null) return false
        // Its last manager died before it listened.
        void connectSoon(known, connectPauseMs)
        return true
      }
    },
    spawn() {
      const started = startWorkerProcess({ command: options.command, logPath: options.logPath })
      watch(started)
      void connectSoon(started, connectPauseMs)
    },
    async ask(op, params, timeoutMs) {
      // Its connection just broke: either the process is ending, or it takes the question when it is back.
      if (connection === null && process_ !== null && !detached)
        await new Promise<void>((resolve) => orphans.push(resolve))
      if (connection === null) return refusal('RE Worker is not connected', '')
      try {
        return { ok: true, result: await connection.request(op, params, { timeoutMs }) }
      } catch (error) {
        if (!(error instanceof WorkerHostError)) throw error
        const lost = error.code === 'WORKER_CONNECTION_CLOSED'
        if (lost && process_ !== null && !detached)
          await new Promise<void>((resolve) => orphans.push(resolve))
        return { ...refusal(error.reason, error.traceback), lost }
      }
    },
    kill() {
      isDoomed = process_ === null && connection !== null
      process_?.signal('SIGKILL')
    },
    async terminate(budgetMs) {
      const ending = process_
      if (ending === null) return
      ending.signal('SIGTERM')
      const timer = setTimeout(() => ending.signal('SIGKILL'), budgetMs)
      await ending.ended
      clearTimeout(timer)
    },
    detach() {
      detached = true
      connection?.close()
      connection = null
      releaseOrphans()
    },
  }
}

function refusal(reason: string, traceback: string): WorkerAnswer {
  return { ok: false, reason, traceback }
}
