import { text, u64, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ev43 event data of several pulses (old): ev42 with pulse_time [U64] and pulse_index [U32], no union
 * Source: ESS streaming-data-types, ev43_events.fbs */
export const ev43 = schema('ev43', {
  source_name: text(),
  message_id: u64(),
  pulse_time: vector('u64'),
  pulse_index: vector('u32'),
  time_of_flight: vector('u32'),
  detector_id: vector('u32'),
})
