import { join, resolve } from 'node:path'
import { buildInfo } from './build-info.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import type { HealthAnswerOptions, ServicePhase } from './health-answer.ts'
import { openHealthServer, type HealthServer } from './health-server.ts'
import { createLogger, type LogConfig, type RootLogger } from './logger.ts'
import { addProcessMetrics } from './process-metrics.ts'
import { safeJson } from './safe-json.ts'
import { createSdNotifier } from './sd-notify.ts'
import { createServiceContext, type ServiceContext } from './service-context.ts'
import { shareMetrics, type MetricsPlaces, type SharedMetrics } from './share-metrics.ts'
import { supervisorLink } from './supervisor-link.ts'

/** A service that has started. */
export interface RunningService {
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  /** One line for `beamtime status` and systemd: "idle, 3 in queue, bus ok". */
  status?(): string
  /** Drains: takes nothing new, finishes and hands over what it has. May be called twice. */
  close(): Promise<void>
}

export interface ServiceOptions {
  readonly role: string
  readonly dataDir: string
  readonly logConfig: LogConfig
  /** Budget of an orderly stop in ms; after it the process ends with exit code 1. */
  readonly shutdownMs: number
  start(context: ServiceContext): Promise<RunningService>
  /** Reads the log section again at SIGHUP. */
  reload?(): Promise<LogConfig>
  /** Takes the lines of the log instead of standard error. */
  writeLog?(line: string): void
  /** Where metrics are pushed to and served beside the health socket. */
  readonly metrics?: MetricsPlaces
}

/**
 * Runs a service as this process until it is told to stop (SIGTERM, SIGINT, or its supervisor gone), then
 * drains it and ends the process. Exit codes: 0 stopped in order, 1 crash or drain not finished in time,
 * 69 dependency fatal, 70 internal, 75 temporary, 78 configuration. A second SIGINT ends it at once.
 */
export async function runService(options: ServiceOptions): Promise<never> {
  const log = createLogger({
    role: options.role,
    config: options.logConfig,
    ...(options.writeLog === undefined ? {} : { write: options.writeLog.bind(options) }),
  })
  const stop = new AbortController()
  let running: RunningService | null = null
  let health: HealthServer | null = null
  process.title = `beamtime ${options.role}`

  const requested = listenForStop({ log, onFirst: () => stop.abort() })
  installCrashHandler(log, () => closeWithin(running, 2_000))
  try {
    const started = await startService(options, {
      log,
      signal: stop.signal,
      stopping: () => stop.signal.aborted,
    })
    running = started.service
    health = started.health
    if (!stop.signal.aborted) await started.announce()
    const reason = await requested
    await started.announceStop()
    log.info('service.stopping', { reason })
    // Begun before: what is closed can be asked no more.
    const shared = started.shared.close()
    const drained = await closeWithin(running, options.shutdownMs)
    await shared
    if (drained) log.info('service.stopped')
    else log.error('service.drain-timeout', { budget_ms: options.shutdownMs })
    await health.close()
    log.flush()
    process.exit(drained ? exitCodes.ok : exitCodes.crash)
  } catch (error) {
    if (stop.signal.aborted) {
      log.info('service.stopped', { while: 'starting' })
      process.exit(exitCodes.ok)
    }
    await reportFailure(log, error)
    await closeWithin(running, 2_000)
    await health?.close()
    log.flush()
    process.exit(exitCodeOf(error))
  }
}

interface Started {
  readonly service: RunningService
  readonly shared: SharedMetrics
  readonly health: HealthServer
  announce(): Promise<void>
  announceStop(): Promise<void>
}

async function startService(
  options: ServiceOptions,
  process_: { readonly log: RootLogger; readonly signal: AbortSignal; readonly stopping: () => boolean },
): Promise<Started> {
  const { role } = options
  const { log, signal } = process_
  const build = buildInfo()
  const context = createServiceContext({ role, dataDir: resolve(options.dataDir), log, signal })
  const processMetrics = addProcessMetrics(context.metrics, { role, build })
  const link = supervisorLink()
  const notifier = createSdNotifier(process.env)
  let service: RunningService | null = null
  const phase = (): ServicePhase =>
    process_.stopping() ? 'stopping' : service === null ? 'starting' : 'ready'

  const answers: Omit<HealthAnswerOptions, 'metricsText'> = {
    role,
    build,
    health: context.health,
    phase,
    status: () => ({
      role,
      pid: process.pid,
      phase: phase(),
      text: service?.status?.() ?? phase(),
      endpoints: service?.endpoints ?? [],
      uptimeS: process.uptime(),
      rssBytes: process.memoryUsage.rss(),
      heapBytes: process.memoryUsage().heapUsed,
      cpuS: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
      eventLoopLagMs: processMetrics.eventLoopLagMs(),
      version: build.version,
      checks: context.health.checks(),
    }),
  }
  const socketPath = join(context.runtimeDir, `${role}.sock`)
  const health = await openHealthServer({ ...answers, socketPath, metrics: context.metrics })
  installReload(options, { log, notifier })
  const shared = await shareMetrics(options.metrics ?? {}, answers, context)
  const startedService = await options.start(context)
  service = startedService
  return {
    service: startedService,
    shared,
    health,
    async announce() {
      log.info('service.ready', { endpoints: startedService.endpoints.map((endpoint) => endpoint.url) })
      notifier.ready(startedService.status?.() ?? 'ready')
      notifier.startWatchdog((limitMs) => processMetrics.eventLoopLagMs() < limitMs)
      await link.send({ kind: 'ready', endpoints: startedService.endpoints })
    },
    async announceStop() {
      notifier.stopping()
      processMetrics.close()
      await link.send({ kind: 'stopping' })
    },
  }
}

function installReload(
  options: ServiceOptions,
  process_: { readonly log: RootLogger; readonly notifier: ReturnType<typeof createSdNotifier> },
): void {
  process.on('SIGHUP', () => {
    if (options.reload === undefined) return
    process_.notifier.reloading()
    options.reload().then(
      (config) => {
        process_.log.setLevel(config.level)
        process_.log.info('service.reloaded', { level: config.level })
        process_.notifier.ready('ready')
      },
      (error: unknown) => process_.log.error('service.reload-failed', { err: error }),
    )
  })
}

/** Resolves with the reason of the first request to stop; the second SIGINT ends the process. */
function listenForStop(options: { readonly log: RootLogger; readonly onFirst: () => void }): Promise<string> {
  return new Promise((resolve) => {
    let isStopping = false
    const request = (reason: string): void => {
      if (isStopping) {
        if (reason !== 'SIGINT') return
        options.log.warn('service.stopped-at-once', { reason: 'second SIGINT' })
        process.exit(exitCodes.crash)
      }
      isStopping = true
      options.onFirst()
      resolve(reason)
    }
    process.on('SIGTERM', () => request('SIGTERM'))
    process.on('SIGINT', () => request('SIGINT'))
    supervisorLink().onGone(() => request('supervisor gone'))
  })
}

/** An error nobody caught: logged once, the service is drained briefly, the process ends with 1. */
function installCrashHandler(log: RootLogger, close: () => Promise<boolean>): void {
  let isCrashing = false
  const crash = (error: unknown): void => {
    log.error('service.crashed', { err: error })
    if (isCrashing) return
    isCrashing = true
    void close().then(() => process.exit(exitCodes.crash))
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

/** False when the service did not close in time or failed to. */
async function closeWithin(service: RunningService | null, budgetMs: number): Promise<boolean> {
  if (service === null) return true
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), budgetMs)
  })
  const closed = service.close().then(
    () => true,
    () => false,
  )
  const result = await Promise.race([closed, timeout])
  clearTimeout(timer)
  return result
}

/** One line with what to do; the supervisor gets the same for its table. */
async function reportFailure(log: RootLogger, error: unknown): Promise<void> {
  const { message, remedy } = describeFailure(error)
  const exitCode = exitCodeOf(error)
  // The stack helps only where the program is at fault, not where the configuration is.
  const isOurs = exitCode === exitCodes.internal || exitCode === exitCodes.crash
  log.error('service.start-failed', {
    error: message,
    remedy,
    exit_code: exitCode,
    ...(isOurs ? { err: error } : {}),
  })
  await supervisorLink().send({ kind: 'failed', exitCode, message, remedy })
}

/** Message and remedy of any thrown value, for people. */
export function describeFailure(error: unknown): { readonly message: string; readonly remedy: string } {
  if (typeof error !== 'object' || error === null) return { message: `${error as string}`, remedy: '' }
  const { message, remedy } = error as { message?: unknown; remedy?: unknown }
  return {
    message: typeof message === 'string' ? message : safeJson(error),
    remedy: typeof remedy === 'string' ? remedy : '',
  }
}
