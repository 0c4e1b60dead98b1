import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  atomicWriteJson,
  createMetrics,
  type Logger,
  type Metrics,
  type SectionValues,
  silentLogger,
} from '@beamtime/service-kit'
import { AnswerMemory } from './answer-memory.ts'
import { addBrokerGauges } from './broker-gauges.ts'
import { fastestChecksum } from './checksum.ts'
import type { brokerConfig, registryConfig } from './config.ts'
import type { Checksum } from './core/crc32c.ts'
import { defaultGroupSettings } from './core/group-model.ts'
import { FramePool } from './core/frame-pool.ts'
import { TailCache } from './core/tail-cache.ts'
import { parseFlushPolicy } from './core/topic-config.ts'
import { brokerDiagnostics, type BrokerEvent } from './diagnostics.ts'
import { DiskWatch } from './disk-watch.ts'
import { BrokerError } from './error.ts'
import { GroupCoordinator } from './groups/group-coordinator.ts'
import type { Api, BrokerCore } from './handlers/api.ts'
import { apiTable } from './handlers/api-table.ts'
import { startHousekeeping } from './housekeeping.ts'
import { openSecurity } from './security/open-security.ts'
import { lockDataDirectory } from './log/data-lock.ts'
import { ReadAhead } from './log/read-ahead.ts'
import { ReadBuffers } from './log/read-buffers.ts'
import { TopicStore } from './log/topic-store.ts'
import { openRegistry } from './registry/open-registry.ts'
import { RequestMemory } from './request-memory.ts'
import type { AccessRules } from './security/access-rules.ts'
import type { UserStore } from './security/user-store.ts'
import { TransactionCoordinator } from './transactions/transaction-coordinator.ts'
import { listen } from './server.ts'

export type BrokerConfig = SectionValues<typeof brokerConfig>
export type RegistryConfig = SectionValues<typeof registryConfig>

export interface BrokerOptions {
  readonly config: BrokerConfig
  /** Folder of the broker's own data; made when it is not there. */
  readonly directory: string
  readonly log?: Logger
  readonly metrics?: Metrics
  /** Serves the schema registry beside the broker. Default: not. */
  readonly registry?: RegistryConfig
  /** Makes paths of the configuration absolute. Default: from the working directory. */
  readonly resolvePath?: (path: string) => string
}

export interface ConnectedClient {
  readonly clientId: string
  /** Name and version that the client library tells, or ''. */
  readonly software: string
  readonly remoteHost: string
}

/** A running broker. */
export interface Broker {
  /** Addresses as bound: a port 0 is replaced by the real one. */
  readonly addresses: readonly { readonly name: string; readonly host: string; readonly port: number }[]
  /** Where the schema registry is served, null = nowhere. */
  readonly registryAddress: { readonly host: string; readonly port: number } | null
  readonly clusterId: string
  clients(): readonly ConnectedClient[]
  /** Numbers for the status line. */
  counts(): {
    readonly topics: number
    readonly partitions: number
    readonly groups: number
    readonly bytes: number
  }
  /** Writes everything down and stops. May be called twice. */
  close(): Promise<void>
}

const msPerHour = 3_600_000
/** Memory of answered requests that the next ones use again. */
const maxFreeFrameBytes = 33_554_432

/** Topic settings that the configuration sets for all topics, under Kafka's names. */
function topicDefaults(config: BrokerConfig): Readonly<Record<string, string>> {
  const retentionMs = config.retention_hours < 0 ? -1 : Math.round(config.retention_hours * msPerHour)
  return {
    'max.message.bytes': String(config.max_message_bytes),
    'segment.bytes': String(config.segment_bytes),
    'retention.ms': String(retentionMs),
    'retention.bytes': String(config.retention_bytes === 0 ? -1 : config.retention_bytes),
  }
}

async function clusterIdOf(directory: string, nodeId: number): Promise<string> {
  const path = join(directory, 'meta.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text !== null) {
    try {
      const { clusterId } = JSON.parse(text) as { clusterId?: unknown }
      if (typeof clusterId === 'string') return clusterId
    } catch (cause) {
      const remedy = `Restore ${path} from a backup, or remove it: clients then take this broker for a new cluster.`
      throw new BrokerError({
        code: 'BROKER_DATA_UNREADABLE',
        message: `${path} is no JSON`,
        fault: 'environment',
        remedy,
        cause,
      })
    }
  }
  const clusterId = randomBytes(16).toString('base64url')
  await atomicWriteJson(path, { clusterId, nodeId, format: 1, created: new Date().toISOString() })
  return clusterId
}

/** Opens the data, recovers it if need be, and listens. Rejects with BrokerError, or ConfigError when a port is taken. */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { config, directory, log = silentLogger, metrics = createMetrics() } = options
  const security = openSecurity(config, options.resolvePath ?? resolve)
  const onEvent = brokerDiagnostics(log, metrics)
  await mkdir(directory, { recursive: true })
  const lock = await lockDataDirectory(directory)
  const opened: (() => Promise<void>)[] = [() => lock.release()]
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).toReversed()) await close()
  }
  try {
    const nowMs = Date.now
    const checksum = fastestChecksum()
    const clusterId = await clusterIdOf(directory, config.node_id)
    const { disk_reserve_bytes: reserveBytes, retention_total_bytes: totalBytes } = config
    const disk = new DiskWatch({ directory, reserveBytes, totalBytes, onEvent })
    await disk.start()
    opened.push(async () => disk.stop())
    const context = {
      cache: new TailCache(config.tail_cache_bytes),
      frames: new FramePool({
        allocate: (bytes) => Buffer.allocUnsafeSlow(bytes),
        maxFreeBytes: maxFreeFrameBytes,
      }),
      nowMs,
      checksum,
      hasSpace: () => disk.hasSpace,
      onEvent,
    }
    const flush = parseFlushPolicy(config.flush)
    const { max_partitions: maxPartitions } = config
    const store = await TopicStore.open({
      directory,
      context,
      topicDefaults: topicDefaults(config),
      flush,
      maxPartitions,
    })
    opened.push(() => store.close())
    const partitionsAtStart = [...store.partitions()].length
    const users = await security.users(store.catalog)
    if (!store.wasClean && store.topics().length > 0)
      log.info('broker.recovered', { topics: store.topics().length })
    const settings = { ...defaultGroupSettings, initialRebalanceDelayMs: config.initial_rebalance_delay_ms }
    const groups = await GroupCoordinator.open({
      directory: join(directory, 'groups'),
      settings,
      nowMs,
      onEvent,
    })
    opened.push(() => groups.close())
    const transactions = await TransactionCoordinator.open({ store, groups, checksum, nowMs, onEvent })
    opened.push(() => transactions.close())
    const housekeeping = startHousekeeping({ store, context, groups, disk, onEvent })
    opened.push(() => housekeeping.stop())
    const onCoreEvent = (event: BrokerEvent): void => {
      onEvent(event)
      if (event.kind === 'topic-configured') void housekeeping.run()
    }
    const access = security.rules
    const answers = new AnswerMemory(config.answer_memory_bytes)
    const memory = new RequestMemory(config.request_memory_bytes)
    const shared = {
      frames: context.frames,
      transactions,
      answers,
      config,
      directory,
      store,
      groups,
      users,
      access,
      clusterId,
      checksum,
    }
    const core = brokerCore({ ...shared, onEvent: onCoreEvent })
    const server = await listen({
      core,
      addresses: security.addresses,
      tls: security.tls,
      memory,
      maxRequestBytes: config.max_request_bytes,
      maxConnections: config.max_connections,
      idleMs: config.idle_close_s * 1000,
      onEvent,
      onTlsFailure: (remote, reason) => onEvent({ kind: 'tls-failed', remote, reason }),
      onRefused: (remote) => onEvent({ kind: 'connection-refused', remote }),
    })
    opened.push(() => server.close())
    const { registry: registrySettings } = options
    const registry =
      registrySettings === undefined
        ? null
        : await openRegistry({ settings: registrySettings, security, users, catalog: store.catalog, onEvent })
    if (registry !== null) opened.push(() => registry.close())
    addBrokerGauges(metrics, {
      store,
      groups,
      connections: server.connections,
      cache: context.cache,
      requests: memory,
      reads: answers,
      recoveredPartitions: store.wasClean ? 0 : partitionsAtStart,
    })
    return {
      addresses: server.addresses,
      registryAddress: registry === null ? null : { host: registry.host, port: registry.port },
      clusterId,
      clients: () =>
        Array.from(server.connections, ({ clientId, peer }) => ({
          clientId,
          software: peer.software,
          remoteHost: peer.remoteHost,
        })),
      counts: () => countsOf(store, groups),
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

function brokerCore(parts: {
  readonly frames: FramePool
  readonly transactions: TransactionCoordinator
  readonly answers: AnswerMemory
  readonly config: BrokerConfig
  readonly directory: string
  readonly store: TopicStore
  readonly groups: GroupCoordinator
  readonly users: UserStore
  readonly access: AccessRules
  readonly clusterId: string
  readonly checksum: Checksum
  readonly onEvent: BrokerCore['onEvent']
}): BrokerCore {
  const { config, directory, ...shared } = parts
  const readBuffers = new ReadBuffers()
  return {
    ...shared,
    readBuffers,
    readAhead: new ReadAhead(readBuffers),
    nodeId: config.node_id,
    autoCreateTopics: config.auto_create_topics,
    defaultPartitions: config.default_partitions,
    strictReplicationFactor: config.strict_replication_factor,
    dataDirectory: directory,
    nowMs: Date.now,
    apis: new Map<number, Api>(apiTable.map((api) => [api.key, api])),
  }
}

function countsOf(store: TopicStore, groups: GroupCoordinator): ReturnType<Broker['counts']> {
  const logs = [...store.partitions()]
  const bytes = logs.reduce((sum, log) => sum + log.sizeBytes, 0)
  return {
    topics: store.topics().length,
    partitions: logs.length,
    groups: [...groups.groups()].length,
    bytes,
  }
}
