import { f64, i32, i8, optionalVector, requiredText, u64, union, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* senv sampled values (old): se00 with unsigned times and integers only
 * Source: ESS streaming-data-types, senv_data.fbs */
export const senv = schema('senv', {
  name: requiredText(),
  channel: i32(),
  packet_timestamp: u64(),
  time_delta: f64(),
  timestamp_location: i8(),
  values: union({
    Int8Array: { value: vector('i8') },
    UInt8Array: { value: vector('u8') },
    Int16Array: { value: vector('i16') },
    UInt16Array: { value: vector('u16') },
    Int32Array: { value: vector('i32') },
    UInt32Array: { value: vector('u32') },
    Int64Array: { value: vector('i64') },
    UInt64Array: { value: vector('u64') },
  }),
  timestamps: optionalVector('u64'),
  message_counter: u64(),
})
