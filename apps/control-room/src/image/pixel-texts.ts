import type { PixelValues } from './image-details.ts'
import { pictureScale, toPicture, type PicturePlace } from './orientation.ts'

/* Values that are written into their pixels. */

/** CSS pixels a source pixel above which values are written. */
export const valuesAbove = 8
const largestFont = 14
/** Below this thousands are written as `2k`; what is smaller still cannot be read, so that nothing is written. */
const smallestFont = 8
const smallestShortFont = 6
/** Width of a digit in a font of size 1. */
const digitWidth = 0.6
const fill = 0.86

export interface PixelText {
  readonly text: string
  readonly x: number
  readonly y: number
}

export interface PixelTexts {
  /** In CSS pixels. */
  readonly font: number
  readonly texts: readonly PixelText[]
}

const nothing: PixelTexts = { font: 0, texts: [] }

/** Whole numbers as they are up to six digits, anything else with three significant ones. */
export function pixelText(value: number): string {
  if (Number.isNaN(value)) return ''
  const size = Math.abs(value)
  const text =
    Number.isInteger(value) && size < 1e6
      ? String(value)
      : size >= 1e4 || size < 1e-2
        ? value.toExponential(1).replace('e+', 'e')
        : value.toPrecision(3)
  return text.replace('-', '−')
}

/** At most three digits or two and a letter. */
export function shortPixelText(value: number): string {
  const size = Math.abs(value)
  if (!(size >= 999.5)) return pixelText(size < 100 ? value : Math.round(value))
  const text =
    size < 999_500
      ? `${Math.round(value / 1_000)}k`
      : size < 999.5e6
        ? `${Math.round(value / 1e6)}M`
        : value.toExponential(0).replace('e+', 'e')
  return text.replace('-', '−')
}

/** The texts of all pixels in one size, in which the longest of them fits; none where that cannot be read. */
export function pixelTexts({ region, values }: PixelValues, place: PicturePlace): PixelTexts {
  const scale = pictureScale(place)
  if (scale <= valuesAbove) return nothing
  const { written, font } = fitting(values, scale)
  if (font === 0) return nothing
  const texts = written.flatMap((text, at): PixelText[] => {
    if (text === '') return []
    const { x, y } = toPicture(place, {
      x: region.x + (at % region.w) + 0.5,
      y: region.y + Math.floor(at / region.w) + 0.5,
    })
    const isSeen = x > -scale && y > -scale && x < place.box.width + scale && y < place.box.height + scale
    return isSeen ? [{ text, x, y }] : []
  })
  return { font, texts }
}

function fitting(
  values: Float64Array,
  scale: number,
): { readonly written: readonly string[]; readonly font: number } {
  for (const [textOf, smallest] of [
    [pixelText, smallestFont],
    [shortPixelText, smallestShortFont],
  ] as const) {
    const written = Array.from(values, textOf)
    const longest = written.reduce((most, { length }) => Math.max(most, length), 1)
    const font = Math.min(largestFont, scale * fill, (scale * fill) / (longest * digitWidth))
    if (font >= smallest) return { written, font }
  }
  return { written: [], font: 0 }
}
