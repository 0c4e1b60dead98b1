import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isProcessAlive } from '@beamtime/queue-manager/process'
import { beamtimeCommand } from '../supervisor/platform-services.ts'
import type { ManagerMessage, StartMessage } from './re-manager-messages.ts'

/** A manager that says nothing for this long is killed and started again. */
const silenceMs = 5_000
const checkMs = 500
/** A manager that follows another and is not ready after this is killed: loading a long history takes seconds. */
const startMs = 60_000
/** A manager that was told to stop and is still there after this is killed: its worker has 8 s to end. */
const stopMs = 12_000
/** Between starts of a manager that fails before it is ready; doubles from failure to failure. */
const retryMs = 500
const maxRetryMs = 8_000
/** Budget of a worker that is told to end. */
const workerEndMs = 4_000

type Log = (level: 'INFO' | 'WARNING' | 'ERROR', text: string) => void

export interface WatchOptions {
  /** Program and arguments of the manager process. Default: `beamtime re-manager`. */
  readonly command?: readonly string[]
  readonly silenceMs?: number
  readonly startMs?: number
  readonly stopMs?: number
}

/**
 * Keeps one manager process running: starts it again as soon as it ends or falls silent, and leaves the worker alone.
 * Resolves with 0 after `manager_stop`, with 1 when the manager cannot start or on SIGTERM and SIGINT.
 */
export function watchManager(start: StartMessage, log: Log, options: WatchOptions = {}): Promise<number> {
  return new Promise((resolve) => {
    new ManagerWatch({ message: start, log, ended: resolve, options }).start()
  })
}

interface WatchParts {
  readonly message: StartMessage
  readonly log: Log
  readonly ended: (exitCode: number) => void
  readonly options: WatchOptions
}

type Phase = 'starting' | 'ready' | 'stopping'

class ManagerWatch {
  readonly #message: StartMessage
  readonly #log: Log
  readonly #ended: (exitCode: number) => void
  readonly #command: readonly string[]
  readonly #patienceMs: Readonly<Record<Phase, number>>
  readonly #timer: NodeJS.Timeout
  #retry: NodeJS.Timeout | undefined
  #child: ChildProcess | null = null
  #workerPid: number | null = null
  /** Of the present process. */
  #phase: Phase = 'starting'
  /** Start, last heartbeat or order to stop. */
  #lastSignMs = 0
  #wasReady = false
  #failures = 0
  #stopping = false

  constructor({ message, log, ended, options }: WatchParts) {
    this.#message = message
    this.#log = log
    this.#ended = ended
    this.#command = options.command ?? [...beamtimeCommand(), 're-manager']
    this.#patienceMs = {
      starting: options.startMs ?? startMs,
      ready: options.silenceMs ?? silenceMs,
      stopping: options.stopMs ?? stopMs,
    }
    this.#timer = setInterval(() => this.#check(), checkMs)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => void this.#terminate())
  }

  start(): void {
    const [program = '', ...args] = this.#command
    // A group of its own: Ctrl-C on a terminal reaches this process only, which ends the others in order.
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    })
    this.#child = child
    this.#phase = 'starting'
    this.#lastSignMs = performance.now()
    child.on('message', (message) => this.#heard(message as ManagerMessage))
    child.once('exit', (code, signal) => this.#childEnded(child, signal ?? `code ${code}`))
    child.on('error', (error) => {
      this.#log('ERROR', `Cannot start the manager: ${error.message}`)
      // One that never began does not end either.
      if (child.pid === undefined) this.#childEnded(child, 'not started')
    })
    if (child.pid === undefined) return
    const next: StartMessage = {
      ...this.#message,
      restarted: this.#wasReady,
      workerPid: this.#workerPid,
    }
    child.send(next, () => undefined)
  }

  #heard(message: ManagerMessage): void {
    this.#lastSignMs = performance.now()
    switch (message.kind) {
      case 'ready':
        this.#phase = 'ready'
        this.#wasReady = true
        this.#failures = 0
        return
      case 'heartbeat':
        return
      case 'worker':
        this.#workerPid = message.pid
        return
      case 'stopping':
        this.#phase = 'stopping'
        this.#stopping = true
        return
      case 'failed':
        this.#log('ERROR', `${message.message}${message.remedy === '' ? '' : ` ${message.remedy}`}`)
        // What was there once (a store, a free address) may come back; at the first start it is a mistake.
        if (!this.#wasReady) this.#stopping = true
    }
  }

  #childEnded(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    this.#child = null
    if (this.#stopping) return this.#end(this.#wasReady && how === 'code 0' ? 0 : 1)
    if (!this.#wasReady) {
      this.#log('ERROR', `The manager ended before it was ready (${how}).`)
      return this.#end(1)
    }
    this.#log('ERROR', `RE Manager ended unexpectedly (${how}) and is started again`)
    if (this.#phase === 'ready') return this.start()
    const delayMs = Math.min(maxRetryMs, retryMs * 2 ** this.#failures)
    this.#failures += 1
    this.#retry = setTimeout(() => this.#startAgain(), delayMs)
  }

  #startAgain(): void {
    if (!this.#stopping) this.start()
  }

  #check(): void {
    const child = this.#child
    if (child === null) return
    // The first start may take as long as it does: somebody waits for it and sees what it is told.
    if (this.#phase === 'starting' && !this.#wasReady) return
    if (performance.now() - this.#lastSignMs < this.#patienceMs[this.#phase]) return
    const text = {
      starting: 'The manager does not get ready and must be started again',
      ready: 'Timeout detected by Watchdog. RE Manager malfunctioned and must be restarted',
      stopping: 'The manager does not end and is killed',
    }[this.#phase]
    this.#log('ERROR', `${text} (${processState(child.pid)})`)
    this.#lastSignMs = performance.now()
    child.kill('SIGKILL')
  }

  async #terminate(): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    this.#phase = 'stopping'
    this.#lastSignMs = performance.now()
    this.#log('INFO', 'Terminating the process ...')
    const pid = this.#workerPid
    if (pid !== null) {
      signalGroup(pid, 'SIGTERM')
      const deadline = performance.now() + workerEndMs
      while (isProcessAlive(pid) && performance.now() < deadline)
        await new Promise((done) => setTimeout(done, 20))
      signalGroup(pid, 'SIGKILL')
    }
    if (this.#child === null) this.#end(1)
    else this.#child.kill('SIGKILL')
  }

  #end(exitCode: number): void {
    clearInterval(this.#timer)
    clearTimeout(this.#retry)
    this.#ended(exitCode)
  }
}

/** Where its main thread is, as far as the system tells (Linux): state, and the number of the system call it is in. */
function processState(pid: number | undefined): string {
  try {
    const state = /^State:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'unknown'
    const call = readFileSync(`/proc/${pid}/syscall`, 'utf8').split(' ')[0] ?? ''
    return `process ${pid}: ${state}, ${call === 'running' ? 'computing' : `in system call ${call}`}`
  } catch {
    return `process ${pid}`
  }
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  if (pid <= 1) return
  try {
    process.kill(-pid, name)
  } catch {
    // It is gone already.
  }
}
