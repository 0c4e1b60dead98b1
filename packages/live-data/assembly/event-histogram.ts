// One thread.
// Event histograms (AssemblyScript, SIMD). Same results as src/event-histogram/histogram-reference.ts.
// All arrays are in the caller's memory; addresses are multiples of the element size.

// bins: f64 firstNs, f64 endNs, then count + 1 edges; cells: u16.

export function countTimes(toa: usize, n: usize, bins: usize, cells: usize, shift: u32, counts: usize): u32 {
  const first = <i64>load<f64>(bins)
  const end = <i64>load<f64>(bins + 8)
  const edges = bins + 16
  let inside: u32 = 0
  for (let i: usize = 0; i < n; i++) {
    const time = <i64>load<i32>(toa + (i << 2))
    if (time < first || time >= end) continue
    let bin = <usize>load<u16>(cells + ((<usize>(<u32>(time - first) >> shift)) << 1))
    const t = <f64>time
    while (t >= load<f64>(edges + ((bin + 1) << 3))) bin++
    const at = counts + (bin << 2)
    store<u32>(at, load<u32>(at) + 1)
    inside++
  }
  return inside
}

// @ts-ignore: decorator
@inline
function truncated(low: v128, high: v128): v128 {
  return i8x16.shuffle(
    i32x4.trunc_sat_f64x2_s_zero(low), i32x4.trunc_sat_f64x2_s_zero(high),
    0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
  )
}

// @ts-ignore: decorator
@inline
function upper(t: v128): v128 {
  return f64x2.convert_low_i32x4_s(i8x16.shuffle(t, t, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
}

// Times into bins by trunc((time + offset) * scale), where the caller has made sure that this is exact; `last` is the last time
// inside. Four partial histograms, so that events of one bin in a row do not wait for each other; each has a bin more, for what
// is outside. `apart`: elements from one to the next, 0 = all in one. They begin at `partial` and are the caller's to sum.
export function countTimesByScale(
  toa: usize, n: usize, first: i32, last: i32, offset: f64, scale: f64, binCount: u32, partial: usize, apart: u32,
): void {
  const firsts = i32x4.splat(first)
  const lasts = i32x4.splat(last)
  const offsets = f64x2.splat(offset)
  const scales = f64x2.splat(scale)
  const outside = i32x4.splat(<i32>binCount)
  const step = <usize>apart << 2
  const p1 = partial + step
  const p2 = p1 + step
  const p3 = p2 + step
  let i: usize = 0
  for (; i + 4 <= n; i += 4) {
    const t = v128.load(toa + (i << 2))
    const isInside = v128.and(i32x4.ge_s(t, firsts), i32x4.le_s(t, lasts))
    const some = truncated(
      f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_s(t), offsets), scales),
      f64x2.mul(f64x2.add(upper(t), offsets), scales),
    )
    const bin = i32x4.shl(v128.bitselect(some, outside, isInside), 2)
    const a0 = partial + <usize>i32x4.extract_lane(bin, 0)
    store<u32>(a0, load<u32>(a0) + 1)
    const a1 = p1 + <usize>i32x4.extract_lane(bin, 1)
    store<u32>(a1, load<u32>(a1) + 1)
    const a2 = p2 + <usize>i32x4.extract_lane(bin, 2)
    store<u32>(a2, load<u32>(a2) + 1)
    const a3 = p3 + <usize>i32x4.extract_lane(bin, 3)
    store<u32>(a3, load<u32>(a3) + 1)
  }
  for (; i < n; i++) {
    const t = load<i32>(toa + (i << 2))
    const bin = t < first || t > last ? binCount : <u32>((<f64>t + offset) * scale)
    const at = partial + (<usize>bin << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
}

// Cells (place * binCount + bin) of the events that are inside, one after another at `out`; gives how many. The cells are
// found first and counted afterwards: the loop that waits for memory is then so short that many waits overlap.
//
// places: i32 firstId, u32 pixels, i32 shift, u32 fastLength, f64 1 / fastLength, u32 slow, u32 fast; pixel firstId + k is at
// slow[k / fastLength] + fast[k % fastLength]. shift -1 = fastLength is no power of two. fast 0 = every pixel is its own place.

// @ts-ignore: decorator
@inline
function placeOf(id: u32, shift: i32, fastLength: u32, slow: usize, fast: usize): i32 {
  if (fast == 0) return <i32>id
  const row = shift >= 0 ? id >> <u32>shift : id / fastLength
  const column = shift >= 0 ? id - ((row << <u32>shift)) : id - row * fastLength
  return load<i32>(slow + (<usize>row << 2)) + load<i32>(fast + (<usize>column << 2))
}

// Bins by table, for any edges.
export function cellsByTable(
  toa: usize, pixel: usize, n: usize, places: usize,
  bins: usize, binCount: u32, cells: usize, shift: u32,
  out: usize,
): u32 {
  const firstId = load<i32>(places)
  const pixels = load<u32>(places, 4)
  const placeShift = load<i32>(places, 8)
  const fastLength = load<u32>(places, 12)
  const slow = <usize>load<u32>(places, 24)
  const fast = <usize>load<u32>(places, 28)
  const first = <i64>load<f64>(bins)
  const end = <i64>load<f64>(bins + 8)
  const edges = bins + 16
  let inside: usize = 0
  for (let i: usize = 0; i < n; i++) {
    const id = <i64>load<i32>(pixel + (i << 2)) - <i64>firstId
    if (<u64>id >= <u64>pixels) continue
    const place = placeOf(<u32>id, placeShift, fastLength, slow, fast)
    const time = <i64>load<i32>(toa + (i << 2))
    if (place < 0 || time < first || time >= end) continue
    let bin = <u32>load<u16>(cells + ((<usize>(<u32>(time - first) >> shift)) << 1))
    const t = <f64>time
    while (t >= load<f64>(edges + (<usize>(bin + 1) << 3))) bin++
    store<u32>(out + (inside << 2), <u32>place * binCount + bin)
    inside++
  }
  return <u32>inside
}

// Bins by trunc((time + offset) * scale), where the caller has made sure that this is exact. `last` is the last time inside.
export function cellsByScale(
  toa: usize, pixel: usize, n: usize, places: usize,
  first: i32, last: i32, offset: f64, scale: f64, binCount: u32,
  out: usize,
): u32 {
  const firstId = load<i32>(places)
  const pixels = load<u32>(places, 4)
  const shift = load<i32>(places, 8)
  const fastLength = load<u32>(places, 12)
  const slow = <usize>load<u32>(places, 24)
  const fast = <usize>load<u32>(places, 28)
  const firsts = i32x4.splat(first)
  const lasts = i32x4.splat(last)
  const ids = i32x4.splat(firstId)
  const counts = i32x4.splat(<i32>pixels)
  const offsets = f64x2.splat(offset)
  const scales = f64x2.splat(scale)
  const binCounts = i32x4.splat(<i32>binCount)
  const fastLengths = i32x4.splat(<i32>fastLength)
  const halves = f64x2.splat(0.5)
  const reciprocals = f64x2.splat(load<f64>(places, 16))
  let to = out
  let i: usize = 0
  for (; i + 4 <= n; i += 4) {
    const t = v128.load(toa + (i << 2))
    const id = i32x4.sub(v128.load(pixel + (i << 2)), ids)
    const isInside = v128.and(v128.and(i32x4.ge_s(t, firsts), i32x4.le_s(t, lasts)), i32x4.lt_u(id, counts))
    const mask = i32x4.bitmask(isInside)
    if (mask == 0) continue
    const bin = truncated(
      f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_s(t), offsets), scales),
      f64x2.mul(f64x2.add(upper(t), offsets), scales),
    )
    if (fast == 0) {
      const cell = i32x4.add(i32x4.mul(id, binCounts), bin)
      if (mask == 15) {
        v128.store(to, cell)
        to += 16
        continue
      }
      store<u32>(to, i32x4.extract_lane(cell, 0)); to += <usize>(mask & 1) << 2
      store<u32>(to, i32x4.extract_lane(cell, 1)); to += <usize>(mask & 2) << 1
      store<u32>(to, i32x4.extract_lane(cell, 2)); to += <usize>(mask & 4)
      store<u32>(to, i32x4.extract_lane(cell, 3)); to += <usize>(mask & 8) >> 1
      continue
    }
    // Ids outside are read as pixel 0, whose place is then left out by the mask.
    const safe = v128.and(id, isInside)
    // (id + 1/2) / length is at least half a pixel away from the next row, further than a product can be wrong.
    const row = shift >= 0
      ? i32x4.shr_u(safe, shift)
      : truncated(
          f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_s(safe), halves), reciprocals),
          f64x2.mul(f64x2.add(upper(safe), halves), reciprocals),
        )
    const column = i32x4.sub(safe, shift >= 0 ? i32x4.shl(row, shift) : i32x4.mul(row, fastLengths))
    const p0 = load<i32>(slow + (<usize>i32x4.extract_lane(row, 0) << 2)) + load<i32>(fast + (<usize>i32x4.extract_lane(column, 0) << 2))
    const p1 = load<i32>(slow + (<usize>i32x4.extract_lane(row, 1) << 2)) + load<i32>(fast + (<usize>i32x4.extract_lane(column, 1) << 2))
    const p2 = load<i32>(slow + (<usize>i32x4.extract_lane(row, 2) << 2)) + load<i32>(fast + (<usize>i32x4.extract_lane(column, 2) << 2))
    const p3 = load<i32>(slow + (<usize>i32x4.extract_lane(row, 3) << 2)) + load<i32>(fast + (<usize>i32x4.extract_lane(column, 3) << 2))
    store<u32>(to, <u32>p0 * binCount + <u32>i32x4.extract_lane(bin, 0)); to += <usize>((mask & 1) & <i32>(p0 >= 0)) << 2
    store<u32>(to, <u32>p1 * binCount + <u32>i32x4.extract_lane(bin, 1)); to += <usize>(((mask >> 1) & 1) & <i32>(p1 >= 0)) << 2
    store<u32>(to, <u32>p2 * binCount + <u32>i32x4.extract_lane(bin, 2)); to += <usize>(((mask >> 2) & 1) & <i32>(p2 >= 0)) << 2
    store<u32>(to, <u32>p3 * binCount + <u32>i32x4.extract_lane(bin, 3)); to += <usize>(((mask >> 3) & 1) & <i32>(p3 >= 0)) << 2
  }
  for (; i < n; i++) {
    const t = load<i32>(toa + (i << 2))
    const id = <u32>(load<i32>(pixel + (i << 2)) - firstId)
    if (id >= pixels || t < first || t > last) continue
    const place = placeOf(id, shift, fastLength, slow, fast)
    if (place < 0) continue
    store<u32>(to, <u32>place * binCount + <u32>((<f64>t + offset) * scale))
    to += 4
  }
  return <u32>((to - out) >> 2)
}

// Cells of the window are bytes, so that more of them lie in the processor's caches: a cell that passes 255 starts again at
// 0 and is written down. carries: u32 count, then that many cells; the caller has room for n.
export function countCells(cells: usize, n: usize, cube: usize, carries: usize): void {
  let carried: usize = 0
  for (let i: usize = 0; i < n; i++) {
    const cell = <usize>load<u32>(cells + (i << 2))
    const value = load<u8>(cube + cell) + 1
    store<u8>(cube + cell, value)
    if ((value & 255) == 0) {
      carried++
      store<u32>(carries + (carried << 2), <u32>cell)
    }
  }
  store<u32>(carries, <u32>carried)
}

// Windows larger than the processor's second cache: cells are first put to their block of 65 536, by which a block's part of
// the window is fetched once for many events and not once for each. A block waits for 8 192 cells, of which 16 bits suffice.
// waiting: u32 per block; blocks: u16 x 8 192 per block; carries: u32 count, then room for `room` cells.
// Gives how many cells were taken: fewer than n when the carries must be fetched first.
export function sortCells(
  cells: usize, n: usize, waiting: usize, blocks: usize, cube: usize, carries: usize, room: u32,
): usize {
  let carried = load<u32>(carries)
  for (let i: usize = 0; i < n; i++) {
    const cell = load<u32>(cells + (i << 2))
    const block = <usize>(cell >> 16)
    const head = waiting + (block << 2)
    const count = load<u32>(head)
    if (count == 8192) {
      if (carried + 8192 > room) {
        store<u32>(carries, carried)
        return i
      }
      carried = countBlock(<u32>block, 8192, blocks, cube, carries, carried)
      store<u16>(blocks + (block << 14), <u16>cell)
      store<u32>(head, 1)
      continue
    }
    store<u16>(blocks + (block << 14) + (<usize>count << 1), <u16>cell)
    store<u32>(head, count + 1)
  }
  store<u32>(carries, carried)
  return n
}

// Counts what waits in a block; gives how many carries there are then.
export function countBlock(block: u32, n: u32, blocks: usize, cube: usize, carries: usize, carried: u32): u32 {
  const from = blocks + (<usize>block << 14)
  const base = cube + (<usize>block << 16)
  for (let i: usize = 0; i < <usize>n; i++) {
    const cell = <usize>load<u16>(from + (i << 1))
    const value = load<u8>(base + cell) + 1
    store<u8>(base + cell, value)
    if ((value & 255) == 0) {
      carried++
      store<u32>(carries + (<usize>carried << 2), (block << 16) + <u32>cell)
    }
  }
  return carried
}

// Adds the window to the cumulative counts, sums bins [first, end) of each place into the image, clears the window.
export function foldWindow(window: usize, cumulative: usize, image: usize, places: u32, binCount: u32, first: u32, end: u32): void {
  const zero = i32x4.splat(0)
  for (let place: u32 = 0; place < places; place++) {
    const row = <usize>place * <usize>binCount
    const from = window + row
    const to = cumulative + (row << 2)
    let sum: u32 = 0
    let bin: u32 = 0
    for (; bin + 16 <= binCount; bin += 16) {
      const some = v128.load(from + bin)
      if (!v128.any_true(some)) continue
      const low = i16x8.extend_low_i8x16_u(some)
      const high = i16x8.extend_high_i8x16_u(some)
      const at = to + (<usize>bin << 2)
      v128.store(at, i32x4.add(v128.load(at), i32x4.extend_low_i16x8_u(low)))
      v128.store(at, i32x4.add(v128.load(at, 16), i32x4.extend_high_i16x8_u(low)), 16)
      v128.store(at, i32x4.add(v128.load(at, 32), i32x4.extend_low_i16x8_u(high)), 32)
      v128.store(at, i32x4.add(v128.load(at, 48), i32x4.extend_high_i16x8_u(high)), 48)
      if (bin >= first && bin + 16 <= end) {
        const pairs = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(some))
        sum += i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1) + i32x4.extract_lane(pairs, 2) + i32x4.extract_lane(pairs, 3)
      } else
        for (let k: u32 = bin; k < bin + 16; k++) if (k >= first && k < end) sum += <u32>load<u8>(from + k)
      v128.store(from + bin, zero)
    }
    for (; bin < binCount; bin++) {
      const value = <u32>load<u8>(from + bin)
      if (value == 0) continue
      const at = to + (<usize>bin << 2)
      store<u32>(at, load<u32>(at) + value)
      if (bin >= first && bin < end) sum += value
      store<u8>(from + bin, 0)
    }
    store<u32>(image + (<usize>place << 2), sum)
  }
}
