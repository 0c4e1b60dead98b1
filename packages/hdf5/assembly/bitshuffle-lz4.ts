// SIMD kernel of bitshuffle-LZ4 (AssemblyScript). Same parse as src/bitshuffle-lz4/lz4-block.ts: equal bytes out.
// Memory is the caller's: source and target anywhere, scratch of one block (two to decompress), table of 8192 bytes.

/* A plane is one byte of each element. A block of bits is eight rows a plane: row j holds bit j of the plane's bytes. */

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

/** What a and b exchange when blocks of `bits` bits change places. */
// @ts-ignore: decorator
@inline
function crossed(a: v128, b: v128, bits: i32, mask: v128): v128 {
  return v128.and(v128.xor(i64x2.shr_u(a, bits), b), mask)
}

/** Bytes 0, 2, 4 ... of 16 pairs. */
// @ts-ignore: decorator
@inline
function evens(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
}

// @ts-ignore: decorator
@inline
function odds(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
}

/** The eight rows of bits of one plane: the other way round than `untransposePlane`. */
function transposePlane(source: usize, target: usize, count: usize): void {
  const n = count >> 3
  const m4 = i8x16.splat(0x0f)
  const m2 = i8x16.splat(0x33)
  const m1 = i8x16.splat(0x55)
  for (let i: usize = 0; i < n; i += 16) {
    const from = source + i * 8
    const k = v128.load(from)
    const l = v128.load(from, 16)
    const o = v128.load(from, 32)
    const p = v128.load(from, 48)
    const q = v128.load(from, 64)
    const r = v128.load(from, 80)
    const u = v128.load(from, 96)
    const v = v128.load(from, 112)
    // Every second, then every fourth, then every eighth byte.
    const kl0 = evens(k, l), kl1 = odds(k, l), op0 = evens(o, p), op1 = odds(o, p)
    const qr0 = evens(q, r), qr1 = odds(q, r), uv0 = evens(u, v), uv1 = odds(u, v)
    const ko0 = evens(kl0, op0), ko2 = odds(kl0, op0), ko1 = evens(kl1, op1), ko3 = odds(kl1, op1)
    const qu0 = evens(qr0, uv0), qu2 = odds(qr0, uv0), qu1 = evens(qr1, uv1), qu3 = odds(qr1, uv1)
    let a = evens(ko0, qu0), e = odds(ko0, qu0), b = evens(ko1, qu1), f = odds(ko1, qu1)
    let c = evens(ko2, qu2), g = odds(ko2, qu2), d = evens(ko3, qu3), h = odds(ko3, qu3)
    let t = crossed(a, e, 4, m4); e = v128.xor(e, t); a = v128.xor(a, i64x2.shl(t, 4))
    t = crossed(b, f, 4, m4); f = v128.xor(f, t); b = v128.xor(b, i64x2.shl(t, 4))
    t = crossed(c, g, 4, m4); g = v128.xor(g, t); c = v128.xor(c, i64x2.shl(t, 4))
    t = crossed(d, h, 4, m4); h = v128.xor(h, t); d = v128.xor(d, i64x2.shl(t, 4))
    t = crossed(a, c, 2, m2); c = v128.xor(c, t); a = v128.xor(a, i64x2.shl(t, 2))
    t = crossed(b, d, 2, m2); d = v128.xor(d, t); b = v128.xor(b, i64x2.shl(t, 2))
    t = crossed(e, g, 2, m2); g = v128.xor(g, t); e = v128.xor(e, i64x2.shl(t, 2))
    t = crossed(f, h, 2, m2); h = v128.xor(h, t); f = v128.xor(f, i64x2.shl(t, 2))
    t = crossed(a, b, 1, m1); b = v128.xor(b, t); a = v128.xor(a, i64x2.shl(t, 1))
    t = crossed(c, d, 1, m1); d = v128.xor(d, t); c = v128.xor(c, i64x2.shl(t, 1))
    t = crossed(e, f, 1, m1); f = v128.xor(f, t); e = v128.xor(e, i64x2.shl(t, 1))
    t = crossed(g, h, 1, m1); h = v128.xor(h, t); g = v128.xor(g, i64x2.shl(t, 1))
    const to = target + i
    v128.store(to, a)
    v128.store(to + n, b)
    v128.store(to + n * 2, c)
    v128.store(to + n * 3, d)
    v128.store(to + n * 4, e)
    v128.store(to + n * 5, f)
    v128.store(to + n * 6, g)
    v128.store(to + n * 7, h)
  }
}

function splitPlanes2(source: usize, planes: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const a = v128.load(source + i * 2)
    const b = v128.load(source + i * 2, 16)
    v128.store(planes + i, evens(a, b))
    v128.store(planes + count + i, odds(a, b))
  }
}

function splitPlanes4(source: usize, planes: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const from = source + i * 4
    const ab0 = evens(v128.load(from), v128.load(from, 16))
    const ab1 = odds(v128.load(from), v128.load(from, 16))
    const cd0 = evens(v128.load(from, 32), v128.load(from, 48))
    const cd1 = odds(v128.load(from, 32), v128.load(from, 48))
    v128.store(planes + i, evens(ab0, cd0))
    v128.store(planes + count + i, evens(ab1, cd1))
    v128.store(planes + count * 2 + i, odds(ab0, cd0))
    v128.store(planes + count * 3 + i, odds(ab1, cd1))
  }
}

/** An 8 x 8 matrix of bits, a byte a row; the transposition is its own inverse. */
// @ts-ignore: decorator
@inline
function transposed(x: u64): u64 {
  let t: u64 = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa
  x = x ^ t ^ (t << 7)
  t = (x ^ (x >> 14)) & 0x0000cccc0000cccc
  x = x ^ t ^ (t << 14)
  t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0
  return x ^ t ^ (t << 28)
}

// 8 elements at a time, for what does not fill 128 and for elements of 8 bytes.
function transposeScalar(source: usize, target: usize, count: usize, elementBytes: usize): void {
  const rowBytes = count >> 3
  for (let byte: usize = 0; byte < elementBytes; byte++) {
    for (let group: usize = 0; group < rowBytes; group++) {
      let x: u64 = 0
      for (let k: usize = 0; k < 8; k++) x |= (<u64>load<u8>(source + (group * 8 + k) * elementBytes + byte)) << (k * 8)
      x = transposed(x)
      const to = target + byte * 8 * rowBytes + group
      for (let bit: usize = 0; bit < 8; bit++) store<u8>(to + bit * rowBytes, <u8>(x >> (bit * 8)))
    }
  }
}

function bitTranspose(source: usize, target: usize, count: usize, elementBytes: usize, planes: usize): void {
  // Rows that are not whole vectors, and elements of 8 bytes.
  if ((count & 127) != 0 || elementBytes == 8) {
    transposeScalar(source, target, count, elementBytes)
    return
  }
  if (elementBytes == 1) {
    transposePlane(source, target, count)
    return
  }
  if (elementBytes == 2) splitPlanes2(source, planes, count)
  else splitPlanes4(source, planes, count)
  for (let byte: usize = 0; byte < elementBytes; byte++) transposePlane(planes + byte * count, target + byte * count, count)
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
  // Up to 15 bytes too many, for which the bound of a block has room: a call for few bytes would cost more than they do.
  if (literals > 64) memory.copy(out, from, literals)
  else for (let i: usize = 0; i < literals; i += 16) v128.store(out + i, v128.load(from + i))
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
    bitTranspose(source + from, scratch, size / elementBytes, elementBytes, table)
    const stored = lz4Compress(scratch, size, out + 4, table)
    store<u32>(out, bswap<u32>(<u32>stored))
    out += 4 + stored
  }
  memory.copy(out, source + whole, bytes - whole)
  return out + (bytes - whole) - target
}

/**
 * The bytes of one plane out of its eight rows of bits, 128 elements at a time: sixteen 8 x 8 matrices are transposed at once by
 * exchanging blocks of 4, 2 and 1 bits between rows, then the bytes of the rows are put into the order of the elements.
 */
function untransposePlane(source: usize, target: usize, count: usize): void {
  const n = count >> 3
  const m4 = i8x16.splat(0x0f)
  const m2 = i8x16.splat(0x33)
  const m1 = i8x16.splat(0x55)
  for (let i: usize = 0; i < n; i += 16) {
    const from = source + i
    let a = v128.load(from)
    let b = v128.load(from + n)
    let c = v128.load(from + n * 2)
    let d = v128.load(from + n * 3)
    let e = v128.load(from + n * 4)
    let f = v128.load(from + n * 5)
    let g = v128.load(from + n * 6)
    let h = v128.load(from + n * 7)
    let t = crossed(a, e, 4, m4); e = v128.xor(e, t); a = v128.xor(a, i64x2.shl(t, 4))
    t = crossed(b, f, 4, m4); f = v128.xor(f, t); b = v128.xor(b, i64x2.shl(t, 4))
    t = crossed(c, g, 4, m4); g = v128.xor(g, t); c = v128.xor(c, i64x2.shl(t, 4))
    t = crossed(d, h, 4, m4); h = v128.xor(h, t); d = v128.xor(d, i64x2.shl(t, 4))
    t = crossed(a, c, 2, m2); c = v128.xor(c, t); a = v128.xor(a, i64x2.shl(t, 2))
    t = crossed(b, d, 2, m2); d = v128.xor(d, t); b = v128.xor(b, i64x2.shl(t, 2))
    t = crossed(e, g, 2, m2); g = v128.xor(g, t); e = v128.xor(e, i64x2.shl(t, 2))
    t = crossed(f, h, 2, m2); h = v128.xor(h, t); f = v128.xor(f, i64x2.shl(t, 2))
    t = crossed(a, b, 1, m1); b = v128.xor(b, t); a = v128.xor(a, i64x2.shl(t, 1))
    t = crossed(c, d, 1, m1); d = v128.xor(d, t); c = v128.xor(c, i64x2.shl(t, 1))
    t = crossed(e, f, 1, m1); f = v128.xor(f, t); e = v128.xor(e, i64x2.shl(t, 1))
    t = crossed(g, h, 1, m1); h = v128.xor(h, t); g = v128.xor(g, i64x2.shl(t, 1))
    const to = target + i * 8
    storeEights(lowPairs(a, b), lowPairs(c, d), lowPairs(e, f), lowPairs(g, h), to)
    storeEights(highPairs(a, b), highPairs(c, d), highPairs(e, f), highPairs(g, h), to + 64)
  }
}

/** Pairs of bytes of 8 groups of 8 elements, in the order of the elements. */
// @ts-ignore: decorator
@inline
function storeEights(ab: v128, cd: v128, ef: v128, gh: v128, to: usize): void {
  const p = i16x8.shuffle(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11)
  const q = i16x8.shuffle(ef, gh, 0, 8, 1, 9, 2, 10, 3, 11)
  const r = i16x8.shuffle(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15)
  const s = i16x8.shuffle(ef, gh, 4, 12, 5, 13, 6, 14, 7, 15)
  v128.store(to, i32x4.shuffle(p, q, 0, 4, 1, 5))
  v128.store(to, i32x4.shuffle(p, q, 2, 6, 3, 7), 16)
  v128.store(to, i32x4.shuffle(r, s, 0, 4, 1, 5), 32)
  v128.store(to, i32x4.shuffle(r, s, 2, 6, 3, 7), 48)
}

function joinPlanes2(planes: usize, target: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const a = v128.load(planes + i)
    const b = v128.load(planes + count + i)
    v128.store(target + i * 2, lowPairs(a, b))
    v128.store(target + i * 2, highPairs(a, b), 16)
  }
}

function joinPlanes4(planes: usize, target: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const a = v128.load(planes + i)
    const b = v128.load(planes + count + i)
    const c = v128.load(planes + count * 2 + i)
    const d = v128.load(planes + count * 3 + i)
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
      x = transposed(x)
      const to = target + group * 8 * elementBytes + byte
      for (let k: usize = 0; k < 8; k++) store<u8>(to + k * elementBytes, <u8>(x >> (k * 8)))
    }
  }
}

function bitUntranspose(source: usize, target: usize, count: usize, elementBytes: usize, planes: usize): void {
  // Rows that are not whole vectors, and elements of 8 bytes.
  if ((count & 127) != 0 || elementBytes == 8) {
    untransposeScalar(source, target, count, elementBytes)
    return
  }
  if (elementBytes == 1) {
    untransposePlane(source, target, count)
    return
  }
  for (let byte: usize = 0; byte < elementBytes; byte++) untransposePlane(source + byte * count, planes + byte * count, count)
  if (elementBytes == 2) joinPlanes2(planes, target, count)
  else joinPlanes4(planes, target, count)
}

/** `length` bytes, and up to 15 more where both sides have room for them: a call for few bytes would cost more than they do. */
// @ts-ignore: decorator
@inline
function copyForward(from: usize, to: usize, length: usize, fromEnd: usize, toEnd: usize): void {
  if (length > 256 || from + length + 16 > fromEnd || to + length + 16 > toEnd) {
    memory.copy(to, from, length)
    return
  }
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i))
}

/** One block into exactly `size` bytes. Reads and writes nothing outside; false when the bytes are not such a block. */
function lz4Decompress(source: usize, bytes: usize, target: usize, size: usize): bool {
  const end = source + bytes
  const outEnd = target + size
  const lastWide = outEnd - 16
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
    if (literals <= 16 && at + 16 <= end && out <= lastWide) v128.store(out, v128.load(at))
    else copyForward(at, out, literals, end, outEnd)
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
    // 16 bytes at a time while there is room for too many. What repeats sooner is written once, then it is twice as long.
    const match = out - offset
    if (offset >= 16 && length <= 16 && out <= lastWide) {
      v128.store(out, v128.load(match))
      out = stop
      continue
    }
    while (out - match < 16 && out < stop && out <= lastWide) {
      const step = out - match
      v128.store(out, v128.load(match))
      out += step
    }
    const distance = out - match
    if (distance >= 16) while (out < stop && out <= lastWide) {
      v128.store(out, v128.load(out - distance))
      out += 16
    }
    while (out < stop) {
      store<u8>(out, load<u8>(out - offset))
      out++
    }
    out = stop
  }
  return false
}

/**
 * The chunk of `bytes` bytes at `source` into `total` bytes at `target`; `blockBytes` as its header says. `scratch` holds two blocks,
 * each on a boundary of 64. Gives whether it was such a chunk.
 */
export function decompressChunk(source: usize, bytes: usize, elementBytes: usize, target: usize, total: usize, scratch: usize, blockBytes: usize): bool {
  const whole = (total / (elementBytes * 8)) * elementBytes * 8
  const end = source + bytes
  const planes = scratch + ((min<usize>(blockBytes, total) + 63) & ~63)
  let at = source + 12
  for (let from: usize = 0; from < whole; from += blockBytes) {
    const size = min<usize>(blockBytes, whole - from)
    if (at > end || end - at < 4) return false
    const stored = <usize>bswap<u32>(load<u32>(at))
    at += 4
    if (stored > end - at) return false
    if (!lz4Decompress(at, stored, scratch, size)) return false
    bitUntranspose(scratch, target + from, size / elementBytes, elementBytes, planes)
    at += stored
  }
  if (at > end || end - at != total - whole) return false
  memory.copy(target + whole, at, total - whole)
  return true
}
