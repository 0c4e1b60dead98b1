import { i64, requiredText, requiredVector, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* an44 event data with a weight for each event: ev44, then weight [I16]
 * Source: ESS streaming-data-types, an44_events.fbs */
export const an44 = schema('an44', {
  source_name: requiredText(),
  message_id: i64(),
  reference_time: requiredVector('i64'),
  reference_time_index: requiredVector('i32'),
  time_of_flight: vector('i32'),
  pixel_id: vector('i32'),
  weight: vector('i16'),
})
