import type { ChangedPart, MaskEdit } from './mask-edit.ts'
import type { ShownRegion } from './image-place.ts'
import type { Size } from './orientation.ts'

/** ABGR: a light blue that no colour map of images has, half transparent. */
const maskColour = 0xb0_e9_b4_56

/** Which canvas a part of a mask is drawn into: `scale` source pixels a canvas pixel, 1 where the picture is larger than its source. */
export interface MaskGrid {
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
  readonly scaleX: number
  readonly scaleY: number
}

/** The pixels that a region touches, on not more canvas pixels than there is room for. */
export function maskGrid({ x, y, w, h }: ShownRegion, source: Size, room: Size): MaskGrid {
  const [left, top] = [Math.max(0, Math.floor(x)), Math.max(0, Math.floor(y))]
  const right = Math.min(source.width, Math.ceil(x + w))
  const bottom = Math.min(source.height, Math.ceil(y + h))
  const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)]
  const columns = Math.max(1, Math.min(width, Math.round(room.width)))
  const rows = Math.max(1, Math.min(height, Math.round(room.height)))
  return { left, top, columns, rows, scaleX: width / columns, scaleY: height / rows }
}

/** Canvas pixels that show a part of the mask. */
export function dirtyCells(grid: MaskGrid, part: ChangedPart): ChangedPart {
  const first = (at: number, from: number, scale: number): number => Math.floor((at - from) / scale) - 1
  const x = Math.max(0, first(part.x, grid.left, grid.scaleX))
  const y = Math.max(0, first(part.y, grid.top, grid.scaleY))
  const right = Math.min(grid.columns, Math.ceil((part.x + part.w - grid.left) / grid.scaleX) + 1)
  const bottom = Math.min(grid.rows, Math.ceil((part.y + part.h - grid.top) / grid.scaleY) + 1)
  return { x, y, w: Math.max(0, right - x), h: Math.max(0, bottom - y) }
}

/** Colours of the cells of a part: a cell with a single masked pixel is masked, so that none is overlooked. */
export function maskWords({ bytes, size }: MaskEdit, grid: MaskGrid, part: ChangedPart): Uint32Array {
  const words = new Uint32Array(part.w * part.h)
  const { left, top, scaleX, scaleY } = grid
  for (let row = 0; row < part.h; row++) {
    const y0 = top + Math.floor((part.y + row) * scaleY)
    const y1 = Math.max(y0 + 1, Math.min(size.height, top + Math.floor((part.y + row + 1) * scaleY)))
    for (let column = 0; column < part.w; column++) {
      const x0 = left + Math.floor((part.x + column) * scaleX)
      const x1 = Math.max(x0 + 1, Math.min(size.width, left + Math.floor((part.x + column + 1) * scaleX)))
      if (isMasked({ bytes, width: size.width, x0, x1, y0, y1 })) words[row * part.w + column] = maskColour
    }
  }
  return words
}

function isMasked(cell: {
  readonly bytes: Uint8Array
  readonly width: number
  readonly x0: number
  readonly x1: number
  readonly y0: number
  readonly y1: number
}): boolean {
  const { bytes, width, x0, x1, y0, y1 } = cell
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) if (bytes[y * width + x] !== 0) return true
  return false
}
