import type { BusAdmin } from '@beamtime/bus'
import { murmur2 } from '@platformatic/kafka'
import { ReplayError } from '../error.ts'
import type { StreamSource } from '../source/stream-source.ts'
import type { Cluster } from '../wire/cluster.ts'
import type { PlayOptions } from './play-options.ts'

export interface Destination {
  /** Topic in the source → topic that is written to. */
  readonly names: ReadonlyMap<string, string>
  /** Partitions of each topic that is written to. */
  readonly partitions: ReadonlyMap<string, number>
}

export interface DestinationAccess {
  readonly cluster: Cluster
  readonly admin: BusAdmin
  /** No play writes to topics that match one of these. */
  readonly denyTopics: readonly RegExp[]
  /** Topics that are recorded right now into the recording of an id: it would record what it plays, without an end. */
  growingTopics?(recordingId: string): readonly string[]
}

/** Where each topic of the source goes. */
export function destinationNames(source: StreamSource, options: PlayOptions): ReadonlyMap<string, string> {
  return new Map(
    source.topics.map(({ name }) => [name, options.topicMap?.[name] ?? `${options.prefix ?? ''}${name}`]),
  )
}

/** Refuses what must not be written to. Throws REPLAY_NOT_ALLOWED. */
export function checkAllowed(
  source: StreamSource,
  names: ReadonlyMap<string, string>,
  access: Pick<DestinationAccess, 'denyTopics' | 'growingTopics'>,
): void {
  const refuse = (message: string, remedy: string): never => {
    throw new ReplayError({ code: 'REPLAY_NOT_ALLOWED', message, remedy })
  }
  for (const [from, to] of names) {
    if (source.kind === 'topic' && from === to)
      refuse(`${to} is the topic that is read`, 'Give another topic with --topic-map or --prefix.')
    if (access.denyTopics.some((pattern) => pattern.test(to)))
      refuse(`${to} is protected by replay.deny_topics`, 'Give another topic with --topic-map or --prefix.')
    if (access.growingTopics?.(source.id).includes(to) === true)
      refuse(
        `${to} is being recorded into what is played`,
        'Stop the recording first, or play to another topic.',
      )
  }
}

/** Sees to it that the topics are there. Rejects with REPLAY_TOPIC_UNKNOWN, REPLAY_TOPIC_EXISTS, REPLAY_NOT_ALLOWED. */
export async function prepareDestination(
  source: StreamSource,
  options: PlayOptions,
  access: DestinationAccess,
): Promise<Destination> {
  const names = destinationNames(source, options)
  checkAllowed(source, names, access)
  const existing = new Set(await access.cluster.topicNames())
  for (const { name, partitions, config } of source.topics) {
    const to = names.get(name) ?? name
    const isThere = existing.has(to)
    if (options.create === true && (!isThere || options.force === true)) {
      if (isThere) await access.admin.deleteTopics([to])
      const configs = topicConfigs(config, options)
      await access.admin.createTopic({
        name: to,
        partitions: options.partitions ?? Math.max(1, partitions),
        configs,
      })
    } else if (options.create === true && options.resume === undefined)
      throw new ReplayError({
        code: 'REPLAY_TOPIC_EXISTS',
        message: `Topic '${to}' already exists.`,
        remedy: 'Leave out --create to add to it, or give --force to delete it first.',
      })
    else if (!isThere)
      throw new ReplayError({
        code: 'REPLAY_TOPIC_UNKNOWN',
        message: `there is no topic ${to}`,
        remedy: 'Create it, or give --create.',
      })
  }
  const partitions = new Map<string, number>()
  for (const to of new Set(names.values()))
    partitions.set(to, (await access.cluster.topic(to)).partitions.length)
  checkPartitions(source, { names, partitions }, options)
  return { names, partitions }
}

/** What a topic keeps of the settings that it was recorded with. Messages with old times must not expire at once. */
function topicConfigs(
  config: Readonly<Record<string, string>>,
  options: PlayOptions,
): Record<string, string> {
  const keepsTimes =
    options.timestamps === undefined
      ? (options.shift ?? 'none') === 'none'
      : options.timestamps === 'original'
  const taken = Object.entries(config).filter(([key]) =>
    ['cleanup.policy', 'max.message.bytes', 'retention.bytes'].includes(key),
  )
  const retention = keepsTimes ? '-1' : config['retention.ms']
  return { ...Object.fromEntries(taken), ...(retention === undefined ? {} : { 'retention.ms': retention }) }
}

function checkPartitions(source: StreamSource, destination: Destination, options: PlayOptions): void {
  const choice = options.partition ?? { kind: 'same' }
  for (const { name, partitions } of source.topics) {
    const to = destination.names.get(name) ?? name
    const count = destination.partitions.get(to) ?? 0
    const needed = choice.kind === 'same' ? partitions : choice.kind === 'fixed' ? choice.partition + 1 : 1
    if (count < needed)
      throw new ReplayError({
        code: 'REPLAY_USAGE',
        message: `${to} has ${count} partitions and ${needed} are needed`,
        remedy: 'Give --partition key, rr or a number, or create the topic with more partitions.',
      })
  }
}

/** Chooses the partition of each message. */
export function partitionChooser(
  options: PlayOptions,
): (place: {
  readonly topic: string
  readonly partition: number
  readonly key: Uint8Array | null
  readonly count: number
}) => number {
  const choice = options.partition ?? { kind: 'same' }
  const turns = new Map<string, number>()
  const inTurn = (topic: string, count: number): number => {
    const turn = turns.get(topic) ?? 0
    turns.set(topic, turn + 1)
    return turn % count
  }
  return ({ topic, partition, key, count }) => {
    switch (choice.kind) {
      case 'same':
        return partition
      case 'fixed':
        return choice.partition
      case 'round-robin':
        return inTurn(topic, count)
      case 'key':
        // What Java's producer does with the key.
        return key === null ? inTurn(topic, count) : (murmur2(Buffer.from(key)) & 0x7fff_ffff) % count
    }
  }
}
