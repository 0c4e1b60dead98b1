import { malformed } from '../error.ts'

/* Snappy block (without framing): uvarint length of the plain bytes, then elements
 *   tag & 3 = 0 literal (length - 1 in the upper six bits, or 60..63 and 1..4 bytes)
 *           1 copy, 4..11 bytes, distance 11 bits   2 copy, 1..64 bytes, distance 16 bits   3 copy, distance 32 bits
 * Source: google/snappy, format_description.txt */

/** Positions of four-byte words that the compressor remembers. */
const tableBits = 14
const blockBytes = 65_536

/** The plain bytes of a block. Throws STREAM_MESSAGE_MALFORMED, also above `maxBytes`. */
export function snappyDecompress(block: Uint8Array, maxBytes = 1_073_741_824): Uint8Array {
  const reader = new BlockReader(block)
  const length = reader.length()
  // No element makes more than 64 bytes out of two.
  if (length > maxBytes || length > block.length * 64) throw malformed(`a snappy block of ${length} bytes`)
  const plain = Buffer.allocUnsafe(length)
  let to = 0
  while (!reader.isAtEnd) {
    const tag = reader.next()
    if ((tag & 3) === 0) {
      const literal = reader.literal(tag)
      if (literal.length > length - to) throw malformed('a snappy literal is too long')
      plain.set(literal, to)
      to += literal.length
    } else {
      const copy = reader.copy(tag)
      if (copy.distance === 0 || copy.distance > to || copy.size > length - to)
        throw malformed('a snappy copy points nowhere')
      to = copyWithin(plain, to, copy)
    }
  }
  if (to !== length) throw malformed(`a snappy block has ${to} bytes instead of ${length}`)
  return plain
}

class BlockReader {
  readonly #block: Uint8Array
  #at = 0

  constructor(block: Uint8Array) {
    this.#block = block
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length
  }

  next(): number {
    const byte = this.#block[this.#at++]
    if (byte === undefined) throw malformed('a snappy block is cut off')
    return byte
  }

  #littleEndian(count: number): number {
    let value = 0
    for (let index = 0; index < count; index++) value += this.next() * 2 ** (8 * index)
    return value
  }

  length(): number {
    let length = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.next()
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return length
    }
    throw malformed('the length of a snappy block has more than 32 bits')
  }

  literal(tag: number): Uint8Array {
    const short = tag >>> 2
    const size = (short < 60 ? short : this.#littleEndian(short - 59)) + 1
    if (size > this.#block.length - this.#at) throw malformed('a snappy literal is too long')
    this.#at += size
    return this.#block.subarray(this.#at - size, this.#at)
  }

  copy(tag: number): { readonly distance: number; readonly size: number } {
    if ((tag & 3) === 1) return { size: ((tag >>> 2) & 7) + 4, distance: ((tag >>> 5) << 8) | this.next() }
    return { size: (tag >>> 2) + 1, distance: this.#littleEndian((tag & 3) === 2 ? 2 : 4) }
  }
}

function copyWithin(
  plain: Uint8Array,
  to: number,
  { distance, size }: { readonly distance: number; readonly size: number },
): number {
  if (distance >= size) plain.copyWithin(to, to - distance, to - distance + size)
  else for (let index = 0; index < size; index++) plain[to + index] = plain[to + index - distance] ?? 0
  return to + size
}

/** A block that every snappy reader accepts. */
export function snappyCompress(plain: Uint8Array): Uint8Array {
  // Literals cost at most 5 bytes in 64 KiB, copies shrink.
  const block = Buffer.allocUnsafe(plain.length + Math.ceil(plain.length / 6) + 32)
  let to = 0
  let rest = plain.length
  while (rest >= 0x80) {
    block[to++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  block[to++] = rest
  const table = new Uint16Array(1 << tableBits)
  for (let from = 0; from < plain.length; from += blockBytes)
    to = compressBlock(plain.subarray(from, from + blockBytes), { table, block, to })
  return block.subarray(0, to)
}

interface CompressState {
  readonly table: Uint16Array
  readonly block: Buffer
  readonly to: number
}

function compressBlock(input: Uint8Array, { table, block, to: begin }: CompressState): number {
  table.fill(0)
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let to = begin
  let literal = 0
  let at = 1
  let misses = 32
  while (at + 4 <= input.length) {
    const word = view.getUint32(at, true)
    const hash = Math.imul(word, 0x1e35_a7bd) >>> (32 - tableBits)
    const candidate = table[hash] ?? 0
    table[hash] = at
    if (candidate >= at || view.getUint32(candidate, true) !== word) {
      at += misses++ >>> 5 // ever longer steps through what does not compress
      continue
    }
    misses = 32
    let size = 4
    while (at + size < input.length && input[candidate + size] === input[at + size]) size++
    to = writeLiteral(block, to, input.subarray(literal, at))
    to = writeCopy(block, to, { distance: at - candidate, size })
    at += size
    literal = at
  }
  return writeLiteral(block, to, input.subarray(literal))
}

function writeLiteral(block: Buffer, begin: number, bytes: Uint8Array): number {
  if (bytes.length === 0) return begin
  let to = begin
  const length = bytes.length - 1
  if (length < 60) block[to++] = length << 2
  else if (length < 0x100) {
    block[to++] = 60 << 2
    block[to++] = length
  } else {
    block[to++] = 61 << 2
    to = block.writeUInt16LE(length, to)
  }
  block.set(bytes, to)
  return to + bytes.length
}

function writeCopy(
  block: Buffer,
  begin: number,
  { distance, size }: { readonly distance: number; readonly size: number },
): number {
  let to = begin
  let rest = size
  while (rest > 0) {
    // A rest of 1 to 3 bytes would need a literal's room.
    const part = rest > 64 ? (rest < 68 ? 60 : 64) : rest
    block[to++] = ((part - 1) << 2) | 2
    to = block.writeUInt16LE(distance, to)
    rest -= part
  }
  return to
}
