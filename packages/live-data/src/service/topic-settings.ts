import type { TopicToEnsure } from '@beamtime/bus'
import { liveDataTopics } from '../core/topic-names.ts'

const largest = '104857600'

/** Retention as the peer's own script sets it, for topics that have to be created. */
function settings(retention: { readonly ms: number; readonly bytes: number; readonly message: string }): {
  readonly configs: Readonly<Record<string, string>>
} {
  return {
    configs: {
      'cleanup.policy': 'delete',
      'retention.ms': String(retention.ms),
      'retention.bytes': String(retention.bytes),
      'max.message.bytes': retention.message,
      ...(retention.ms < 60_000 ? { 'segment.ms': '60000' } : {}),
    },
  }
}

const rawSettings = settings({ ms: 30_000, bytes: 10_000_000_000, message: largest })
const dataSettings = settings({ ms: 30_000, bytes: 1_000_000_000, message: largest })
const controlSettings = settings({ ms: 172_800_000, bytes: 1_000_000_000, message: '1048576' })

export function rawTopics(names: readonly string[]): readonly TopicToEnsure[] {
  return names.map((name) => ({ name, partitions: 1, ...rawSettings }))
}

export function processedTopics(instrument: string): readonly TopicToEnsure[] {
  const topics = liveDataTopics(instrument)
  return [
    ...[topics.data, topics.roi, topics.nicos].map((name) => ({ name, partitions: 1, ...dataSettings })),
    ...[topics.commands, topics.responses, topics.heartbeat].map((name) => ({
      name,
      partitions: 1,
      ...controlSettings,
    })),
  ]
}
