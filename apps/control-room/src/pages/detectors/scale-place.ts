import type { ScaleName } from '@beamtime/http-gateway/ui-types'

export interface ValueRange {
  readonly scale: ScaleName
  readonly lo: number
  readonly hi: number
}

/** The value whose colour lies at a place of the colour bar, 0 to 1; the other way round than the server's mapping. */
export function valueAt({ scale, lo, hi }: ValueRange, place: number): number {
  const width = hi - lo
  if (!(width > 0)) return lo
  switch (scale) {
    case 'linear':
      return lo + width * place
    case 'sqrt':
      return lo + width * place ** 2
    case 'log':
      return lo + Math.expm1(place * Math.log1p(width))
    case 'asinh': {
      // Linear around lo, logarithmic above a hundredth of the range.
      const soft = width / 100
      return lo + soft * Math.sinh(place * Math.asinh(width / soft))
    }
  }
}

/** Place of a value on the colour bar, 0 to 1. */
export function placeOf({ scale, lo, hi }: ValueRange, value: number): number {
  const width = hi - lo
  if (!(width > 0)) return value > hi ? 1 : 0
  const above = Math.min(width, Math.max(0, value - lo))
  switch (scale) {
    case 'linear':
      return above / width
    case 'sqrt':
      return Math.sqrt(above / width)
    case 'log':
      return Math.log1p(above) / Math.log1p(width)
    case 'asinh':
      return Math.asinh((above * 100) / width) / Math.asinh(100)
  }
}
