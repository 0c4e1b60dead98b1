import { Connection, type ConnectionOptions } from '@platformatic/kafka'
import type { BusOptions } from '@beamtime/bus'
import { ReplayError } from '../error.ts'
import { type BrokerLink, libraryLink, SocketLink } from './broker-link.ts'
import {
  type BrokerAddress,
  type FoundOffset,
  initProducerIdRequest,
  listOffsetsRequest,
  type MetadataAnswer,
  metadataRequest,
  type ProducerIdentity,
  type TopicMetadata,
  type WireRequest,
} from './kafka-requests.ts'
import { isRetriable, kafkaError } from './kafka-error.ts'
import { pause } from './pause.ts'

/** How often a topic without a leader is asked for again, and for how long. */
const leaderPauseMs = 100
const leaderPatienceMs = 10_000

/**
 * Connections to the brokers of a cluster for requests that carry batches as they are. A connection belongs to a lane,
 * because a broker answers the requests of one connection in turn and a waiting fetch would hold up what follows.
 */
export class Cluster {
  readonly #options: BusOptions
  readonly #connections = new Map<string, Promise<BrokerLink>>()
  #brokers = new Map<number, BrokerAddress>()
  #leaders = new Map<string, number>()
  #clusterId: string | null = null

  constructor(options: BusOptions) {
    this.#options = options
  }

  get bootstrapServers(): readonly string[] {
    return this.#options.bootstrapServers
  }

  /** Known after the first metadata. */
  get clusterId(): string | null {
    return this.#clusterId
  }

  /** Asks any broker. Rejects with REPLAY_BROKER_UNREACHABLE. */
  async metadata(topics: readonly string[] | null): Promise<MetadataAnswer> {
    const connection = await this.#anyConnection()
    const answer = await this.send(connection, metadataRequest(topics), 'asking for topics')
    this.#clusterId = answer.clusterId
    this.#brokers = new Map(answer.brokers.map((broker) => [broker.nodeId, broker]))
    for (const { name, partitions } of answer.topics)
      for (const { partition, leader } of partitions) this.#leaders.set(`${name}/${partition}`, leader)
    return answer
  }

  /** Waits a moment for a leader. Rejects with REPLAY_TOPIC_UNKNOWN. */
  async topic(name: string): Promise<TopicMetadata> {
    for (const startedMs = performance.now(); ;) {
      const { topics } = await this.metadata([name])
      const topic = topics.find((one) => one.name === name)
      const isReady =
        topic !== undefined &&
        topic.errorCode === 0 &&
        topic.partitions.length > 0 &&
        topic.partitions.every(({ leader }) => leader >= 0)
      if (topic !== undefined && isReady) return topic
      const errorCode = topic?.errorCode ?? 3
      const isOver = performance.now() - startedMs > leaderPatienceMs
      if (errorCode === 3 || isOver || (errorCode !== 0 && !isRetriable(errorCode)))
        throw kafkaError(errorCode === 0 ? 5 : errorCode, name)
      await pause(leaderPauseMs)
    }
  }

  /** Topics that a client may see, without Kafka's own. */
  async topicNames(): Promise<readonly string[]> {
    const { topics } = await this.metadata(null)
    return topics
      .filter(({ isInternal }) => !isInternal)
      .map(({ name }) => name)
      .toSorted()
  }

  /** Node id of the broker to read from and write to. Asks again when it is not known. */
  async leaderOf(topic: string, partition: number): Promise<number> {
    const known = this.#leaders.get(`${topic}/${partition}`)
    if (known !== undefined && known >= 0) return known
    const found = (await this.topic(topic)).partitions.find((one) => one.partition === partition)
    if (found === undefined) throw kafkaError(3, `${topic}/${partition}`)
    return found.leader
  }

  /** To be called when a broker says that it is not the leader, or goes away. */
  forgetLeaders(): void {
    this.#leaders.clear()
  }

  async connection(nodeId: number, lane: string): Promise<BrokerLink> {
    const broker = this.#brokers.get(nodeId)
    if (broker === undefined) {
      await this.metadata([])
      const found = this.#brokers.get(nodeId)
      if (found === undefined) throw unreachable(`broker ${nodeId} is gone`)
      return await this.#connect(found, lane)
    }
    return await this.#connect(broker, lane)
  }

  async #anyConnection(): Promise<BrokerLink> {
    const failures: unknown[] = []
    for (const server of this.#options.bootstrapServers) {
      try {
        return await this.#connect(addressOf(server), 'metadata')
      } catch (error) {
        failures.push(error)
      }
    }
    const [first] = failures
    throw first instanceof ReplayError ? first : unreachable(this.#options.bootstrapServers.join(', '), first)
  }

  async #connect({ host, port }: Omit<BrokerAddress, 'nodeId'>, lane: string): Promise<BrokerLink> {
    const key = `${lane} ${host}:${port}`
    const known = this.#connections.get(key)
    if (known !== undefined) {
      const connection = await known.catch(() => null)
      if (connection?.isConnected === true) return connection
      if (this.#connections.get(key) === known) this.#connections.delete(key)
      return await this.#connect({ host, port }, lane)
    }
    const opening = openConnection(this.#options, { host, port, lane })
    this.#connections.set(key, opening)
    opening.catch(() => {
      if (this.#connections.get(key) === opening) this.#connections.delete(key)
    })
    return await opening
  }

  /** Rejects with REPLAY_BROKER_UNREACHABLE when the connection is lost before the answer. */
  async send<T>(link: BrokerLink, request: WireRequest<T>, doing: string): Promise<T> {
    try {
      return await link.send(request)
    } catch (error) {
      throw unreachable(doing, error)
    }
  }

  /** First offset at or after a time (or -1 latest, -2 earliest) of each partition of a topic. */
  async offsets(topic: string, timestampMs: number): Promise<ReadonlyMap<number, number>> {
    const { partitions } = await this.topic(topic)
    const byLeader = Map.groupBy(partitions, ({ leader }) => leader)
    const found: FoundOffset[] = []
    for (const [leader, some] of byLeader) {
      const connection = await this.connection(leader, 'metadata')
      const wanted = some.map(({ partition }) => ({ partition, timestampMs }))
      found.push(...(await this.send(connection, listOffsetsRequest(topic, wanted), `offsets of ${topic}`)))
    }
    const failed = found.find(({ errorCode }) => errorCode !== 0)
    if (failed !== undefined) throw kafkaError(failed.errorCode, `offsets of ${topic}`)
    return new Map(found.map(({ partition, offset }) => [partition, offset]))
  }

  /** Waits for a cluster that has just started. */
  async newProducer(): Promise<ProducerIdentity> {
    for (const startedMs = performance.now(); ;) {
      const link = await this.#anyConnection()
      const { errorCode, id, epoch } = await this.send(link, initProducerIdRequest, 'becoming a producer')
      if (errorCode === 0) return { id, epoch }
      const isOver = performance.now() - startedMs > leaderPatienceMs
      if (isOver || !isRetriable(errorCode)) throw kafkaError(errorCode, 'becoming a producer')
      await pause(leaderPauseMs)
    }
  }

  async close(): Promise<void> {
    const open = [...this.#connections.values()]
    this.#connections.clear()
    await Promise.allSettled(open.map(async (one) => (await one).close()))
  }
}

function unreachable(doing: string, cause?: unknown): ReplayError {
  const reason = cause instanceof Error ? innermost(cause) : ''
  return new ReplayError({
    code: 'REPLAY_BROKER_UNREACHABLE',
    message: reason === '' ? doing : `${doing}: ${reason}`,
    remedy: 'Start the broker, or correct its address.',
    cause,
  })
}

function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : error.message
}

function addressOf(server: string): { readonly host: string; readonly port: number } {
  const colon = server.lastIndexOf(':')
  const port = Number(server.slice(colon + 1))
  if (colon <= 0 || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ReplayError({
      code: 'REPLAY_USAGE',
      message: `${server} is no address of a broker`,
      remedy: 'Give host:port.',
    })
  return { host: server.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port }
}

async function openConnection(
  options: BusOptions,
  to: { readonly host: string; readonly port: number; readonly lane: string },
): Promise<BrokerLink> {
  const connection = new Connection(`${options.clientId}-${to.lane}`, connectionOptions(options))
  connection.on('error', () => undefined) // each failure also rejects the request that it belongs to
  try {
    await connection.connect(to.host, to.port)
    const isLogin = (options.security ?? 'plaintext').startsWith('sasl_')
    return isLogin || connection.socket === undefined
      ? libraryLink(connection)
      : new SocketLink(connection.socket, options.clientId)
  } catch (error) {
    throw unreachable(`${to.host}:${to.port}`, error)
  }
}

function connectionOptions({ security = 'plaintext', sasl, tls }: BusOptions): ConnectionOptions {
  const isTls = security === 'ssl' || security === 'sasl_ssl'
  const isSasl = security.startsWith('sasl_')
  const pem = Object.entries(tls ?? {}).filter(([, text]) => text !== undefined && text !== '')
  return {
    connectTimeout: 5_000,
    requestTimeout: 60_000,
    maxInflights: 5,
    ...(isTls ? { tls: Object.fromEntries(pem) } : {}),
    ...(isSasl && sasl !== undefined ? { sasl } : {}),
  }
}
