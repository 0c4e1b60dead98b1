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

// Cells (place * binCount + bin) of the events that are inside, one after another at `out`; gives how many. The cells are
// found first and counted afterwards: the loop that waits for memory is then so short that many waits overlap.
// Bins by table, for any edges.
export function cellsByTable(
  toa: usize, pixel: usize, n: usize,
  firstId: i32, places: usize, placeCount: u32,
  bins: usize, binCount: u32, cells: usize, shift: u32,
  out: usize,
): u32 {
  const first = <i64>load<f64>(bins)
  const end = <i64>load<f64>(bins + 8)
  const edges = bins + 16
  let inside: usize = 0
  for (let i: usize = 0; i < n; i++) {
    const id = <i64>load<i32>(pixel + (i << 2)) - <i64>firstId
    if (<u64>id >= <u64>placeCount) continue
    const place = load<i32>(places + (<usize>id << 2))
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
// places 0 = every pixel is its own place.
export function cellsByScale(
  toa: usize, pixel: usize, n: usize,
  firstId: i32, places: usize, placeCount: u32,
  first: i32, last: i32, offset: f64, scale: f64, binCount: u32,
  out: usize,
): u32 {
  const firsts = i32x4.splat(first)
  const lasts = i32x4.splat(last)
  const ids = i32x4.splat(firstId)
  const counts = i32x4.splat(<i32>placeCount)
  const offsets = f64x2.splat(offset)
  const scales = f64x2.splat(scale)
  const binCounts = i32x4.splat(<i32>binCount)
  let to = out
  let i: usize = 0
  for (; i + 4 <= n; i += 4) {
    const t = v128.load(toa + (i << 2))
    const id = i32x4.sub(v128.load(pixel + (i << 2)), ids)
    const isInside = v128.and(v128.and(i32x4.ge_s(t, firsts), i32x4.le_s(t, lasts)), i32x4.lt_u(id, counts))
    const mask = i32x4.bitmask(isInside)
    if (mask == 0) continue
    const low = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_s(t), offsets), scales)
    const high = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_s(i8x16.shuffle(t, t, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)), offsets), scales)
    const bin = i8x16.shuffle(
      i32x4.trunc_sat_f64x2_s_zero(low), i32x4.trunc_sat_f64x2_s_zero(high),
      0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
    )
    if (places == 0) {
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
    const p0 = load<i32>(places + (<usize>i32x4.extract_lane(safe, 0) << 2))
    const p1 = load<i32>(places + (<usize>i32x4.extract_lane(safe, 1) << 2))
    const p2 = load<i32>(places + (<usize>i32x4.extract_lane(safe, 2) << 2))
    const p3 = load<i32>(places + (<usize>i32x4.extract_lane(safe, 3) << 2))
    store<u32>(to, <u32>p0 * binCount + <u32>i32x4.extract_lane(bin, 0)); to += <usize>((mask & 1) & <i32>(p0 >= 0)) << 2
    store<u32>(to, <u32>p1 * binCount + <u32>i32x4.extract_lane(bin, 1)); to += <usize>(((mask >> 1) & 1) & <i32>(p1 >= 0)) << 2
    store<u32>(to, <u32>p2 * binCount + <u32>i32x4.extract_lane(bin, 2)); to += <usize>(((mask >> 2) & 1) & <i32>(p2 >= 0)) << 2
    store<u32>(to, <u32>p3 * binCount + <u32>i32x4.extract_lane(bin, 3)); to += <usize>(((mask >> 3) & 1) & <i32>(p3 >= 0)) << 2
  }
  for (; i < n; i++) {
    const t = load<i32>(toa + (i << 2))
    const id = <u32>(load<i32>(pixel + (i << 2)) - firstId)
    if (id >= placeCount || t < first || t > last) continue
    const place = places == 0 ? <i32>id : load<i32>(places + (<usize>id << 2))
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
