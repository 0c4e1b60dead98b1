import { type ChildProcess, spawn } from 'node:child_process'
import type { SupervisorMessage } from '@beamtime/service-kit'
import { failureLine } from './failure-text.ts'
import { decideRestart, type RestartPolicy } from './restart-policy.ts'
import type { RotatingLog } from './rotating-log.ts'

/** One service as the supervisor runs it. */
export interface ServiceSpec {
  readonly role: string
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly policy: RestartPolicy
}

type ServiceState = 'starting' | 'up' | 'restarting' | 'failed' | 'stopping' | 'stopped'

export interface ServiceView {
  readonly role: string
  readonly state: ServiceState
  readonly pid: number | null
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  readonly restarts: number
  /** When the state began: RFC 3339. */
  readonly since: string
  /** Why it is not ready: exit, failure with remedy. */
  readonly detail: string
}

export interface ServiceProcess {
  readonly role: string
  view(): ServiceView
  start(): void
  /** Ends it and starts it again at once. */
  restart(): void
  /** Asks it to drain. Resolves when it is gone. */
  stop(): Promise<void>
  /** Ends the process and its group at once. */
  kill(): void
}

export interface ServiceProcessOptions {
  readonly log: RotatingLog
  readonly onChange: (view: ServiceView) => void
}

/** Keeps one service running. The process leads a group of its own, so Ctrl-C on the terminal reaches the supervisor only. */
export function createServiceProcess(spec: ServiceSpec, options: ServiceProcessOptions): ServiceProcess {
  let child: ChildProcess | null = null
  let state: ServiceState = 'stopped'
  let since = new Date().toISOString()
  let detail = ''
  let endpoints: ServiceView['endpoints'] = []
  let restarts = 0
  let attempt = 0
  let startedMs = 0
  let failure: { readonly message: string; readonly remedy: string } | null = null
  let timer: NodeJS.Timeout | null = null
  let isStopping = false
  let isRestartAsked = false
  let onGone: (() => void)[] = []

  function view(): ServiceView {
    return { role: spec.role, state, pid: child?.pid ?? null, endpoints, restarts, since, detail }
  }

  function change(next: ServiceState, why: string): void {
    if (next !== state) since = new Date().toISOString()
    state = next
    detail = why
    options.onChange(view())
  }

  function start(): void {
    timer = null
    failure = null
    endpoints = []
    startedMs = performance.now()
    const [program, ...args] = spec.command
    const started = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: { ...process.env, ...spec.environment },
    })
    child = started
    started.stdout?.on('data', (chunk: Buffer) => options.log.write(chunk))
    started.stderr?.on('data', (chunk: Buffer) => options.log.write(chunk))
    started.on('message', (message: SupervisorMessage) => receive(message))
    started.once('error', (error) => gone({ exitCode: 1, signal: null, why: error.message }))
    started.once('exit', (exitCode, signal) => gone({ exitCode, signal, why: '' }))
    change('starting', '')
  }

  function receive(message: SupervisorMessage): void {
    switch (message.kind) {
      case 'ready':
        endpoints = message.endpoints
        change('up', '')
        break
      case 'status':
        change(state, message.text)
        break
      case 'stopping':
        if (!isStopping) change('stopping', '')
        break
      case 'failed':
        failure = message
        break
    }
  }

  function gone(exit: { exitCode: number | null; signal: string | null; why: string }): void {
    if (child === null) return // 'error' and 'exit' may both come
    child = null
    const how = failure === null ? describeExit(exit) : failureLine(failure)
    if (isStopping) {
      change('stopped', '')
      for (const resolve of onGone) resolve()
      onGone = []
      return
    }
    if (isRestartAsked) {
      isRestartAsked = false
      restarts++
      start()
      return
    }
    const decision = decideRestart(
      { exitCode: exit.exitCode, livedMs: performance.now() - startedMs, attempt },
      spec.policy,
    )
    if (decision.kind === 'give-up') {
      change('failed', how)
      return
    }
    attempt = decision.attempt
    restarts++
    change('restarting', `${how}, restart in ${decision.delayMs / 1_000} s`)
    timer = setTimeout(start, decision.delayMs)
  }

  function signalGroup(signal: NodeJS.Signals): void {
    if (child?.pid === undefined) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      child.kill(signal) // not a group leader where the platform has no groups
    }
  }

  return {
    role: spec.role,
    view,
    start,
    restart() {
      if (timer !== null) clearTimeout(timer)
      if (child === null) start()
      else {
        isRestartAsked = true
        child.kill('SIGTERM')
      }
    },
    stop() {
      isStopping = true
      if (timer !== null) clearTimeout(timer)
      if (child === null) {
        change('stopped', detail)
        return Promise.resolve()
      }
      const ended = new Promise<void>((resolve) => onGone.push(resolve))
      child.kill('SIGTERM')
      change('stopping', '')
      return ended
    },
    kill: () => signalGroup('SIGKILL'),
  }
}

function describeExit(exit: { exitCode: number | null; signal: string | null; why: string }): string {
  if (exit.why !== '') return exit.why
  return exit.signal === null ? `ended with code ${exit.exitCode}` : `ended by ${exit.signal}`
}
