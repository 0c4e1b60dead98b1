// Pixels of a packet into an image slot. All addresses are bytes of the one shared memory; nothing is allocated.

// A call to copy memory costs as much as a few hundred bytes; rows of a chip are shorter than that pays.
// @ts-ignore: decorator
@inline
function copyShort(target: usize, source: usize, bytes: i32): void {
  const whole = <usize>bytes & ~63
  for (let at: usize = 0; at < whole; at += 64) {
    const a = v128.load(source + at)
    const b = v128.load(source + at, 16)
    const c = v128.load(source + at, 32)
    const d = v128.load(source + at, 48)
    v128.store(target + at, a)
    v128.store(target + at, b, 16)
    v128.store(target + at, c, 32)
    v128.store(target + at, d, 48)
  }
  for (let at = whole; at < <usize>bytes; at++) store<u8>(target + at, load<u8>(source + at))
}

/** `rows` rows of `rowBytes` bytes; strides may be negative or 0. */
export function copyRows(source: usize, target: usize, rows: i32, rowBytes: i32, sourceStride: i32, targetStride: i32): void {
  if (sourceStride == rowBytes && targetStride == rowBytes) {
    memory.copy(target, source, <usize>(rows * rowBytes))
    return
  }
  let from = source
  let to = target
  for (let row = 0; row < rows; row++) {
    if (rowBytes <= 4096) copyShort(to, from, rowBytes)
    else memory.copy(to, from, <usize>rowBytes)
    from += <usize>sourceStride
    to += <usize>targetStride
  }
}

/** Single pixels with a step in both directions of the target: rotated modules. */
export function stepPixels(source: usize, target: usize, rows: i32, columns: i32, pixelBytes: i32, sourceStride: i32, rowStep: i32, columnStep: i32): void {
  for (let row = 0; row < rows; row++) {
    let from = source + <usize>(row * sourceStride)
    let to = target + <usize>(row * rowStep)
    for (let column = 0; column < columns; column++) {
      if (pixelBytes == 2) store<u16>(to, load<u16>(from))
      else if (pixelBytes == 4) store<u32>(to, load<u32>(from))
      else store<u8>(to, load<u8>(from))
      from += <usize>pixelBytes
      to += <usize>columnStep
    }
  }
}

/** 3 bytes -> 2 pixels of 16 bits. Reads up to 4 bytes beyond the source. */
export function unpack12(source: usize, target: usize, pixels: i32): void {
  const even = i16x8(-1, 0, -1, 0, -1, 0, -1, 0)
  const low = i16x8.splat(0x0fff)
  const order = i8x16(0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11)
  let from = source
  let to = target
  let left = pixels
  for (; left >= 8; left -= 8) {
    const lanes = i8x16.swizzle(v128.load(from), order)
    v128.store(to, v128.bitselect(v128.and(lanes, low), i16x8.shr_u(lanes, 4), even))
    from += 12
    to += 16
  }
  for (; left >= 2; left -= 2) {
    const b1 = <u32>load<u8>(from, 1)
    store<u16>(to, <u16>(<u32>load<u8>(from) | ((b1 & 0x0f) << 8)))
    store<u16>(to, <u16>((b1 >> 4) | (<u32>load<u8>(from, 2) << 4)), 2)
    from += 3
    to += 4
  }
}

/** 1 byte -> 2 pixels of 8 bits, the low half first. */
export function unpack4(source: usize, target: usize, pixels: i32): void {
  const low = i8x16.splat(0x0f)
  let from = source
  let to = target
  let left = pixels
  for (; left >= 32; left -= 32) {
    const both = v128.load(from)
    const first = v128.and(both, low)
    const second = i8x16.shr_u(both, 4)
    v128.store(to, i8x16.shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
    v128.store(to, i8x16.shuffle(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16)
    from += 16
    to += 32
  }
  for (; left >= 2; left -= 2) {
    const both = load<u8>(from++)
    store<u8>(to, both & 0x0f)
    store<u8>(to, both >> 4, 1)
    to += 2
  }
}

// @ts-ignore: decorator
@inline
function choose3(base: v128, one: v128, three: v128, isOne: v128, isThree: v128): v128 {
  return i32x4.relaxed_laneselect(three, i32x4.relaxed_laneselect(one, base, isOne), isThree)
}

/**
 * Raw JUNGFRAU pixels (2 bits of gain, 14 of ADC) -> (adc - pedestal) * gain in float32; `pixels` is a multiple of 8. At `table` lie
 * 8 addresses: the pedestals for the gain codes 0 to 3, then the gains; `first` is the first pixel in those planes.
 */
export function jungfrau(source: usize, target: usize, pixels: i32, table: usize, first: i32, error: f32, saturated: f32): void {
  const codeBits = i16x8.splat(-16384)
  const adcBits = i32x4.splat(0x3fff)
  const from0 = <usize>first << 2
  // From the table once: the compiler cannot know that the pixels do not lie over it.
  const pedestal0 = <usize>load<u32>(table) + from0
  const pedestal1 = <usize>load<u32>(table, 4) + from0
  const pedestal3 = <usize>load<u32>(table, 12) + from0
  const gain0 = <usize>load<u32>(table, 16) + from0
  const gain1 = <usize>load<u32>(table, 20) + from0
  const gain3 = <usize>load<u32>(table, 28) + from0
  const errors = f32x4.splat(error)
  const saturates = f32x4.splat(saturated)
  let at: usize = 0
  let to = target
  const end = source + (<usize>pixels << 1)
  for (let from = source; from < end; from += 16) {
    const raw = v128.load(from)
    const codes = v128.and(raw, codeBits)
    let low = i32x4.extend_low_i16x8_u(raw)
    let high = i32x4.extend_high_i16x8_u(raw)
    if (!v128.any_true(codes)) {
      v128.store(to, f32x4.mul(f32x4.sub(f32x4.convert_i32x4_u(low), v128.load(pedestal0 + at)), v128.load(gain0 + at)))
      v128.store(to, f32x4.mul(f32x4.sub(f32x4.convert_i32x4_u(high), v128.load(pedestal0 + at, 16)), v128.load(gain0 + at, 16)), 16)
    } else {
      // Bit 14 is G1, bits 14 and 15 G2: as masks of whole lanes.
      const lowOne = i32x4.shr_s(i32x4.shl(low, 17), 31)
      const highOne = i32x4.shr_s(i32x4.shl(high, 17), 31)
      const lowThree = i32x4.shr_s(i32x4.shl(low, 16), 31)
      const highThree = i32x4.shr_s(i32x4.shl(high, 16), 31)
      low = f32x4.convert_i32x4_u(v128.and(low, adcBits))
      high = f32x4.convert_i32x4_u(v128.and(high, adcBits))
      low = f32x4.sub(low, choose3(v128.load(pedestal0 + at), v128.load(pedestal1 + at), v128.load(pedestal3 + at), lowOne, lowThree))
      high = f32x4.sub(high, choose3(v128.load(pedestal0 + at, 16), v128.load(pedestal1 + at, 16), v128.load(pedestal3 + at, 16), highOne, highThree))
      low = f32x4.mul(low, choose3(v128.load(gain0 + at), v128.load(gain1 + at), v128.load(gain3 + at), lowOne, lowThree))
      high = f32x4.mul(high, choose3(v128.load(gain0 + at, 16), v128.load(gain1 + at, 16), v128.load(gain3 + at, 16), highOne, highThree))
      // Values that are no measurement are rare: 0xffff, 0x4000 and code 2 are errors, 0xc000 is saturated.
      const isSaturated = i16x8.eq(raw, codeBits)
      const isError = v128.or(
        i16x8.eq(codes, i16x8.splat(-32768)),
        v128.or(i16x8.eq(raw, i16x8.splat(-1)), i16x8.eq(raw, i16x8.splat(0x4000))),
      )
      if (v128.any_true(v128.or(isSaturated, isError))) {
        low = v128.bitselect(saturates, low, i32x4.extend_low_i16x8_s(isSaturated))
        high = v128.bitselect(saturates, high, i32x4.extend_high_i16x8_s(isSaturated))
        low = v128.bitselect(errors, low, i32x4.extend_low_i16x8_s(isError))
        high = v128.bitselect(errors, high, i32x4.extend_high_i16x8_s(isError))
      }
      v128.store(to, low)
      v128.store(to, high, 16)
    }
    at += 32
    to += 32
  }
}

/** In place: pixels of 1, 2 or 4 bytes minus the dark image, never below 0. */
export function subtractDark(target: usize, dark: usize, pixels: i32, pixelBytes: i32): void {
  const bytes = <usize>(pixels * pixelBytes)
  const whole = bytes & ~15
  for (let at: usize = 0; at < whole; at += 16) {
    const value = v128.load(target + at)
    const less = v128.load(dark + at)
    if (pixelBytes == 1) v128.store(target + at, i8x16.sub_sat_u(value, less))
    else if (pixelBytes == 2) v128.store(target + at, i16x8.sub_sat_u(value, less))
    else v128.store(target + at, i32x4.sub(value, i32x4.min_u(value, less)))
  }
  for (let at = whole; at < bytes; at += <usize>pixelBytes) {
    if (pixelBytes == 1) {
      const value = load<u8>(target + at)
      store<u8>(target + at, value - min<u8>(value, load<u8>(dark + at)))
    } else if (pixelBytes == 2) {
      const value = load<u16>(target + at)
      store<u16>(target + at, value - min<u16>(value, load<u16>(dark + at)))
    } else {
      const value = load<u32>(target + at)
      store<u32>(target + at, value - min<u32>(value, load<u32>(dark + at)))
    }
  }
}

/** (raw - dark) * flat in float32. `pixelBytes` 1, 2, 4: unsigned integers; 0: float32. */
export function correctFlat(source: usize, target: usize, pixels: i32, pixelBytes: i32, dark: usize, flat: usize): void {
  for (let pixel: usize = 0; pixel < <usize>pixels; pixel++) {
    let value: f32
    if (pixelBytes == 2) value = <f32>load<u16>(source + (pixel << 1))
    else if (pixelBytes == 4) value = <f32>load<u32>(source + (pixel << 2))
    else if (pixelBytes == 1) value = <f32>load<u8>(source + pixel)
    else value = load<f32>(source + (pixel << 2))
    store<f32>(target + (pixel << 2), (value - load<f32>(dark + (pixel << 2))) * load<f32>(flat + (pixel << 2)))
  }
}

/** In place: where the mask is all ones the 16 bytes at `pattern` (one pixel, repeated) stand. `bytes` is a multiple of 4. */
export function applyMask(target: usize, mask: usize, bytes: i32, pattern: usize): void {
  const value = v128.load(pattern)
  const whole = <usize>bytes & ~15
  for (let at: usize = 0; at < whole; at += 16) {
    v128.store(target + at, v128.bitselect(value, v128.load(target + at), v128.load(mask + at)))
  }
  for (let at = whole; at < <usize>bytes; at++) {
    const m = load<u8>(mask + at)
    store<u8>(target + at, (load<u8>(pattern + (at & 15)) & m) | (load<u8>(target + at) & ~m))
  }
}
