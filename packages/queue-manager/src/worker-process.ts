import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isProcessAlive } from './process-alive.ts'

export interface WorkerProcess {
  readonly pid: number
  /** Resolves with the reason when the process is gone. */
  readonly ended: Promise<string>
  hasEnded(): boolean
  signal(name: NodeJS.Signals): void
}

export interface WorkerLaunch {
  readonly command: readonly string[]
  /** Gets what the process writes outside of its console stream, from the beginning at each start. */
  readonly logPath: string
}

/** Starts a worker host in its own session, so that it outlives this process. */
export function startWorkerProcess({ command, logPath }: WorkerLaunch): WorkerProcess {
  const [program = '', ...args] = command
  mkdirSync(dirname(logPath), { recursive: true })
  const log = openSync(logPath, 'w')
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.unref()
  let over = false
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`cannot start ${program}: ${error.message}`))
    child.once('exit', (code, signal) => resolve(exitReason({ code, signal, logPath })))
  })
  void ended.then(() => {
    over = true
  })
  return {
    pid: child.pid ?? -1,
    ended,
    hasEnded: () => over || child.exitCode !== null || child.signalCode !== null,
    signal: (name) => signalGroup(child.pid, name),
  }
}

const tailChars = 2000

function exitReason(exit: {
  readonly code: ChildProcess['exitCode']
  readonly signal: ChildProcess['signalCode']
  readonly logPath: string
}): string {
  if (exit.signal !== null) return `the worker process was ended by ${exit.signal}`
  const text = exit.code === 0 ? '' : tailOf(exit.logPath)
  return `the worker process ended with code ${exit.code}${text === '' ? '' : `:\n${text}`}`
}

function tailOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-tailChars).trim()
  } catch {
    return ''
  }
}

/** A worker host that another manager started, known by its pid alone. */
export function foundWorkerProcess(pid: number): WorkerProcess {
  let over = false
  const ended = new Promise<string>((resolve) => {
    // Not our child, so there is no event; its connection closes first and tells when to look.
    const timer = setInterval(() => {
      if (isProcessAlive(pid)) return
      clearInterval(timer)
      over = true
      resolve('the worker process is gone')
    }, 25)
    timer.unref()
  })
  return {
    pid,
    ended,
    hasEnded: () => over || !isProcessAlive(pid),
    signal: (name) => signalGroup(pid, name),
  }
}

/** The host leads its own group; what it started goes with it. */
function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined || pid <= 1) return
  try {
    process.kill(-pid, name)
  } catch {
    // It is gone already.
  }
}
