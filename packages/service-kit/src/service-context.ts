import { createHealth, type Health } from './health.ts'
import type { Logger } from './logger.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { prepareDirectories } from './runtime-dir.ts'

/** What a service gets at its start. */
export interface ServiceContext {
  /** 'bus', 'store', 'queue@main', 'http': its name in units, status, logs and metrics. */
  readonly role: string
  /** Absolute. */
  readonly dataDir: string
  /** Absolute, mode 0700, short enough for Unix sockets. */
  readonly runtimeDir: string
  readonly log: Logger
  readonly metrics: Metrics
  readonly health: Health
  /** Aborts when shutdown begins. */
  readonly signal: AbortSignal
}

export interface ServiceContextOptions {
  readonly role: string
  readonly dataDir: string
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Prepares the directories and assembles a context. Throws CONFIG_DIRECTORY_UNUSABLE. */
export function createServiceContext(options: ServiceContextOptions): ServiceContext {
  const { runtimeDir } = prepareDirectories(options.dataDir)
  const [role = '', instance] = options.role.split('@')
  return {
    role: options.role,
    dataDir: options.dataDir,
    runtimeDir,
    log: options.log,
    metrics: createMetrics(instance === undefined ? { role } : { role, instance }),
    health: createHealth(),
    signal: options.signal,
  }
}
