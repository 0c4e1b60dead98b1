import type { Reduction } from '../ui-types.ts'
import type { Pixels, SourceImage } from './pixels.ts'

/** A part of an image in whole source pixels. */
export interface Region {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

export interface Reduced {
  readonly region: Region
  readonly binX: number
  readonly binY: number
  readonly columns: number
  readonly rows: number
  /** Of the image's own type where nothing is summed or averaged. */
  readonly pixels: Pixels
}

/** The region that lies in the image, at least one pixel. */
export function clipRegion(
  wanted: Region | null,
  image: { readonly width: number; readonly height: number },
): Region {
  if (wanted === null) return { x: 0, y: 0, w: image.width, h: image.height }
  const x = Math.max(0, Math.min(image.width - 1, Math.floor(wanted.x)))
  const y = Math.max(0, Math.min(image.height - 1, Math.floor(wanted.y)))
  return {
    x,
    y,
    w: Math.max(1, Math.min(image.width - x, Math.ceil(wanted.w))),
    h: Math.max(1, Math.min(image.height - y, Math.ceil(wanted.h))),
  }
}

/** Bins a region by the largest whole number that leaves at least `out` pixels. */
export function reduceImage(
  image: SourceImage,
  how: {
    readonly region: Region
    readonly out: { readonly w: number; readonly h: number }
    readonly reduction: Reduction
  },
): Reduced {
  const { region, out, reduction } = how
  const bin = Math.max(1, Math.floor(Math.min(region.w / Math.max(1, out.w), region.h / Math.max(1, out.h))))
  const columns = Math.floor(region.w / bin)
  const rows = Math.floor(region.h / bin)
  const size = { region, binX: bin, binY: bin, columns, rows }
  if (bin === 1 || reduction === 'nearest') return { ...size, pixels: picked(image, size) }
  return { ...size, pixels: reduction === 'max' ? largest(image, size) : summed(image, size, reduction) }
}

type Size = Omit<Reduced, 'pixels'>

function empty(pixels: Pixels, length: number): Pixels {
  return new (pixels.constructor as new (length: number) => Pixels)(length)
}

function picked({ pixels, width }: SourceImage, { region, binX, columns, rows }: Size): Pixels {
  const found = empty(pixels, columns * rows)
  for (let row = 0; row < rows; row++) {
    const from = (region.y + row * binX) * width + region.x
    if (binX === 1) found.set(pixels.subarray(from, from + columns), row * columns)
    else
      for (let column = 0; column < columns; column++)
        found[row * columns + column] = pixels[from + column * binX] ?? 0
  }
  return found
}

/** Keeps single bright pixels. Counts of 16 bits have loops of their own, that are fast. Covered by bench/image-frame.ts. */
function largest(image: SourceImage, size: Size): Pixels {
  const { pixels } = image
  if (pixels instanceof Uint16Array)
    return (size.binX === 2 ? largestOfFour : largestWords)(pixels, image.width, size)
  return largestOfAny(pixels, image.width, size)
}

function largestOfAny(pixels: Pixels, width: number, { region, binX: bin, columns, rows }: Size): Pixels {
  const found = empty(pixels, columns * rows)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let at = (region.y + row * bin) * width + region.x + column * bin
      let most = pixels[at] ?? 0
      for (let down = 0; down < bin; down++, at += width)
        for (let right = 0; right < bin; right++) {
          const value = pixels[at + right] ?? 0
          // A masked pixel (not a number) does not hide its neighbours.
          if (value > most || Number.isNaN(most)) most = value
        }
      found[row * columns + column] = most
    }
  return found
}

/** What a detector of 4 Mpx needs on a page, in half the time of the loop for any bin. */
function largestOfFour(pixels: Uint16Array, width: number, { region, columns, rows }: Size): Uint16Array {
  const found = new Uint16Array(columns * rows)
  for (let row = 0, to = 0; row < rows; row++) {
    let at = (region.y + row * 2) * width + region.x
    for (const end = to + columns; to < end; to++, at += 2) {
      let most = pixels[at] ?? 0
      const right = pixels[at + 1] ?? 0
      const below = pixels[at + width] ?? 0
      const across = pixels[at + width + 1] ?? 0
      if (right > most) most = right
      if (below > most) most = below
      if (across > most) most = across
      found[to] = most
    }
  }
  return found
}

function largestWords(
  pixels: Uint16Array,
  width: number,
  { region, binX: bin, columns, rows }: Size,
): Uint16Array {
  const found = new Uint16Array(columns * rows)
  for (let row = 0; row < rows; row++)
    for (let down = 0; down < bin; down++) {
      let at = (region.y + row * bin + down) * width + region.x
      for (let to = row * columns, end = to + columns; to < end; to++) {
        let most = found[to] ?? 0
        for (const next = at + bin; at < next; at++) {
          const value = pixels[at] ?? 0
          if (value > most) most = value
        }
        found[to] = most
      }
    }
  return found
}

function summed(
  { pixels, width }: SourceImage,
  { region, binX: bin, columns, rows }: Size,
  reduction: 'mean' | 'sum',
): Float64Array {
  const found = new Float64Array(columns * rows)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let [sum, count] = [0, 0]
      let at = (region.y + row * bin) * width + region.x + column * bin
      for (let down = 0; down < bin; down++, at += width)
        for (let right = 0; right < bin; right++) {
          const value = pixels[at + right] ?? Number.NaN
          if (Number.isNaN(value)) continue
          sum += value
          count++
        }
      found[row * columns + column] = count === 0 ? Number.NaN : reduction === 'sum' ? sum : sum / count
    }
  return found
}
