/* LZ4 block: sequences of  token U8 (high: literals, low: match length - 4)  [more literal length]  literals  offset U16  [more match length]
 * The last five bytes are literals; the last match starts at least twelve bytes before the end.
 * Source: LZ4 block format description */

const minMatch = 4
const lastLiterals = 5
const matchStartLimit = 12
const hashBits = 12

/** Largest size of a compressed block of `bytes` bytes. */
export function lz4Bound(bytes: number): number {
  return bytes + Math.ceil(bytes / 255) + 16
}

/** The reference compressor: same parse as the SIMD kernel, byte for byte. Blocks of at most 65,535 bytes. Returns the compressed size. */
export function lz4Compress(source: Uint8Array, target: Uint8Array, table: Uint16Array): number {
  const end = source.length
  let out = 0
  let anchor = 0
  if (end > matchStartLimit) {
    table.fill(0)
    const searchEnd = end - matchStartLimit
    const matchEnd = end - lastLiterals
    let at = 1
    let misses = 0
    while (at <= searchEnd) {
      const word = read32(source, at)
      const slot = Math.imul(word, 0x9e3779b1) >>> (32 - hashBits)
      let match = table[slot] ?? 0
      table[slot] = at
      if (match >= at || read32(source, match) !== word) {
        misses += 1
        at += 1 + (misses >> 6)
        continue
      }
      misses = 0
      while (at > anchor && match > 0 && source[at - 1] === source[match - 1]) {
        at -= 1
        match -= 1
      }
      let length = minMatch
      while (at + length < matchEnd && source[at + length] === source[match + length]) length += 1
      out = writeSequence(target, out, { source, from: anchor, to: at, offset: at - match, length })
      at += length
      anchor = at
    }
  }
  return writeSequence(target, out, { source, from: anchor, to: end, offset: 0, length: 0 })
}

function read32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24) |
    0
  )
}

interface Sequence {
  readonly source: Uint8Array
  readonly from: number
  readonly to: number
  readonly offset: number
  /** 0 = the last sequence, which has literals only. */
  readonly length: number
}

function writeLength(target: Uint8Array, at: number, rest: number): number {
  let out = at
  let left = rest
  for (; left >= 255; left -= 255) target[out++] = 255
  target[out++] = left
  return out
}

function writeSequence(
  target: Uint8Array,
  at: number,
  { source, from, to, offset, length }: Sequence,
): number {
  const literals = to - from
  const extra = length === 0 ? 0 : length - minMatch
  let out = at
  target[out++] = (Math.min(literals, 15) << 4) | Math.min(extra, 15)
  if (literals >= 15) out = writeLength(target, out, literals - 15)
  target.set(source.subarray(from, to), out)
  out += literals
  if (length === 0) return out
  target[out++] = offset & 0xff
  target[out++] = offset >> 8
  return extra >= 15 ? writeLength(target, out, extra - 15) : out
}

/** Decompresses one block into exactly `target.length` bytes; returns false when the bytes are not such a block. */
export function lz4Decompress(source: Uint8Array, target: Uint8Array): boolean {
  let at = 0
  let out = 0
  const extended = (start: number): number => {
    if (start < 15) return start
    let length = start
    for (;;) {
      const more = source[at]
      if (more === undefined) return Number.POSITIVE_INFINITY
      at += 1
      length += more
      if (more < 255) return length
    }
  }
  while (at < source.length) {
    const token = source[at] ?? 0
    at += 1
    const literals = extended(token >> 4)
    if (literals > source.length - at || literals > target.length - out) return false
    target.set(source.subarray(at, at + literals), out)
    at += literals
    out += literals
    if (at === source.length) return out === target.length
    const offset = (source[at] ?? 0) | ((source[at + 1] ?? 0) << 8)
    at += 2
    if (at > source.length || offset === 0 || offset > out) return false
    const length = extended(token & 15) + minMatch
    if (length > target.length - out) return false
    for (let index = 0; index < length; index += 1, out += 1) target[out] = target[out - offset] ?? 0
  }
  return false
}
