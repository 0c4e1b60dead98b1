import { f32, f64, i16, i32, i64, i8, u16, u32, u64, u8, vector } from '../flatbuffers/field.ts'

/** The values that f144 and f142 can carry, in the order of their numbers. */
export const logValues = {
  Byte: { value: i8() },
  UByte: { value: u8() },
  Short: { value: i16() },
  UShort: { value: u16() },
  Int: { value: i32() },
  UInt: { value: u32() },
  Long: { value: i64() },
  ULong: { value: u64() },
  Float: { value: f32() },
  Double: { value: f64() },
  ArrayByte: { value: vector('i8') },
  ArrayUByte: { value: vector('u8') },
  ArrayShort: { value: vector('i16') },
  ArrayUShort: { value: vector('u16') },
  ArrayInt: { value: vector('i32') },
  ArrayUInt: { value: vector('u32') },
  ArrayLong: { value: vector('i64') },
  ArrayULong: { value: vector('u64') },
  ArrayFloat: { value: vector('f32') },
  ArrayDouble: { value: vector('f64') },
} as const
