import { join } from 'node:path'
import { openBus, type Bus, type BusOptions } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'
import { openReplay, type Replay } from '@beamtime/stream-replay'
import { replayClient, replaySocketName, type ReplayClient } from '@beamtime/stream-replay/client'
import { watchReplay, type ReplayWatch } from './replay-watch.ts'
import { schemaBrowser, type SchemaBrowser } from './schema-browser.ts'
import { streamBrowser, type StreamBrowser } from './stream-browser.ts'
import { watchTopics, type TopicWatch } from './topic-watch.ts'

/** Everything that the pages about streams need. */
export interface StreamParts {
  readonly bus: Bus
  readonly replay: Replay
  readonly topics: TopicWatch
  readonly browser: StreamBrowser
  readonly schemas: SchemaBrowser
  /** The service that records and plays. */
  readonly control: ReplayClient
  readonly activity: ReplayWatch
  close(): Promise<void>
}

export interface StreamPartsOptions {
  readonly bus: BusOptions
  /** Empty: framed Avro is read only when its schema is one of an alert. */
  readonly registryUrl: string
  readonly runtimeDir: string
  readonly log: Logger
}

const formatWithinMs = 2_000

/** Opens nothing: connections are made when somebody looks. A bus of its own, so that a search never delays live runs. */
export function streamParts({ bus: options, registryUrl, runtimeDir, log }: StreamPartsOptions): StreamParts {
  const bus = openBus({ ...options, clientId: `${options.clientId}-streams` })
  const replay = openReplay({
    bus: { ...options, clientId: `${options.clientId}-browser` },
    ...(registryUrl === '' ? {} : { registryUrl }),
  })
  const browser = streamBrowser(replay, (topic, format) => topics.setFormat(topic, format))
  const topics = watchTopics(bus, log, async (topic) => {
    const newest = {
      direction: 'backward',
      from: null,
      partitions: null,
      filter: null,
      cursor: null,
    } as const
    await browser.page({ ...newest, topic, limit: 1, cols: [], signal: AbortSignal.timeout(formatWithinMs) })
  })
  const control = replayClient(join(runtimeDir, replaySocketName))
  const activity = watchReplay(control)
  return {
    bus,
    replay,
    topics,
    browser,
    schemas: schemaBrowser(registryUrl),
    control,
    activity,
    async close() {
      topics.close()
      activity.close()
      await bus.close()
      await replay.close()
    },
  }
}
