import {
  optionalVector,
  i64,
  requiredVector,
  tables,
  text,
  u32,
  u64,
  union,
  vector,
} from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* hs00 histogram (old): unsigned counts
 *   source STRING  timestamp  dim_metadata [ length  unit  label  bin_boundaries UNION ]  last_metadata_timestamp I64
 *   current_shape  offset  data UNION  errors UNION  info STRING; row major, a part of a larger histogram where offset is given
 * Source: ESS streaming-data-types, hs00_event_histogram.fbs */
const numbers = union({
  ArrayUInt: { value: vector('u32') },
  ArrayULong: { value: vector('u64') },
  ArrayDouble: { value: vector('f64') },
  ArrayFloat: { value: vector('f32') },
})

export const hs00 = schema('hs00', {
  source: text(),
  timestamp: u64(),
  dim_metadata: tables({ length: u32(), unit: text(), label: text(), bin_boundaries: numbers }),
  last_metadata_timestamp: i64(),
  current_shape: requiredVector('u32'),
  offset: optionalVector('u32'),
  data: numbers,
  errors: numbers,
  info: text(),
})
