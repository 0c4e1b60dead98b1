import { ink, seriesInk } from './colours.ts'
import { drawAxes, plotBox, startPicture, type Captions } from './frame.ts'
import { drawSegment, drawText, fillBox, textWidth, type Box, type Raster } from './raster.ts'
import { linearScale, type Scale } from './scale.ts'

export interface Line {
  /** Shown in the legend when there is more than one. */
  readonly name: string
  /** One longer than `y` = edges of bins, drawn as steps. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** Standard deviations. */
  readonly errors?: Float64Array
}

export interface LinePlot {
  readonly lines: readonly Line[]
  readonly xTitle: string
  readonly yTitle: string
  /** Of times instead of numbers. */
  readonly xScale?: (min: number, max: number) => Scale
}

const maxErrorBars = 500

export function linePicture(captions: Captions, plot: LinePlot): Raster {
  const raster = startPicture(captions)
  const box = plotBox
  const [xMin, xMax] = rangeOf(plot.lines.map(({ x }) => x))
  const [yMin, yMax] = rangeOf(plot.lines.map(topOf))
  const room = yMax > Math.min(0, yMin) ? (yMax - Math.min(0, yMin)) * 0.05 : 1
  const x = (plot.xScale ?? linearScale)(xMin, xMax)
  const y = yMin >= 0 ? linearScale(0, yMax + room) : linearScale(yMin - room, yMax + room)
  drawAxes(raster, { box, x, y, xTitle: plot.xTitle, yTitle: plot.yTitle, hasGrid: true })
  plot.lines.forEach((line, index) => drawLine(raster, { line, index, box, x, y }))
  if (plot.lines.length > 1) drawLegend(raster, plot.lines)
  if (plot.lines.every((line) => line.y.length === 0))
    drawText(raster, 'no data', {
      x: box.left + box.width / 2,
      y: box.top + box.height / 2 - 8,
      align: 'centre',
      colour: ink.faint,
    })
  return raster
}

interface Placed {
  readonly line: Line
  readonly index: number
  readonly box: Box
  readonly x: Scale
  readonly y: Scale
}

function drawLine(raster: Raster, { line, index, box, x, y }: Placed): void {
  const colour = seriesInk(index)
  const px = (value: number): number => box.left + x.fraction(value) * (box.width - 1)
  const py = (value: number): number =>
    box.top + (1 - Math.min(1, Math.max(0, y.fraction(value)))) * (box.height - 1)
  const isBinned = line.x.length === line.y.length + 1
  let last: readonly [number, number] | null = null
  line.y.forEach((value, at) => {
    if (!Number.isFinite(value)) {
      last = null
      return
    }
    const left = px(line.x[at] ?? 0)
    const right = isBinned ? px(line.x[at + 1] ?? 0) : left
    const level = py(value)
    if (last !== null)
      drawSegment(raster, { from: last, to: isBinned ? [left, level] : [right, level] }, colour)
    if (isBinned) drawSegment(raster, { from: [left, level], to: [right, level] }, colour)
    else if (line.y.length <= 100)
      fillBox(raster, { left: left - 1, top: level - 1, width: 3, height: 3 }, colour)
    last = [right, level]
    const error = line.errors?.[at] ?? 0
    if (error > 0 && line.y.length <= maxErrorBars) {
      const middle = (left + right) / 2
      drawSegment(raster, { from: [middle, py(value - error)], to: [middle, py(value + error)] }, colour)
    }
  })
}

function drawLegend(raster: Raster, lines: readonly Line[]): void {
  const shown = lines.slice(0, 12)
  const width = Math.max(...shown.map(({ name }) => textWidth(name))) + 34
  const left = plotBox.left + plotBox.width - width - 8
  fillBox(raster, { left, top: plotBox.top + 6, width, height: shown.length * 18 + 6 }, ink.paper)
  shown.forEach(({ name }, index) => {
    const top = plotBox.top + 10 + index * 18
    fillBox(raster, { left: left + 6, top: top + 7, width: 18, height: 3 }, seriesInk(index))
    drawText(raster, name, { x: left + 30, y: top, colour: ink.text })
  })
}

function topOf({ y, errors }: Line): Float64Array {
  return errors === undefined ? y : y.map((value, at) => value + (errors[at] ?? 0))
}

function rangeOf(all: readonly Float64Array[]): readonly [number, number] {
  let min = Infinity
  let max = -Infinity
  for (const values of all)
    for (const value of values)
      if (Number.isFinite(value)) {
        if (value < min) min = value
        if (value > max) max = value
      }
  return min <= max ? [min, max] : [0, 1]
}
