import type { ScaleName } from '../ui-types.ts'

export const histogramBins = 256

/* Colour index: 0 masked, 1..253 = 1 + round(252 t), below lo -> 1, 254 above hi, 255 saturated.
 * t is the place of the value in [lo, hi] after scaling. Source: control-room contract 4.3. */

export interface Range {
  readonly scale: ScaleName
  readonly lo: number
  readonly hi: number
}

/** Place of a value in the range, 0 to 1 inside of it. */
export function placeIn({ scale, lo, hi }: Range): (value: number) => number {
  const width = hi - lo
  if (!(width > 0)) return (value) => (value > hi ? 2 : 0)
  switch (scale) {
    case 'linear':
      return (value) => (value - lo) / width
    case 'sqrt':
      return (value) => Math.sqrt(Math.max(0, value - lo) / width)
    case 'asinh': {
      // Linear around lo, logarithmic above a hundredth of the range.
      const soft = width / 100
      const top = Math.asinh(width / soft)
      return (value) => Math.asinh((value - lo) / soft) / top
    }
    case 'log': {
      // Counts begin at 0, so everything is moved by lo - 1.
      const top = Math.log1p(width)
      return (value) => (value <= lo ? 0 : Math.log1p(value - lo) / top)
    }
  }
}

/** Colour index of a value. */
export function indexIn(range: Range, saturation: number): (value: number) => number {
  const place = placeIn(range)
  return (value) => {
    if (Number.isNaN(value)) return 0
    if (value >= saturation) return 255
    if (value > range.hi) return 254
    return 1 + Math.round(252 * Math.min(1, Math.max(0, place(value))))
  }
}

/** The indices of whole values from 0 on: mapping a pixel is then one look. */
export function indexTable(range: Range, saturation: number, largest = 65_535): Uint8Array {
  const index = indexIn(range, saturation)
  const table = new Uint8Array(largest + 1)
  for (let value = 0; value <= largest; value++) table[value] = index(value)
  return table
}

/** The bins of whole values from 0 on; -1 for what lies outside of the range. */
export function binTable(range: Range, largest: number): Int16Array {
  const place = placeIn(range)
  const table = new Int16Array(largest + 1)
  for (let value = 0; value <= largest; value++) table[value] = binAt(place(value))
  return table
}

/** -1 outside of the range. */
export function binAt(place: number): number {
  const bin = Math.floor(place * histogramBins)
  return bin >= 0 && bin < histogramBins ? bin : -1
}
