// SIMD kernel of bitshuffle-LZ4 (AssemblyScript). Same parse as src/bitshuffle-lz4/lz4-block.ts: equal bytes out.
// Memory is the caller's: source and target anywhere, scratch of one block, table of 8192 bytes.

// @ts-ignore: decorator
@inline
function storeRows(v: v128, target: usize, rowBytes: usize): void {
  // Bit 7 first: i8x16.bitmask takes the top bits; doubling moves the next bit to the top.
  for (let bit: i32 = 7; bit >= 0; bit--) {
    store<u16>(target + usize(bit) * rowBytes, <u16>i8x16.bitmask(v))
    v = i8x16.add(v, v)
  }
}

function transpose8(source: usize, target: usize, count: usize): void {
  const rowBytes = count >> 3
  for (let i: usize = 0; i < count; i += 16) storeRows(v128.load(source + i), target + (i >> 3), rowBytes)
}

function transpose16(source: usize, target: usize, count: usize): void {
  const rowBytes = count >> 3
  for (let i: usize = 0; i < count; i += 16) {
    const a = v128.load(source + i * 2)
    const b = v128.load(source + i * 2, 16)
    const to = target + (i >> 3)
    storeRows(i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), to, rowBytes)
    storeRows(i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), to + 8 * rowBytes, rowBytes)
  }
}

function transpose32(source: usize, target: usize, count: usize): void {
  const rowBytes = count >> 3
  for (let i: usize = 0; i < count; i += 16) {
    const from = source + i * 4
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const c = v128.load(from, 32)
    const d = v128.load(from, 48)
    // Bytes 0 and 1 of 8 elements, bytes 2 and 3 of 8 elements; then one byte of 16 elements.
    const ab01 = i8x16.shuffle(a, b, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29)
    const cd01 = i8x16.shuffle(c, d, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29)
    const ab23 = i8x16.shuffle(a, b, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31)
    const cd23 = i8x16.shuffle(c, d, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31)
    const to = target + (i >> 3)
    storeRows(i64x2.shuffle(ab01, cd01, 0, 2), to, rowBytes)
    storeRows(i64x2.shuffle(ab01, cd01, 1, 3), to + 8 * rowBytes, rowBytes)
    storeRows(i64x2.shuffle(ab23, cd23, 0, 2), to + 16 * rowBytes, rowBytes)
    storeRows(i64x2.shuffle(ab23, cd23, 1, 3), to + 24 * rowBytes, rowBytes)
  }
}

// 8 elements at a time, for what does not fill 16 and for elements of 8 bytes.
function transposeScalar(source: usize, target: usize, count: usize, elementBytes: usize, from: usize): void {
  const rowBytes = count >> 3
  for (let byte: usize = 0; byte < elementBytes; byte++) {
    for (let group: usize = from >> 3; group < rowBytes; group++) {
      let x: u64 = 0
      for (let k: usize = 0; k < 8; k++) x |= (<u64>load<u8>(source + (group * 8 + k) * elementBytes + byte)) << (k * 8)
      // 8 x 8 bit matrix transposition
      let t: u64 = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa
      x = x ^ t ^ (t << 7)
      t = (x ^ (x >> 14)) & 0x0000cccc0000cccc
      x = x ^ t ^ (t << 14)
      t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0
      x = x ^ t ^ (t << 28)
      const to = target + byte * 8 * rowBytes + group
      for (let bit: usize = 0; bit < 8; bit++) store<u8>(to + bit * rowBytes, <u8>(x >> (bit * 8)))
    }
  }
}

function bitTranspose(source: usize, target: usize, count: usize, elementBytes: usize): void {
  // The rows of a block that is not a multiple of 16 elements are not whole pairs of bytes.
  if ((count & 15) != 0 || elementBytes == 8) {
    transposeScalar(source, target, count, elementBytes, 0)
    return
  }
  if (elementBytes == 1) transpose8(source, target, count)
  else if (elementBytes == 2) transpose16(source, target, count)
  else transpose32(source, target, count)
}

// @ts-ignore: decorator
@inline
function writeLength(out: usize, rest: usize): usize {
  while (rest >= 255) {
    store<u8>(out++, 255)
    rest -= 255
  }
  store<u8>(out++, <u8>rest)
  return out
}

// @ts-ignore: decorator
@inline
function writeSequence(out: usize, from: usize, to: usize, offset: usize, length: usize): usize {
  const literals = to - from
  const extra = length == 0 ? 0 : length - 4
  store<u8>(out++, <u8>((min<usize>(literals, 15) << 4) | min<usize>(extra, 15)))
  if (literals >= 15) out = writeLength(out, literals - 15)
  memory.copy(out, from, literals)
  out += literals
  if (length == 0) return out
  store<u16>(out, <u16>offset)
  out += 2
  return extra >= 15 ? writeLength(out, extra - 15) : out
}

function lz4Compress(source: usize, bytes: usize, target: usize, table: usize): usize {
  const end = source + bytes
  let out = target
  let anchor = source
  if (bytes > 12) {
    memory.fill(table, 0, 8192)
    const searchEnd = end - 12
    const matchEnd = end - 5
    let at = source + 1
    let misses: usize = 0
    while (at <= searchEnd) {
      const word = load<u32>(at)
      const slot = table + (((word * 0x9e3779b1) >> 20) << 1)
      let match = source + <usize>load<u16>(slot)
      store<u16>(slot, <u16>(at - source))
      if (match >= at || load<u32>(match) != word) {
        misses++
        at += 1 + (misses >> 6)
        continue
      }
      misses = 0
      while (at > anchor && match > source && load<u8>(at - 1) == load<u8>(match - 1)) {
        at--
        match--
      }
      let length: usize = 4
      while (at + length + 8 <= matchEnd) {
        const difference = load<u64>(at + length) ^ load<u64>(match + length)
        if (difference != 0) {
          length += <usize>(ctz<u64>(difference) >> 3)
          break
        }
        length += 8
      }
      if (at + length + 8 > matchEnd) {
        while (at + length < matchEnd && load<u8>(at + length) == load<u8>(match + length)) length++
      }
      out = writeSequence(out, anchor, at, at - match, length)
      at += length
      anchor = at
    }
  }
  return writeSequence(out, anchor, end, 0, 0) - target
}

/** Compresses `bytes` bytes of elements into a chunk of filter 32008 at `target`; returns its size. */
export function compressChunk(source: usize, bytes: usize, elementBytes: usize, target: usize, scratch: usize, table: usize): usize {
  const blockBytes = max<usize>(128, (8192 / elementBytes / 8) * 8) * elementBytes
  store<u64>(target, bswap<u64>(<u64>bytes))
  store<u32>(target, bswap<u32>(<u32>blockBytes), 8)
  const whole = (bytes / (elementBytes * 8)) * elementBytes * 8
  let out = target + 12
  for (let from: usize = 0; from < whole; from += blockBytes) {
    const size = min<usize>(blockBytes, whole - from)
    bitTranspose(source + from, scratch, size / elementBytes, elementBytes)
    const stored = lz4Compress(scratch, size, out + 4, table)
    store<u32>(out, bswap<u32>(<u32>stored))
    out += 4 + stored
  }
  memory.copy(out, source + whole, bytes - whole)
  return out + (bytes - whole) - target
}

// @ts-ignore: decorator
@inline
function gatherRow(row: usize, bits: v128, value: i32): v128 {
  const mask = i16x8.splat(<i16>load<u16>(row))
  const spread = i8x16.shuffle(mask, mask, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
  return v128.and(i8x16.eq(v128.and(spread, bits), bits), i8x16.splat(<i8>value))
}

/** One byte of 16 elements out of its eight rows of bits. */
// @ts-ignore: decorator
@inline
function gatherByte(row: usize, rowBytes: usize): v128 {
  const bits = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128)
  let v = gatherRow(row, bits, 1)
  v = v128.or(v, gatherRow(row + rowBytes, bits, 2))
  v = v128.or(v, gatherRow(row + rowBytes * 2, bits, 4))
  v = v128.or(v, gatherRow(row + rowBytes * 3, bits, 8))
  v = v128.or(v, gatherRow(row + rowBytes * 4, bits, 16))
  v = v128.or(v, gatherRow(row + rowBytes * 5, bits, 32))
  v = v128.or(v, gatherRow(row + rowBytes * 6, bits, 64))
  return v128.or(v, gatherRow(row + rowBytes * 7, bits, -128))
}

// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

function untranspose32(source: usize, target: usize, count: usize): void {
  const rowBytes = count >> 3
  for (let i: usize = 0; i < count; i += 16) {
    const row = source + (i >> 3)
    const a = gatherByte(row, rowBytes)
    const b = gatherByte(row + rowBytes * 8, rowBytes)
    const c = gatherByte(row + rowBytes * 16, rowBytes)
    const d = gatherByte(row + rowBytes * 24, rowBytes)
    const to = target + i * 4
    v128.store(to, i16x8.shuffle(lowPairs(a, b), lowPairs(c, d), 0, 8, 1, 9, 2, 10, 3, 11))
    v128.store(to, i16x8.shuffle(lowPairs(a, b), lowPairs(c, d), 4, 12, 5, 13, 6, 14, 7, 15), 16)
    v128.store(to, i16x8.shuffle(highPairs(a, b), highPairs(c, d), 0, 8, 1, 9, 2, 10, 3, 11), 32)
    v128.store(to, i16x8.shuffle(highPairs(a, b), highPairs(c, d), 4, 12, 5, 13, 6, 14, 7, 15), 48)
  }
}

function untransposeScalar(source: usize, target: usize, count: usize, elementBytes: usize): void {
  const rowBytes = count >> 3
  for (let byte: usize = 0; byte < elementBytes; byte++) {
    for (let group: usize = 0; group < rowBytes; group++) {
      let x: u64 = 0
      const from = source + byte * 8 * rowBytes + group
      for (let bit: usize = 0; bit < 8; bit++) x |= (<u64>load<u8>(from + bit * rowBytes)) << (bit * 8)
      // The transposition of an 8 x 8 matrix is its own inverse.
      let t: u64 = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa
      x = x ^ t ^ (t << 7)
      t = (x ^ (x >> 14)) & 0x0000cccc0000cccc
      x = x ^ t ^ (t << 14)
      t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0
      x = x ^ t ^ (t << 28)
      const to = target + group * 8 * elementBytes + byte
      for (let k: usize = 0; k < 8; k++) store<u8>(to + k * elementBytes, <u8>(x >> (k * 8)))
    }
  }
}

function bitUntranspose(source: usize, target: usize, count: usize, elementBytes: usize): void {
  if ((count & 15) != 0 || elementBytes == 8) {
    untransposeScalar(source, target, count, elementBytes)
    return
  }
  if (elementBytes == 4) {
    untranspose32(source, target, count)
    return
  }
  const rowBytes = count >> 3
  if (elementBytes == 1) {
    for (let i: usize = 0; i < count; i += 16) v128.store(target + i, gatherByte(source + (i >> 3), rowBytes))
    return
  }
  for (let i: usize = 0; i < count; i += 16) {
    const a = gatherByte(source + (i >> 3), rowBytes)
    const b = gatherByte(source + (i >> 3) + rowBytes * 8, rowBytes)
    v128.store(target + i * 2, lowPairs(a, b))
    v128.store(target + i * 2, highPairs(a, b), 16)
  }
}

/** One block into exactly `size` bytes. Reads and writes nothing outside; false when the bytes are not such a block. */
function lz4Decompress(source: usize, bytes: usize, target: usize, size: usize): bool {
  const end = source + bytes
  const outEnd = target + size
  let at = source
  let out = target
  while (at < end) {
    const token = <usize>load<u8>(at++)
    let literals = token >> 4
    if (literals == 15) {
      let more: usize = 255
      while (more == 255) {
        if (at >= end) return false
        more = <usize>load<u8>(at++)
        literals += more
      }
    }
    if (literals > end - at || literals > outEnd - out) return false
    memory.copy(out, at, literals)
    at += literals
    out += literals
    if (at == end) return out == outEnd
    if (end - at < 2) return false
    const offset = <usize>load<u16>(at)
    at += 2
    if (offset == 0 || offset > out - target) return false
    let length = (token & 15) + 4
    if (length == 19) {
      let more: usize = 255
      while (more == 255) {
        if (at >= end) return false
        more = <usize>load<u8>(at++)
        length += more
      }
    }
    if (length > outEnd - out) return false
    const stop = out + length
    // Eight bytes at a time where they do not overlap; the rest one by one.
    if (offset >= 8) while (out + 8 <= stop) {
      store<u64>(out, load<u64>(out - offset))
      out += 8
    }
    else if (offset == 1) {
      memory.fill(out, load<u8>(out - 1), length)
      out = stop
    }
    while (out < stop) {
      store<u8>(out, load<u8>(out - offset))
      out++
    }
  }
  return false
}

/**
 * The chunk of `bytes` bytes at `source` into `total` bytes at `target`; `blockBytes` as its header says. `scratch` holds a block. Gives
 * whether it was such a chunk.
 */
export function decompressChunk(source: usize, bytes: usize, elementBytes: usize, target: usize, total: usize, scratch: usize, blockBytes: usize): bool {
  const whole = (total / (elementBytes * 8)) * elementBytes * 8
  const end = source + bytes
  let at = source + 12
  for (let from: usize = 0; from < whole; from += blockBytes) {
    const size = min<usize>(blockBytes, whole - from)
    if (at > end || end - at < 4) return false
    const stored = <usize>bswap<u32>(load<u32>(at))
    at += 4
    if (stored > end - at) return false
    if (!lz4Decompress(at, stored, scratch, size)) return false
    bitUntranspose(scratch, target + from, size / elementBytes, elementBytes)
    at += stored
  }
  if (at > end || end - at != total - whole) return false
  memory.copy(target + whole, at, total - whole)
  return true
}
