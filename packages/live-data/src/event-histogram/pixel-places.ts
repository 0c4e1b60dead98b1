/**
 * Where pixels are on the screen: pixel id `firstId + k` is at `slow[floor(k / fast.length)] + fast[k % fast.length]`, nowhere
 * when that is negative. Regular layouts need two short tables that stay in the processor's first cache; a table of 4096 x 4096
 * pixels would have every event wait for memory. Measured by bench/drain.ts.
 */
export interface PixelPlaces {
  readonly firstId: number
  readonly slow: Int32Array
  readonly fast: Int32Array
}

/** A part of a place that makes it nowhere, whatever the other part is. */
export const nowhere = -(2 ** 30)

/** Any table: place of id `firstId + k` is `places[k]`, negative = nowhere. */
export function placeTable(firstId: number, places: Int32Array): PixelPlaces {
  return { firstId, slow: Int32Array.of(0), fast: places }
}

export function pixelCount({ slow, fast }: PixelPlaces): number {
  return slow.length * fast.length
}

/** Every pixel is its own place. */
function isPlain({ slow, fast }: PixelPlaces): boolean {
  return fast.every((place, at) => place === at) && slow.every((place, at) => place === at * fast.length)
}

/** Bytes of the description that the kernels read, before the tables. */
const headBytes = 32

/** Bytes that `writePlaces` takes. */
export function placesSize({ slow, fast }: PixelPlaces): number {
  return headBytes + slow.byteLength + fast.byteLength
}

/**
 * For the kernels: i32 firstId, u32 pixels, i32 shift (of a fast part whose length is a power of two, else -1), u32 length of
 * the fast part, f64 1 / that length, u32 address of slow, u32 address of fast (0 = every pixel is its own place).
 */
export function writePlaces(buffer: ArrayBuffer, at: number, places: PixelPlaces): void {
  const { firstId, slow, fast } = places
  const head = new DataView(buffer, at, headBytes)
  const shift = 31 - Math.clz32(fast.length)
  const isPower = 2 ** shift === fast.length
  head.setInt32(0, firstId, true)
  head.setUint32(4, pixelCount(places), true)
  // One part only: every pixel is in it.
  head.setInt32(8, slow.length === 1 ? 31 : isPower ? shift : -1, true)
  head.setUint32(12, fast.length, true)
  head.setFloat64(16, 1 / fast.length, true)
  const slowAt = at + headBytes
  const fastAt = slowAt + slow.byteLength
  head.setUint32(24, slowAt, true)
  head.setUint32(28, isPlain(places) ? 0 : fastAt, true)
  new Int32Array(buffer, slowAt, slow.length).set(slow)
  new Int32Array(buffer, fastAt, fast.length).set(fast)
}
