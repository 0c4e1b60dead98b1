import { ByteWriter } from './byte-writer.ts'

export type NumberType = 'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64'

/** A member of a compound type; `offset` in bytes from the start of the element. */
export interface CompoundMember {
  readonly name: string
  readonly type: NumberType
  readonly offset: number
}

export type Datatype =
  | { readonly kind: 'number'; readonly type: NumberType }
  | { readonly kind: 'text' }
  | { readonly kind: 'compound'; readonly bytes: number; readonly members: readonly CompoundMember[] }

const numberBytes = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
} as const satisfies Record<NumberType, number>

/** Bytes of one element as it is stored; text is a reference into the global heap. */
export function bytesOfElement(type: Datatype): number {
  switch (type.kind) {
    case 'number':
      return numberBytes[type.type]
    case 'text':
      return 16
    case 'compound':
      return type.bytes
  }
}

/* Datatype message (0x03), version 1
 *   class_and_version U8  class_bits U24  size U32  properties
 *   fixed point: bit offset U16, precision U16; floating point: U16 U16, exponent place and size, mantissa place and size, bias U32
 *   variable-length UTF-8 text: base type of one byte; compound: members with names padded to 8
 * Source: HDF5 file format specification version 3, IV.A.2.d */
export function encodeDatatype(type: Datatype): Uint8Array {
  const out = new ByteWriter()
  switch (type.kind) {
    case 'number':
      writeNumber(out, type.type)
      break
    case 'text':
      out.u8(0x19, 0x01, 0x01, 0x00).u32(16)
      writeNumber(out, 'u8')
      break
    case 'compound':
      out.u8(0x16, type.members.length & 0xff, type.members.length >> 8, 0).u32(type.bytes)
      for (const member of type.members) {
        // The name with its NUL fills whole units of 8 bytes, counted from the name's start.
        out.raw(new ByteWriter().text(member.name).u8(0).pad(8).done())
        out.u32(member.offset).u8(0).zeros(3).u32(0).u32(0).zeros(16)
        writeNumber(out, member.type)
      }
      break
  }
  return out.done()
}

function writeNumber(out: ByteWriter, type: NumberType): void {
  const bytes = numberBytes[type]
  if (type === 'f32') {
    out.u8(0x11, 0x20, 0x1f, 0).u32(4).u16(0).u16(32).u8(23, 8, 0, 23).u32(127)
  } else if (type === 'f64') {
    out.u8(0x11, 0x20, 0x3f, 0).u32(8).u16(0).u16(64).u8(52, 11, 0, 52).u32(1023)
  } else {
    out
      .u8(0x10, type.startsWith('i') ? 0x08 : 0, 0, 0)
      .u32(bytes)
      .u16(0)
      .u16(bytes * 8)
  }
}
