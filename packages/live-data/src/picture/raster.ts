import { letterBits, letters } from './letters.generated.ts'

/** A picture of palette places, a byte a pixel. What lies outside is cut off. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export const letterWidth = 8
export const letterHeight = 16

const bits = Buffer.from(letterBits, 'base64')
const letterAt = new Map(Array.from(letters).map((letter, index) => [letter, index]))
/** Letters that the font lacks, by what is written for them. */
const replacements: Readonly<Record<string, string>> = { '\u03bc': 'µ', '\u212b': 'Å', '⁻': '^-', '−': '-' }

export function newRaster(width: number, height: number, colour: number): Raster {
  return { width, height, pixels: new Uint8Array(width * height).fill(colour) }
}

export function fillBox(raster: Raster, box: Box, colour: number): void {
  const left = Math.max(0, Math.round(box.left))
  const right = Math.min(raster.width, Math.round(box.left + box.width))
  const bottom = Math.min(raster.height, Math.round(box.top + box.height))
  if (right <= left) return
  for (let y = Math.max(0, Math.round(box.top)); y < bottom; y++)
    raster.pixels.fill(colour, y * raster.width + left, y * raster.width + right)
}

export function frameBox(raster: Raster, { left, top, width, height }: Box, colour: number): void {
  fillBox(raster, { left, top, width, height: 1 }, colour)
  fillBox(raster, { left, top: top + height - 1, width, height: 1 }, colour)
  fillBox(raster, { left, top, width: 1, height }, colour)
  fillBox(raster, { left: left + width - 1, top, width: 1, height }, colour)
}

export interface Segment {
  readonly from: readonly [x: number, y: number]
  readonly to: readonly [x: number, y: number]
}

/** A straight line, one pixel wide. */
export function drawSegment(raster: Raster, { from, to }: Segment, colour: number): void {
  const steps = Math.min(8_192, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1)))
  for (let step = 0; step <= steps; step++) {
    const x = Math.round(from[0] + ((to[0] - from[0]) * step) / steps)
    const y = Math.round(from[1] + ((to[1] - from[1]) * step) / steps)
    if (x >= 0 && x < raster.width && y >= 0 && y < raster.height)
      raster.pixels[y * raster.width + x] = colour
  }
}

export interface TextPlace {
  readonly x: number
  /** Top of the letters. */
  readonly y: number
  readonly align?: 'left' | 'centre' | 'right'
  readonly colour: number
  readonly isBold?: boolean
  /** Upwards, for the title of a vertical axis; `y` is then the middle. */
  readonly isVertical?: boolean
}

export function drawText(raster: Raster, text: string, place: TextPlace): void {
  const glyphs = Array.from(plainText(text)).map((letter) => letterAt.get(letter) ?? letterAt.get('?') ?? 0)
  const length = glyphs.length * letterWidth
  const shift = place.align === 'right' ? length : place.align === 'centre' ? length / 2 : 0
  const dot = (along: number, down: number): void => {
    const x = Math.round(place.isVertical === true ? place.x + down : place.x - shift + along)
    const y = Math.round(place.isVertical === true ? place.y + length / 2 - along : place.y + down)
    if (x >= 0 && x < raster.width && y >= 0 && y < raster.height)
      raster.pixels[y * raster.width + x] = place.colour
  }
  glyphs.forEach((glyph, index) => {
    for (let row = 0; row < letterHeight; row++) {
      const line = bits[glyph * letterHeight + row] ?? 0
      for (let column = 0; column < letterWidth; column++) {
        if ((line & (128 >> column)) === 0) continue
        dot(index * letterWidth + column, row)
        if (place.isBold === true) dot(index * letterWidth + column + 1, row)
      }
    }
  })
}

export function textWidth(text: string): number {
  return Array.from(plainText(text)).length * letterWidth
}

function plainText(text: string): string {
  return text.replaceAll(/[\u03bc\u212b⁻−]/g, (letter) => replacements[letter] ?? letter)
}
