import { ink } from './colours.ts'
import {
  drawText,
  fillBox,
  frameBox,
  letterHeight,
  letterWidth,
  newRaster,
  type Box,
  type Raster,
} from './raster.ts'
import type { Scale } from './scale.ts'

export const pictureWidth = 800
export const pictureHeight = 560

/** What stands around the plot. */
export interface Captions {
  readonly title: string
  /** A line under the title: where it is from, and of when. */
  readonly subtitle: string
}

export const plotBox: Box = { left: 96, top: 62, width: 672, height: 426 }

export function startPicture({ title, subtitle }: Captions): Raster {
  const raster = newRaster(pictureWidth, pictureHeight, ink.paper)
  const most = Math.floor((pictureWidth - 32) / letterWidth)
  const cut = (text: string): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
  drawText(raster, cut(title), { x: 16, y: 10, colour: ink.text, isBold: true })
  drawText(raster, cut(subtitle), { x: 16, y: 30, colour: ink.faint })
  return raster
}

export interface Axes {
  readonly box: Box
  readonly x: Scale
  readonly y: Scale
  readonly xTitle: string
  readonly yTitle: string
  readonly hasGrid: boolean
}

export function drawAxes(raster: Raster, axes: Axes): void {
  const { box, x, y } = axes
  const bottom = box.top + box.height
  for (const { value, text } of x.marks) {
    const at = Math.round(box.left + x.fraction(value) * (box.width - 1))
    if (axes.hasGrid) fillBox(raster, { left: at, top: box.top, width: 1, height: box.height }, ink.grid)
    fillBox(raster, { left: at, top: bottom, width: 1, height: 5 }, ink.frame)
    drawText(raster, text, { x: at, y: bottom + 7, align: 'centre', colour: ink.text })
  }
  for (const { value, text } of y.marks) {
    const at = Math.round(bottom - 1 - y.fraction(value) * (box.height - 1))
    if (axes.hasGrid) fillBox(raster, { left: box.left, top: at, width: box.width, height: 1 }, ink.grid)
    fillBox(raster, { left: box.left - 5, top: at, width: 5, height: 1 }, ink.frame)
    drawText(raster, text, { x: box.left - 8, y: at - letterHeight / 2, align: 'right', colour: ink.text })
  }
  frameBox(raster, box, ink.frame)
  const titleY = bottom + 7 + letterHeight + 6
  drawText(raster, axes.xTitle, { x: box.left + box.width / 2, y: titleY, align: 'centre', colour: ink.text })
  drawText(raster, axes.yTitle, { x: 4, y: box.top + box.height / 2, isVertical: true, colour: ink.text })
}

/** `time of arrival [ms]`; an index has no unit. */
export function axisTitle(name: string, unit: string | null): string {
  const words = name.replaceAll('_', ' ')
  return unit === null || unit === 'dimensionless' || unit === '' ? words : `${words} [${unit}]`
}
