import type { RgbPicture } from './jpeg.ts'

/* Letters of 5 x 7 points, one number a row, bit 4 is the left point. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [28, 18, 17, 17, 17, 18, 28],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  G: [14, 17, 16, 23, 17, 17, 15],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  J: [7, 2, 2, 2, 2, 18, 12],
  K: [17, 18, 20, 24, 20, 18, 17],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 17, 25, 21, 19, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  Q: [14, 17, 17, 17, 21, 18, 13],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  V: [17, 17, 17, 17, 17, 10, 4],
  W: [17, 17, 17, 21, 21, 21, 10],
  X: [17, 17, 10, 4, 10, 17, 17],
  Y: [17, 17, 17, 10, 4, 4, 4],
  Z: [31, 1, 2, 4, 8, 16, 31],
  '.': [0, 0, 0, 0, 0, 12, 12],
  ':': [0, 12, 12, 0, 12, 12, 0],
  '-': [0, 0, 0, 31, 0, 0, 0],
  _: [0, 0, 0, 0, 0, 0, 31],
  '/': [0, 1, 2, 4, 8, 16, 0],
  '%': [24, 25, 2, 4, 8, 19, 3],
  ',': [0, 0, 0, 0, 12, 4, 8],
  '=': [0, 0, 31, 0, 31, 0, 0],
}

/** Writes capital letters, digits and a few signs in white over the picture. */
export function drawText(
  picture: RgbPicture,
  text: string,
  at: { readonly x: number; readonly y: number; readonly scale: number },
): void {
  const { scale } = at
  for (let index = 0; index < text.length; index += 1) {
    const glyph = glyphs[text.charAt(index).toUpperCase()] ?? []
    for (const [row, bits] of glyph.entries()) {
      for (let column = 0; column < 5; column += 1) {
        if (((bits >> (4 - column)) & 1) === 0) continue
        fill(picture, { x: at.x + (index * 6 + column) * scale, y: at.y + row * scale, scale })
      }
    }
  }
}

function fill({ width, height, rgb }: RgbPicture, at: { x: number; y: number; scale: number }): void {
  for (let y = at.y; y < Math.min(height, at.y + at.scale); y += 1) {
    for (let x = at.x; x < Math.min(width, at.x + at.scale); x += 1)
      rgb.fill(255, (y * width + x) * 3, (y * width + x) * 3 + 3)
  }
}

/** Draws the outline of a rectangle in green. */
export function drawFrame(
  { width, height, rgb }: RgbPicture,
  box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
): void {
  const point = (x: number, y: number): void => {
    if (x < 0 || y < 0 || x >= width || y >= height) return
    const at = (Math.floor(y) * width + Math.floor(x)) * 3
    rgb[at] = 0
    rgb[at + 1] = 220
    rgb[at + 2] = 90
  }
  for (let x = box.left; x <= box.right; x += 1) {
    point(x, box.top)
    point(x, box.bottom)
  }
  for (let y = box.top; y <= box.bottom; y += 1) {
    point(box.left, y)
    point(box.right, y)
  }
}
