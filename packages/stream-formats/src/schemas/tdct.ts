import { requiredText, requiredVector, u64 } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* tdct times of a chopper: name STRING  timestamps [U64] ns  sequence_counter U64
 * Source: ESS streaming-data-types, tdct_timestamps.fbs */
export const tdct = schema('tdct', {
  name: requiredText(),
  timestamps: requiredVector('u64'),
  sequence_counter: u64(),
})
