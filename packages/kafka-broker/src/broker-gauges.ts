import type { Metrics } from '@beamtime/service-kit'
import type { TailCache } from './core/tail-cache.ts'
import type { GroupCoordinator } from './groups/group-coordinator.ts'
import { splitPartitionKey } from './groups/group-journal.ts'
import type { TopicStore } from './log/topic-store.ts'

/** Sets the gauges that are read off the state of the broker, right before each collection. */
export function addBrokerGauges(
  metrics: Metrics,
  parts: {
    readonly store: TopicStore
    readonly groups: GroupCoordinator
    readonly connections: ReadonlySet<{ readonly peer: { readonly software: string } }>
    readonly cache: TailCache
    readonly requests: { readonly usedBytes: number }
    readonly reads: { readonly usedBytes: number }
    readonly recoveredPartitions: number
  },
): void {
  const { store, groups, connections, cache } = parts
  const clients = metrics.gauge('beamtime_broker_connections', 'Clients connected')
  const software = metrics.gauge(
    'beamtime_broker_clients',
    'Clients connected, by name and version of their library',
    ['software'],
  )
  const oldest = metrics.gauge(
    'beamtime_broker_log_oldest_timestamp_seconds',
    'Time of the first record that a topic still has',
    ['topic'],
  )
  const recovered = metrics.gauge(
    'beamtime_broker_recovered_partitions',
    'Partitions that were verified at the start, because the last stop was not orderly',
  )
  recovered.set({}, parts.recoveredPartitions)
  const requestMemory = metrics.gauge('beamtime_broker_request_memory_bytes', 'Requests in memory')
  const readMemory = metrics.gauge('beamtime_broker_read_memory_bytes', 'Answers that wait to be sent')
  const logBytes = metrics.gauge('beamtime_broker_log_bytes', 'Size of a topic on disk', ['topic'])
  const cacheBytes = metrics.gauge('beamtime_broker_tail_cache_bytes', 'Batches kept in memory')
  const members = metrics.gauge('beamtime_broker_group_members', 'Members of a group', ['group'])
  const lag = metrics.gauge('beamtime_broker_group_lag', 'Records that a group has not committed yet', [
    'group',
    'topic',
    'partition',
  ])
  metrics.onCollect(() => {
    clients.set({}, connections.size)
    cacheBytes.set({}, cache.sizeBytes)
    requestMemory.set({}, parts.requests.usedBytes)
    readMemory.set({}, parts.reads.usedBytes)
    // Topics and groups come and go.
    for (const gauge of [logBytes, oldest, software, members, lag]) gauge.remove()
    for (const [name, count] of countBy(connections)) software.set({ software: name }, count)
    for (const { entry, logs } of store.topics()) {
      const bytes = logs.reduce((sum, log) => sum + log.sizeBytes, 0)
      logBytes.set({ topic: entry.name }, bytes)
      const times = logs.flatMap((log) => log.oldestTimestampMs ?? [])
      if (times.length > 0) oldest.set({ topic: entry.name }, Math.min(...times) / 1_000)
    }
    for (const { groupId, members: all } of groups.groups()) {
      members.set({ group: groupId }, all.length)
      for (const [key, { offset }] of groups.offsets(groupId)) {
        const { topic, partition } = splitPartitionKey(key)
        const log = store.partition(topic, partition)
        if (log !== undefined)
          lag.set({ group: groupId, topic, partition }, Math.max(0, log.endOffset - offset))
      }
    }
  })
}

/** Names that clients give themselves are bounded, since each becomes a time series. */
const maxNames = 50

function countBy(
  connections: ReadonlySet<{ readonly peer: { readonly software: string } }>,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { peer } of connections) {
    const wanted = peer.software === '' ? 'unknown' : peer.software.slice(0, 80)
    const name = counts.has(wanted) || counts.size < maxNames ? wanted : 'other'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
