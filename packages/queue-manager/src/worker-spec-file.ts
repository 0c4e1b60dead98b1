import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { atomicWriteJson, type ServiceContext } from '@beamtime/service-kit'
import type { WorkerSpec } from '@beamtime/worker-host/client'
import type { WorkerPermissions } from './core/manager-events.ts'
import { documentsTopic, type ManagerConfig } from './manager-config.ts'
import type { StartupSource } from './startup-source.ts'

export interface WorkerPlace {
  readonly socketPath: string
  readonly specPath: string
  readonly logPath: string
  /** false for a host that only tells its lists. */
  readonly publishes: boolean
}

export function workerPlace(context: ServiceContext, name: string): WorkerPlace {
  return {
    socketPath: join(context.runtimeDir, `worker-${name}.sock`),
    specPath: join(context.dataDir, 'state', `worker-${name}.json`),
    logPath: join(context.dataDir, 'logs', `worker-${name}.log`),
    publishes: true,
  }
}

/** A second host beside the worker, for making lists while no environment is open. */
export function listsPlace(context: ServiceContext, name: string): WorkerPlace {
  return {
    socketPath: join(context.runtimeDir, `lists-${name}.sock`),
    specPath: join(context.dataDir, 'state', `lists-${name}.json`),
    logPath: join(context.dataDir, 'logs', `lists-${name}.log`),
    publishes: false,
  }
}

export interface SpecInput {
  readonly config: ManagerConfig
  readonly context: ServiceContext
  readonly place: WorkerPlace
  readonly source: StartupSource
  readonly permissions: WorkerPermissions | null
}

/** What a worker host needs to know. The file holds the bus login, so only its owner may read it. */
export async function writeWorkerSpec(input: SpecInput): Promise<void> {
  await mkdir(dirname(input.place.specPath), { recursive: true })
  await atomicWriteJson(input.place.specPath, workerSpec(input), { mode: 0o600, durable: false })
}

function workerSpec({ config, context, place, source, permissions }: SpecInput): WorkerSpec {
  const { queue, bus, facility, ops } = config
  const { bootstrapServers, security, sasl, tls, client } = bus
  return {
    queue: config.name,
    socket: place.socketPath,
    dataDir: context.dataDir,
    runtimeDir: context.runtimeDir,
    supervisorPid: supervisorPid(config),
    startup: source.startup,
    topic: documentsTopic(config),
    publishDocuments: place.publishes && queue.publish_documents,
    zmqProxy: place.publishes ? queue.zmq_proxy : '',
    bus: {
      bootstrapServers,
      clientId: `beamtime-worker-${config.name}`,
      ...(security === undefined ? {} : { security }),
      ...(sasl === undefined ? {} : { sasl }),
      ...(tls === undefined ? {} : { tls }),
      ...(client === undefined ? {} : { client }),
    },
    spoolDir: spoolFolder(config, context),
    spoolMaxBytes: bus.spoolMaxBytes ?? 10 * 1024 ** 3,
    onUnavailable: bus.onUnavailable ?? 'spool',
    metadata: facilityMetadata(facility),
    runMetadata: queue.run_metadata,
    recordInterruptions: queue.record_interruptions,
    permissions,
    worker: queue.worker,
    python: pythonCommand(queue.python),
    cwd: queue.cwd,
    env: Object.fromEntries(Object.entries(queue.env).map(([key, value]) => [key, String(value)])),
    onShutdown: ops.on_shutdown,
    shutdownMs: Math.round(ops.shutdown_s * 1000 * 0.8),
    deviceMaxDepth: queue.device_max_depth,
    ignoreInvalidPlans: queue.ignore_invalid_plans,
    log: { level: config.console?.level ?? 'info', format: 'json' },
  }
}

/** Folder in which documents wait while the bus does not take them. */
export function spoolFolder(config: ManagerConfig, context: ServiceContext): string {
  return join(context.dataDir, 'state', 'spool', documentsTopic(config))
}

function supervisorPid(config: ManagerConfig): number | null {
  if (config.supervisorPid !== undefined) return config.supervisorPid
  return process.send === undefined ? null : process.ppid
}

function facilityMetadata(facility: ManagerConfig['facility']): Record<string, unknown> {
  return {
    ...(facility.name === '' ? {} : { facility: facility.name }),
    ...(facility.instrument === '' ? {} : { beamline_id: facility.instrument }),
    ...facility.metadata,
  }
}

function pythonCommand(value: unknown): string | readonly string[] {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value
  return 'python3'
}
