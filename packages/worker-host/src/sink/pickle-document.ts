import { WorkerHostError } from '../error.ts'

/**
 * A document as Python's pickle (protocol 2), made from its msgpack form so that integers and floats stay apart.
 *
 *   message  = PROTO 2, value, STOP
 *   map      = EMPTY_DICT, MARK, (key value)*, SETITEMS
 *   array    = EMPTY_LIST, MARK, value*, APPENDS
 *   string   = BINUNICODE length:u32le utf-8
 *   integer  = BININT i32le | LONG1 size:u8 two's complement, little endian
 *   float    = BINFLOAT f64be
 * Source: pickletools of CPython; no object is ever named, so a reader runs no code.
 */
export function pickleOfMsgpack(bytes: Uint8Array, start: number): Buffer {
  const reader = new Msgpack(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), start)
  const parts: Buffer[] = [Buffer.of(0x80, 2)]
  writeValue(reader, parts)
  parts.push(Buffer.from('.'))
  return Buffer.concat(parts)
}

const op = {
  emptyDict: Buffer.from('}('),
  setItems: Buffer.from('u'),
  emptyList: Buffer.from(']('),
  appends: Buffer.from('e'),
  none: Buffer.from('N'),
  true: Buffer.of(0x88),
  false: Buffer.of(0x89),
}

function writeValue(reader: Msgpack, parts: Buffer[]): void {
  const type = reader.byte()
  const count = containerSize(reader, type)
  if (count === null) {
    parts.push(scalar(reader, type))
    return
  }
  parts.push(count.isMap ? op.emptyDict : op.emptyList)
  for (let n = 0; n < count.values; n += 1) writeValue(reader, parts)
  parts.push(count.isMap ? op.setItems : op.appends)
}

function containerSize(
  reader: Msgpack,
  type: number,
): { readonly isMap: boolean; readonly values: number } | null {
  if (type >= 0x80 && type <= 0x8f) return { isMap: true, values: 2 * (type & 0x0f) }
  if (type >= 0x90 && type <= 0x9f) return { isMap: false, values: type & 0x0f }
  if (type === 0xdc || type === 0xdd) return { isMap: false, values: reader.unsigned(type === 0xdc ? 2 : 4) }
  if (type === 0xde || type === 0xdf)
    return { isMap: true, values: 2 * reader.unsigned(type === 0xde ? 2 : 4) }
  return null
}

function scalar(reader: Msgpack, type: number): Buffer {
  if (type <= 0x7f) return integer(BigInt(type))
  if (type >= 0xe0) return integer(BigInt(type - 0x100))
  if (type >= 0xa0 && type <= 0xbf) return text(reader.take(type & 0x1f))
  const read = scalars[type]
  if (read === undefined) throw unreadable(`type ${type}`)
  return read(reader)
}

const scalars: Readonly<Record<number, (reader: Msgpack) => Buffer>> = {
  0xc0: () => op.none,
  0xc2: () => op.false,
  0xc3: () => op.true,
  0xca: (reader) => float(reader.take(4).readFloatBE()),
  0xcb: (reader) => float(reader.take(8).readDoubleBE()),
  0xcc: (reader) => integer(BigInt(reader.unsigned(1))),
  0xcd: (reader) => integer(BigInt(reader.unsigned(2))),
  0xce: (reader) => integer(BigInt(reader.unsigned(4))),
  0xcf: (reader) => integer(reader.take(8).readBigUInt64BE()),
  0xd0: (reader) => integer(BigInt(reader.take(1).readInt8())),
  0xd1: (reader) => integer(BigInt(reader.take(2).readInt16BE())),
  0xd2: (reader) => integer(BigInt(reader.take(4).readInt32BE())),
  0xd3: (reader) => integer(reader.take(8).readBigInt64BE()),
  0xd9: (reader) => text(reader.take(reader.unsigned(1))),
  0xda: (reader) => text(reader.take(reader.unsigned(2))),
  0xdb: (reader) => text(reader.take(reader.unsigned(4))),
}

function text(utf8: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write('X')
  head.writeUInt32LE(utf8.length, 1)
  return Buffer.concat([head, utf8])
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes.write('G')
  bytes.writeDoubleBE(value, 1)
  return bytes
}

function integer(value: bigint): Buffer {
  if (BigInt.asIntN(32, value) === value) {
    const bytes = Buffer.alloc(5)
    bytes.write('J')
    bytes.writeInt32LE(Number(value), 1)
    return bytes
  }
  // Nine bytes hold every 64-bit integer, signed or not.
  const bytes = Buffer.alloc(11, value < 0n ? 0xff : 0)
  bytes[0] = 0x8a
  bytes[1] = 9
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value), 2)
  return bytes
}

class Msgpack {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes
    this.#at = start
  }

  byte(): number {
    return this.unsigned(1)
  }

  unsigned(size: number): number {
    return this.take(size).readUIntBE(0, size)
  }

  take(size: number): Buffer {
    const from = this.#at
    if (from + size > this.#bytes.length) throw unreadable('it ends early')
    this.#at += size
    return this.#bytes.subarray(from, this.#at)
  }
}

function unreadable(why: string): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_FAILED',
    message: `a document cannot be written for the 0MQ proxy: ${why}`,
    fault: 'environment',
    remedy: 'This is a mistake of the worker host; report it with the document.',
  })
}
