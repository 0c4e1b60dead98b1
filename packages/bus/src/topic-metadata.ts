import type { Producer } from '@platformatic/kafka'
import type { BusOptions } from './bus.ts'
import { pauseMs } from './client-options.ts'
import { busErrorOf } from './library-error.ts'
import { pause } from './pause.ts'
import { unlessRefused, withRefusal } from './refusal-probe.ts'

/**
 * Number of partitions of a topic, from the library's cache or the broker; waits for a broker that is away until
 * `isOver` or the signal aborts. Rejects with BUS_TOPIC_UNKNOWN at once: left to itself the library would ask for an absent topic for ever.
 */
export async function partitionCount(
  producer: Producer<Buffer, Buffer, Buffer, Buffer>,
  topic: string,
  until: { readonly options: BusOptions; readonly signal: AbortSignal; readonly isOver: () => boolean },
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    try {
      const asked = producer.metadata({ topics: [topic], retries: 0 })
      const metadata = await unlessRefused(asked, until.options)
      return Math.max(1, metadata.topics.get(topic)?.partitionsCount ?? 1)
    } catch (error) {
      const failure = await withRefusal(busErrorOf(error, `sending to ${topic}`), until.options)
      if (failure.code !== 'BUS_UNAVAILABLE' || until.signal.aborted || until.isOver()) throw failure
      await pause(pauseMs(until.options, attempt), until.signal)
    }
  }
}
