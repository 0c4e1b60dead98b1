import {
  optionalVector,
  i32,
  i64,
  requiredVector,
  tables,
  text,
  union,
  vector,
} from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* hs01 histogram
 *   source STRING  timestamp  dim_metadata [ length  unit  label  bin_boundaries UNION ]  last_metadata_timestamp I64
 *   current_shape  offset  data UNION  errors UNION  info STRING; row major, a part of a larger histogram where offset is given
 * Source: ESS streaming-data-types, hs01_event_histogram.fbs */
const numbers = union({
  ArrayInt: { value: vector('i32') },
  ArrayLong: { value: vector('i64') },
  ArrayDouble: { value: vector('f64') },
  ArrayFloat: { value: vector('f32') },
})

export const hs01 = schema('hs01', {
  source: text(),
  timestamp: i64(),
  dim_metadata: tables({ length: i32(), unit: text(), label: text(), bin_boundaries: numbers }),
  last_metadata_timestamp: i64(),
  current_shape: requiredVector('i32'),
  offset: optionalVector('i32'),
  data: numbers,
  errors: numbers,
  info: text(),
})
