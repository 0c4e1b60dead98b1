import { spawn, type ChildProcess } from 'node:child_process'
import { isProcessAlive } from '@beamtime/queue-manager/process'
import { beamtimeCommand } from '../supervisor/platform-services.ts'
import type { ManagerMessage, StartMessage } from './re-manager-messages.ts'

/** A manager that says nothing for this long is killed and started again. */
const silenceMs = 5_000
const checkMs = 500
/** Between starts of a manager that fails before it is ready. */
const retryMs = 500
/** Budget of a worker that is told to end. */
const workerEndMs = 4_000

type Log = (level: 'INFO' | 'WARNING' | 'ERROR', text: string) => void

/**
 * Keeps one manager process running: starts it again as soon as it ends or falls silent, and leaves the worker alone.
 * Resolves with 0 after `manager_stop`, with 1 when the manager cannot start or on SIGTERM and SIGINT.
 */
export function watchManager(start: StartMessage, log: Log): Promise<number> {
  return new Promise((resolve) => {
    new ManagerWatch(start, log, resolve).start()
  })
}

class ManagerWatch {
  readonly #message: StartMessage
  readonly #log: Log
  readonly #ended: (exitCode: number) => void
  readonly #timer: NodeJS.Timeout
  #child: ChildProcess | null = null
  #workerPid: number | null = null
  #lastSignMs = 0
  /** The present process was ready once. */
  #ready = false
  #wasReady = false
  #stopping = false

  constructor(message: StartMessage, log: Log, ended: (exitCode: number) => void) {
    this.#message = message
    this.#log = log
    this.#ended = ended
    this.#timer = setInterval(() => this.#check(), checkMs)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => void this.#terminate())
  }

  start(): void {
    const [program, ...args] = beamtimeCommand()
    // A group of its own: Ctrl-C on a terminal reaches this process only, which ends the others in order.
    const child = spawn(program, [...args, 're-manager'], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    })
    this.#child = child
    this.#ready = false
    child.on('message', (message) => this.#heard(message as ManagerMessage))
    child.once('exit', (code, signal) => this.#childEnded(signal ?? `code ${code}`))
    child.once('error', (error) => this.#log('ERROR', `Cannot start the manager: ${error.message}`))
    child.send({ ...this.#message, restarted: this.#wasReady } satisfies StartMessage, () => undefined)
  }

  #heard(message: ManagerMessage): void {
    this.#lastSignMs = performance.now()
    switch (message.kind) {
      case 'ready':
        this.#ready = true
        this.#wasReady = true
        return
      case 'heartbeat':
        return
      case 'worker':
        this.#workerPid = message.pid
        return
      case 'stopping':
        this.#stopping = true
        return
      case 'failed':
        this.#log('ERROR', `${message.message}${message.remedy === '' ? '' : ` ${message.remedy}`}`)
        // What was there once may come back (a store); at the first start it is a mistake.
        if (!this.#wasReady || !message.canRetry) this.#stopping = true
    }
  }

  #childEnded(how: string): void {
    this.#child = null
    if (this.#stopping) return this.#end(this.#wasReady && how === 'code 0' ? 0 : 1)
    if (!this.#wasReady) {
      this.#log('ERROR', `The manager ended before it was ready (${how}).`)
      return this.#end(1)
    }
    if (this.#ready) {
      this.#log('ERROR', `RE Manager ended unexpectedly (${how}) and is started again`)
      this.start()
    } else setTimeout(() => this.#startAgain(), retryMs)
  }

  #startAgain(): void {
    if (!this.#stopping) this.start()
  }

  #check(): void {
    if (!this.#ready || this.#stopping || this.#child === null) return
    if (performance.now() - this.#lastSignMs < silenceMs) return
    this.#log('ERROR', 'Timeout detected by Watchdog. RE Manager malfunctioned and must be restarted')
    this.#lastSignMs = performance.now()
    this.#child.kill('SIGKILL')
  }

  async #terminate(): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
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
    this.#ended(exitCode)
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
