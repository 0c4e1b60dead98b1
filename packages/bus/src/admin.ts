import { Admin, type BaseOptions } from '@platformatic/kafka'
import type {
  BusAdmin,
  BusOptions,
  GroupDescription,
  PartitionLag,
  PartitionOffsets,
  TopicDescription,
  TopicLayout,
  TopicToEnsure,
} from './bus.ts'
import { clientOptions, pauseMs } from './client-options.ts'
import { BusError } from './error.ts'
import { busErrorOf, isUnknownTopic } from './library-error.ts'
import { pause } from './pause.ts'
import { withRefusal } from './refusal-probe.ts'

const latest = -1n
const earliest = -2n
const topicResource = 2
/* IncrementalAlterConfigs, operation of a config. */
const configSet = 0 as const
const configDelete = 1 as const

/* DescribeConfigs, where the value of a config comes from. */
const topicSource = 1
const defaultSource = 5

function unknownTopic(name: string): BusError {
  const remedy = 'Check the name, or create the topic.'
  return new BusError({
    code: 'BUS_TOPIC_UNKNOWN',
    message: `there is no topic ${name}`,
    fault: 'caller',
    remedy,
  })
}

/** Administration over one connection that is opened on first use. */
export class BusAdministration implements BusAdmin {
  readonly #options: BusOptions
  #admin: Admin | null = null

  constructor(options: BusOptions) {
    this.#options = options
  }

  #client(): Admin {
    if (this.#admin === null) {
      const options: BaseOptions = clientOptions(this.#options, 'admin')
      this.#admin = new Admin({ ...options, retries: 1, retryDelay: 100 })
      this.#admin.on('error', () => undefined) // each failure also rejects the call that it belongs to
    }
    return this.#admin
  }

  async #call<T>(doing: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await work(this.#client())
    } catch (error) {
      throw await withRefusal(busErrorOf(error, doing), this.#options)
    }
  }

  /** Creates what is missing. Waits for the broker until the signal aborts. */
  async ensureTopics(topics: readonly TopicToEnsure[], signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const existing = new Set(await this.listTopics())
        for (const topic of topics) if (!existing.has(topic.name)) await this.#createUnlessThere(topic)
        return
      } catch (error) {
        if (!(error instanceof BusError) || !error.canRetry || signal.aborted) throw error
        await pause(pauseMs(this.#options, attempt), signal)
        if (signal.aborted) throw error
      }
    }
  }

  async #createUnlessThere(topic: TopicToEnsure): Promise<void> {
    try {
      await this.createTopic(topic)
    } catch (error) {
      if (!(error instanceof BusError) || error.code !== 'BUS_TOPIC_EXISTS') throw error
    }
  }

  async listTopics({ includeInternal = false } = {}): Promise<readonly string[]> {
    const topics = await this.#call('listing topics', (admin) =>
      admin.listTopics({ includeInternals: includeInternal }),
    )
    return topics.toSorted()
  }

  async createTopic(topic: TopicToEnsure): Promise<void> {
    const { name, partitions = 1, replicationFactor: replicas = -1, configs = {} } = topic
    const settings = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
    await this.#call(`creating topic ${name}`, (admin) =>
      admin.createTopics({ topics: [name], partitions, replicas, configs: settings }),
    )
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.#call(`deleting ${names.join(', ')}`, (admin) => admin.deleteTopics({ topics: [...names] }))
  }

  async describeTopic(name: string): Promise<TopicDescription> {
    return await this.#call(`describing ${name}`, async (admin) => {
      const metadata = await admin.metadata({ topics: [name], forceUpdate: true })
      const topic = metadata.topics.get(name)
      if (topic === undefined) throw unknownTopic(name)
      const described = await admin.describeConfigs({
        resources: [{ resourceType: topicResource, resourceName: name }],
      })
      const configs = described
        .flatMap((resource) => resource.configs)
        .map((config) => [config.name, config.value ?? null] as const)
      const partitions = await this.#offsets(admin, name, topic.partitionsCount)
      return { name, id: topic.id, partitions, configs: Object.fromEntries(configs) }
    })
  }

  async topicLayout(name: string): Promise<TopicLayout> {
    return await this.#call(`describing ${name}`, async (admin) => {
      const metadata = await admin.metadata({ topics: [name], forceUpdate: true })
      const topic = metadata.topics.get(name)
      if (topic === undefined) throw unknownTopic(name)
      const described = await admin.describeConfigs({
        resources: [{ resourceType: topicResource, resourceName: name }],
      })
      const partitions = topic.partitions.map(({ leader, replicas, isr }, partition) => ({
        partition,
        leader,
        replicas,
        inSync: isr,
      }))
      const settings = described
        .flatMap((resource) => resource.configs)
        .map((config) => ({
          name: config.name,
          value: config.value ?? null,
          isOwn: config.configSource === topicSource,
          isDefault: config.configSource === defaultSource,
        }))
      return { name, id: topic.id, partitions, settings }
    })
  }

  async nameTopic(name: string): Promise<boolean> {
    return await this.#call(`looking for ${name}`, async (admin) => {
      try {
        await admin.metadata({ topics: [name], autocreateTopics: true, forceUpdate: true })
        return true
      } catch (error) {
        if (!isUnknownTopic(error)) throw error
        return false
      }
    })
  }

  async offsets(name: string): Promise<readonly PartitionOffsets[]> {
    return await this.#call(`offsets of ${name}`, async (admin) => {
      const metadata = await admin.metadata({ topics: [name], forceUpdate: true })
      return await this.#offsets(admin, name, metadata.topics.get(name)?.partitionsCount ?? 0)
    })
  }

  async alterConfigs(name: string, configs: Readonly<Record<string, string | null>>): Promise<void> {
    const changes = Object.entries(configs).map(([key, value]) =>
      value === null
        ? { name: key, configOperation: configDelete }
        : { name: key, configOperation: configSet, value },
    )
    await this.#call(`setting ${name}`, (admin) =>
      admin.incrementalAlterConfigs({
        resources: [{ resourceType: topicResource, resourceName: name, configs: changes }],
      }),
    )
  }

  async addPartitions(name: string, total: number): Promise<void> {
    await this.#call(`adding partitions to ${name}`, (admin) =>
      admin.createPartitions({ topics: [{ name, count: total, assignments: null }] }),
    )
  }

  async deleteRecords(name: string, before: 'latest' | ReadonlyMap<number, bigint>): Promise<void> {
    const places =
      before === 'latest'
        ? (await this.offsets(name)).map(({ partition, latest: offset }) => ({ partition, offset }))
        : Array.from(before, ([partition, offset]) => ({ partition, offset }))
    await this.#call(`deleting records of ${name}`, (admin) =>
      admin.deleteRecords({ topics: [{ name, partitions: places }] }),
    )
  }

  async #offsets(admin: Admin, name: string, count: number): Promise<PartitionOffsets[]> {
    const at = async (timestamp: bigint): Promise<Map<number, bigint>> => {
      const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }))
      const [topic] = await admin.listOffsets({ topics: [{ name, partitions }] })
      return new Map(topic?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]))
    }
    const [starts, ends] = [await at(earliest), await at(latest)]
    return Array.from({ length: count }, (_, partition) => ({
      partition,
      earliest: starts.get(partition) ?? 0n,
      latest: ends.get(partition) ?? 0n,
    }))
  }

  async listGroups(): Promise<readonly { groupId: string; state: string; protocolType: string }[]> {
    const groups = await this.#call('listing groups', (admin) => admin.listGroups())
    return Array.from(groups.values(), ({ id, state, protocolType }) => ({
      groupId: id,
      state,
      protocolType,
    }))
  }

  async describeGroup(groupId: string): Promise<GroupDescription> {
    return await this.#call(`describing group ${groupId}`, async (admin) => {
      const group = (await admin.describeGroups({ groups: [groupId] })).get(groupId)
      const members = Array.from(group?.members.values() ?? [], (member) => ({
        memberId: member.id,
        clientId: member.clientId,
        clientHost: member.clientHost,
        assignments: Array.from(member.assignments?.values() ?? [], ({ topic, partitions }) => ({
          topic,
          partitions,
        })),
      }))
      return { groupId, state: group?.state ?? 'Dead', protocol: group?.protocol ?? '', members }
    })
  }

  async deleteGroup(groupId: string): Promise<void> {
    await this.#call(`deleting group ${groupId}`, (admin) => admin.deleteGroups({ groups: [groupId] }))
  }

  async resetGroup(groupId: string, topic: string, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const partitionOffsets = Array.from(offsets, ([partition, offset]) => ({ partition, offset }))
    await this.#call(`moving group ${groupId}`, (admin) =>
      admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] }),
    )
  }

  async groupLag(groupId: string): Promise<readonly PartitionLag[]> {
    return await this.#call(`lag of group ${groupId}`, async (admin) => {
      const [group] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
      const lags: PartitionLag[] = []
      for (const { name, partitions } of group?.topics ?? []) {
        const metadata = await admin.metadata({ topics: [name], forceUpdate: true })
        const ends = await this.#offsets(admin, name, metadata.topics.get(name)?.partitionsCount ?? 0)
        for (const { partitionIndex: partition, committedOffset: committed } of partitions) {
          if (committed < 0n) continue
          const end = ends[partition]?.latest ?? committed
          lags.push({
            topic: name,
            partition,
            committed,
            latest: end,
            lag: end > committed ? end - committed : 0n,
          })
        }
      }
      return lags
    })
  }

  async close(): Promise<void> {
    const admin = this.#admin
    this.#admin = null
    await admin?.close()
  }
}
