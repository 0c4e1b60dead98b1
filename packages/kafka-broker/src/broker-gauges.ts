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
    readonly connections: ReadonlySet<unknown>
    readonly cache: TailCache
  },
): void {
  const { store, groups, connections, cache } = parts
  const clients = metrics.gauge('beamtime_broker_connections', 'Clients connected')
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
    // Topics and groups come and go.
    for (const gauge of [logBytes, members, lag]) gauge.remove()
    for (const { entry, logs } of store.topics()) {
      const bytes = logs.reduce((sum, log) => sum + log.sizeBytes, 0)
      logBytes.set({ topic: entry.name }, bytes)
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
