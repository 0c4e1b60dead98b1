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

export function countPixels(
  toa: usize, pixel: usize, n: usize,
  firstId: i32, places: usize, placeCount: u32,
  bins: usize, binCount: u32, cells: usize, shift: u32,
  cube: usize,
): u32 {
  const first = <i64>load<f64>(bins)
  const end = <i64>load<f64>(bins + 8)
  const edges = bins + 16
  let inside: u32 = 0
  for (let i: usize = 0; i < n; i++) {
    const id = <i64>load<i32>(pixel + (i << 2)) - <i64>firstId
    if (<u64>id >= <u64>placeCount) continue
    const place = load<i32>(places + (<usize>id << 2))
    const time = <i64>load<i32>(toa + (i << 2))
    if (place < 0 || time < first || time >= end) continue
    let bin = <u32>load<u16>(cells + ((<usize>(<u32>(time - first) >> shift)) << 1))
    const t = <f64>time
    while (t >= load<f64>(edges + (<usize>(bin + 1) << 3))) bin++
    const at = cube + (<usize>(<u32>place * binCount + bin) << 2)
    store<u32>(at, load<u32>(at) + 1)
    inside++
  }
  return inside
}

// Adds the window to the cumulative counts, sums bins [first, end) of each place into the image, clears the window.
export function foldWindow(window: usize, cumulative: usize, image: usize, places: u32, binCount: u32, first: u32, end: u32): void {
  const zero = i32x4.splat(0)
  for (let place: u32 = 0; place < places; place++) {
    const row = <usize>place * <usize>binCount
    const from = window + (row << 2)
    const to = cumulative + (row << 2)
    let sums = zero
    let bin: u32 = first
    for (; bin + 4 <= end; bin += 4) sums = i32x4.add(sums, v128.load(from + (<usize>bin << 2)))
    let sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
    for (; bin < end; bin++) sum += load<i32>(from + (<usize>bin << 2))
    store<i32>(image + (<usize>place << 2), sum)
    let at: usize = 0
    const bytes = <usize>binCount << 2
    for (; at + 16 <= bytes; at += 16) {
      v128.store(to + at, i32x4.add(v128.load(to + at), v128.load(from + at)))
      v128.store(from + at, zero)
    }
    for (; at < bytes; at += 4) {
      store<i32>(to + at, load<i32>(to + at) + load<i32>(from + at))
      store<i32>(from + at, 0)
    }
  }
}
