import { ev44 } from '@beamtime/stream-formats'
import {
  pulsePeriodNs,
  splitEvents,
  type EventOptions,
  type FakeRecord,
  type FakeSource,
} from './fake-source.ts'

/** Events of one detector or monitor, in the order of the file. */
export interface RecordedEvents {
  /** As it stands in messages. */
  readonly source: string
  readonly toa: Int32Array
  /** As long as `toa`; monitors without pixels have 1 throughout. */
  readonly pixel: Int32Array
}

const mostPerPulse = 10_000

/** Sends recorded events again, over and over: `rate` (10 000) a pulse of the source that has most, others in proportion. */
export function nexusReplay(
  topic: string,
  { sources, options }: { readonly sources: readonly RecordedEvents[]; readonly options: EventOptions },
): FakeSource {
  const largest = Math.max(...sources.map(({ toa }) => toa.length))
  const places = sources.map((recorded) => ({
    recorded,
    perPulse: Math.max(1, Math.round(((options.rate ?? mostPerPulse) * recorded.toa.length) / largest)),
    next: 0,
  }))
  return {
    topics: [topic],
    periodNs: pulsePeriodNs(options.pulsesPerSecond),
    at: (timeNs) =>
      places.flatMap((place): readonly FakeRecord[] => {
        const { recorded, perPulse } = place
        // A chunk ends with the recording, and the next one begins with it.
        const end = Math.min(recorded.toa.length, place.next + perPulse)
        const first = place.next
        place.next = end === recorded.toa.length ? 0 : end
        return splitEvents(end - first, options.split).map(([from, to]) => ({
          topic,
          value: ev44.encode({
            source_name: recorded.source,
            message_id: 0n,
            reference_time: BigInt64Array.of(timeNs),
            reference_time_index: Int32Array.of(0),
            time_of_flight: recorded.toa.subarray(first + from, first + to),
            pixel_id: recorded.pixel.subarray(first + from, first + to),
          }),
        }))
      }),
  }
}
