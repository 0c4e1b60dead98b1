import type { TopicLayout } from '@beamtime/bus'
import type { TopicsCall } from './kafka-topics-options.ts'

type PartitionLayout = TopicLayout['partitions'][number]

/** Prints topics as kafka-topics.sh --describe does, with its filters. */
export async function describeTopics(call: TopicsCall, names: readonly string[]): Promise<void> {
  const { bus, values, streams } = call
  const filters = filtersOf(call)
  for (const name of names) {
    const layout = await bus.admin.topicLayout(name)
    const settings = layout.settings.filter(({ isDefault }) => !isDefault)
    if (values.has('topics-with-overrides')) {
      if (layout.settings.some(({ isOwn }) => isOwn)) streams.stdout.write(headLine(layout, settings))
      continue
    }
    if (filters.length === 0) streams.stdout.write(headLine(layout, settings))
    for (const partition of layout.partitions) {
      if (filters.length === 0 || filters.some((isShown) => isShown(partition, layout)))
        streams.stdout.write(partitionLine(layout, partition))
    }
  }
}

type PartitionFilter = (partition: PartitionLayout, layout: TopicLayout) => boolean

function filtersOf({ values }: TopicsCall): readonly PartitionFilter[] {
  const minimum = (layout: TopicLayout): number =>
    Number(layout.settings.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)
  const all = {
    'under-replicated-partitions': ({ replicas, inSync }) => inSync.length < replicas.length,
    'unavailable-partitions': ({ leader }) => leader < 0,
    'under-min-isr-partitions': ({ inSync }, layout) => inSync.length < minimum(layout),
    'at-min-isr-partitions': ({ inSync }, layout) => inSync.length === minimum(layout),
  } as const satisfies Record<string, PartitionFilter>
  return (Object.entries(all) as [keyof typeof all, PartitionFilter][]).flatMap(([name, filter]) =>
    values.has(name) ? [filter] : [],
  )
}

function headLine(layout: TopicLayout, settings: TopicLayout['settings']): string {
  const factor = Math.max(0, ...layout.partitions.map(({ replicas }) => replicas.length))
  const configs = settings.map(({ name, value }) => `${name}=${value ?? ''}`).join(',')
  return `${[
    `Topic: ${layout.name}`,
    `TopicId: ${shortId(layout.id)}`,
    `PartitionCount: ${layout.partitions.length}`,
    `ReplicationFactor: ${factor}`,
    `Configs: ${configs}`,
  ].join('\t')}\n`
}

function partitionLine({ name }: TopicLayout, one: PartitionLayout): string {
  return `${[
    `\tTopic: ${name}`,
    `Partition: ${one.partition}`,
    `Leader: ${one.leader < 0 ? 'none' : one.leader}`,
    `Replicas: ${one.replicas.join(',')}`,
    `Isr: ${one.inSync.join(',')}`,
    'Elr: ',
    'LastKnownElr: ',
  ].join('\t')}\n`
}

/** A topic id in Kafka's notation: base64 without padding. */
export function shortId(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url')
}
