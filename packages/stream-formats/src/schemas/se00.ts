import { f64, i32, i64, i8, optionalVector, requiredText, union, vector } from '../flatbuffers/field.ts'
import { schema } from '../flatbuffers/schema.ts'

/* se00 sampled values
 *   name STRING  channel I32 (-1 = none)  packet_timestamp I64 ns  time_delta F64 ns (0 or less = none)
 *   timestamp_location I8 { Unknown Start Middle End }  values UNION  timestamps [I64] ns  message_counter I64
 * Source: ESS streaming-data-types, se00_data.fbs */
export const se00 = schema('se00', {
  name: requiredText(),
  channel: i32(),
  packet_timestamp: i64(),
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
    DoubleArray: { value: vector('f64') },
    FloatArray: { value: vector('f32') },
  }),
  timestamps: optionalVector('i64'),
  message_counter: i64(),
})
