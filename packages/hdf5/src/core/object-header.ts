import { ByteWriter } from './byte-writer.ts'
import { bytesOfElement, encodeDatatype, type Datatype } from './datatype.ts'
import { lookup3 } from './lookup3.ts'

export const undefinedAddress = 0xffff_ffff_ffff_ffffn
export const unlimited = -1

export interface HeaderMessage {
  readonly type: number
  readonly data: Uint8Array
}

export interface Space {
  readonly shape: readonly number[]
  /** Per dimension the largest size, `unlimited` for no bound; absent = the shape. */
  readonly maxShape?: readonly number[]
}

/* Object header, version 2: 'OHDR' 2 flags U8 (2: the size has four bytes)  size U32  messages  checksum U32
 *   message: type U8  size U16  flags U8  data
 * Source: HDF5 file format specification version 3, IV.A.1.b */
export function encodeObjectHeader(messages: readonly HeaderMessage[]): Uint8Array {
  const body = new ByteWriter()
  for (const { type, data } of messages) {
    if (data.length > 0xffff)
      throw new RangeError(`header message ${type} has ${data.length} bytes, at most 65535 fit`)
    body.u8(type).u16(data.length).u8(0).raw(data)
  }
  const out = new ByteWriter().text('OHDR').u8(2, 2).u32(body.length).raw(body.done())
  return out.u32(lookup3(out.done())).done()
}

/* Superblock, version 2: signature  2 8 8 0  base U64  extension U64  end of file U64  root header U64  checksum U32 */
export function encodeSuperblock(endOfFile: number, rootHeader: number): Uint8Array {
  const out = new ByteWriter()
    .u8(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)
    .u8(2, 8, 8, 0)
    .u64(0)
    .u64(undefinedAddress)
    .u64(endOfFile)
    .u64(rootHeader)
  return out.u32(lookup3(out.done())).done()
}

export const superblockBytes = 48

function spaceBytes(space: Space): Uint8Array {
  const out = new ByteWriter().u8(
    2,
    space.shape.length,
    space.maxShape === undefined ? 0 : 1,
    space.shape.length === 0 ? 0 : 1,
  )
  for (const size of space.shape) out.u64(size)
  for (const size of space.maxShape ?? []) out.u64(size === unlimited ? undefinedAddress : size)
  return out.done()
}

/* Dataspace message (0x01), version 2: 2  rank U8  flags U8 (1: largest sizes follow)  kind U8 (0 scalar, 1 simple)  sizes U64... */
export function dataspace(space: Space): HeaderMessage {
  return { type: 0x01, data: spaceBytes(space) }
}

export function datatype(type: Datatype): HeaderMessage {
  return { type: 0x03, data: encodeDatatype(type) }
}

/* Fill value message (0x05), version 3: allocation time in bits 0-1 (2 late, 3 incremental), written if set by the user */
export function fillValue(allocation: 'late' | 'incremental'): HeaderMessage {
  return { type: 0x05, data: Uint8Array.of(3, allocation === 'late' ? 0x0a : 0x0b) }
}

/* Data layout message (0x08), version 3, class 1: 3 1  address U64  size U64 */
export function contiguousLayout(address: number, bytes: number): HeaderMessage {
  return { type: 0x08, data: new ByteWriter().u8(3, 1).u64(address).u64(bytes).done() }
}

/* Data layout message, version 3, class 2: 3 2  rank+1 U8  index U64  chunk sizes U32...  element size U32 */
export function chunkedLayout(index: number, chunk: readonly number[], elementBytes: number): HeaderMessage {
  const out = new ByteWriter().u8(3, 2, chunk.length + 1).u64(index)
  for (const size of chunk) out.u32(size)
  return { type: 0x08, data: out.u32(elementBytes).done() }
}

/* Data layout message, version 4, class 3 (virtual): 4 3  heap collection U64  object U32 */
export function virtualLayout(collection: number, object: number): HeaderMessage {
  return { type: 0x08, data: new ByteWriter().u8(4, 3).u64(collection).u32(object).done() }
}

/* Filter pipeline message (0x0B), version 2: 2 1  id U16  [name length U16 for ids of 256 and more]  flags U16  values U16  value U32... */
export function filterPipeline(id: number, values: readonly number[]): HeaderMessage {
  const out = new ByteWriter().u8(2, 1).u16(id)
  if (id >= 256) out.u16(0)
  out.u16(0).u16(values.length)
  for (const value of values) out.u32(value)
  return { type: 0x0b, data: out.done() }
}

export const linkInfo: HeaderMessage = {
  type: 0x02,
  data: new ByteWriter().u8(0, 0).u64(undefinedAddress).u64(undefinedAddress).done(),
}
export const groupInfo: HeaderMessage = { type: 0x0a, data: Uint8Array.of(0, 0) }

export type LinkTarget =
  | { readonly kind: 'hard'; readonly address: number }
  | { readonly kind: 'soft'; readonly path: string }
  | { readonly kind: 'external'; readonly file: string; readonly path: string }

/* Link message (0x06), version 1: 1  flags U8 (8: kind follows, 16: character set follows, 1: two-byte name length)
 *   kind U8  character set U8 (1 UTF-8)  name length U16  name  target */
export function link(name: string, target: LinkTarget): HeaderMessage {
  const bytes = new TextEncoder().encode(name)
  const kind = { hard: 0, soft: 1, external: 64 }[target.kind]
  const out = new ByteWriter().u8(1, 0x19, kind, 1).u16(bytes.length).raw(bytes)
  switch (target.kind) {
    case 'hard':
      out.u64(target.address)
      break
    case 'soft': {
      const path = new TextEncoder().encode(target.path)
      out.u16(path.length).raw(path)
      break
    }
    case 'external': {
      const value = new ByteWriter().u8(0).text(target.file).u8(0).text(target.path).u8(0).done()
      out.u16(value.length).raw(value)
      break
    }
  }
  return { type: 0x06, data: out.done() }
}

/* Attribute message (0x0C), version 3: 3 0  name size U16 (with NUL)  type size U16  space size U16  character set U8  name  type  space  data */
export function attribute(
  name: string,
  value: { readonly type: Datatype; readonly space: Space; readonly data: Uint8Array },
): HeaderMessage {
  const text = new TextEncoder().encode(name)
  const type = encodeDatatype(value.type)
  const space = spaceBytes(value.space)
  const expected = value.space.shape.reduce((product, size) => product * size, 1) * bytesOfElement(value.type)
  if (expected !== value.data.length)
    throw new RangeError(`attribute ${name}: ${value.data.length} bytes, expected ${expected}`)
  const out = new ByteWriter()
    .u8(3, 0)
    .u16(text.length + 1)
    .u16(type.length)
    .u16(space.length)
    .u8(1)
  return { type: 0x0c, data: out.raw(text).u8(0).raw(type).raw(space).raw(value.data).done() }
}
