import { i64, requiredText, requiredVector, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* ev44 event data: what detectors and monitors saw, in one or more pulses
 *   source_name STRING  message_id I64  reference_time [I64] ns  reference_time_index [I32]  time_of_flight [I32] ns  pixel_id [I32]
 * Source: ESS streaming-data-types, ev44_events.fbs */
export const ev44 = schema('ev44', {
  source_name: requiredText(),
  message_id: i64(),
  reference_time: requiredVector('i64'),
  reference_time_index: requiredVector('i32'),
  time_of_flight: vector('i32'),
  pixel_id: vector('i32'),
})
