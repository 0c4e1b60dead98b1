import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { leftoverProcesses, supervisorMark } from './leftover-processes.ts'
import { openRotatingLog, type RotatingLog } from './rotating-log.ts'
import {
  createServiceProcess,
  type ServiceProcess,
  type ServiceSpec,
  type ServiceView,
} from './service-process.ts'

export interface SupervisorOptions {
  /** In the order of their dependencies: they start in this order without waiting, and stop in the reverse one. */
  readonly services: readonly ServiceSpec[]
  readonly logDir: string
  /** What is left after this time is ended. */
  readonly shutdownMs: number
  readonly onChange: (view: ServiceView) => void
}

export interface Supervisor {
  start(): void
  views(): readonly ServiceView[]
  /** False when there is no such service. */
  restart(role: string): boolean
  /** Drains all: what feeds others first, each waits for what it feeds on. May be called twice. */
  stop(): Promise<void>
  /** Ends everything now. */
  kill(): void
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const logs: RotatingLog[] = []
  const processes: readonly ServiceProcess[] = options.services.map((spec) => {
    const log = openRotatingLog({ path: join(options.logDir, `${spec.role}.log`) })
    logs.push(log)
    return createServiceProcess(
      { ...spec, environment: { ...spec.environment, [supervisorMark]: String(process.pid) } },
      { log, onChange: options.onChange },
    )
  })
  let stopping: Promise<void> | null = null

  function kill(): void {
    for (const service of processes) service.kill()
    for (const pid of leftoverProcesses(`${supervisorMark}=${process.pid}`)) killProcess(pid)
  }

  async function stop(): Promise<void> {
    const gone = stopInOrder(processes, options.shutdownMs)
    const isDrained = await Promise.race([
      gone.then(() => true),
      delay(options.shutdownMs, false, { ref: false }),
    ])
    if (!isDrained) {
      kill()
      await Promise.race([gone, delay(1_000, undefined, { ref: false })])
    }
    // Worker hosts lead groups of their own and outlive a manager that was killed.
    for (const pid of leftoverProcesses(`${supervisorMark}=${process.pid}`)) killProcess(pid)
    for (const log of logs) log.close()
  }

  return {
    start() {
      for (const service of processes) service.start()
    },
    views: () => processes.map((service) => service.view()),
    restart(role) {
      const service = processes.find((candidate) => candidate.role === role)
      service?.restart()
      return service !== undefined
    },
    stop: () => (stopping ??= stop()),
    kill,
  }
}

/** The first service of the order, which all others use, is asked to stop after this share of the budget at the latest. */
const lastStopShare = 0.75

/**
 * What uses a service stops before it, so that what it hands over on the way out still arrives: the last
 * ones in the order are asked at once, each earlier one when all later ones are gone, or when its share of
 * the budget has passed.
 */
async function stopInOrder(processes: readonly ServiceProcess[], budgetMs: number): Promise<void> {
  const startedMs = performance.now()
  const stepMs = (budgetMs * lastStopShare) / Math.max(1, processes.length - 1)
  const gone: Promise<void>[] = []
  for (const service of processes.toReversed()) {
    const waitMs = Math.max(0, startedMs + gone.length * stepMs - performance.now())
    await Promise.race([Promise.all(gone), delay(waitMs, undefined, { ref: false })])
    gone.push(service.stop())
  }
  await Promise.all(gone)
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}
