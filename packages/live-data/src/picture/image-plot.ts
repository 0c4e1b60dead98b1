import { ink, mapSteps } from './colours.ts'
import { axisTitle, drawAxes, plotBox, startPicture, type Captions } from './frame.ts'
import { drawText, fillBox, frameBox, letterHeight, type Box, type Raster } from './raster.ts'
import { linearScale, logScale, type Scale } from './scale.ts'

/** An axis of an image: its name, unit, and the values at both ends. */
export interface ImageAxis {
  readonly name: string
  readonly unit: string | null
  readonly length: number
  readonly from: number
  readonly to: number
}

export interface ImagePlot {
  /** Rows of `x.length` values, the first row at the bottom. */
  readonly values: Float64Array
  readonly x: ImageAxis
  readonly y: ImageAxis
  readonly valueTitle: string
}

const barRoom = 104

/** An image with a colour bar; logarithmic colours where the values span more than two decades. */
export function imagePicture(captions: Captions, plot: ImagePlot): Raster {
  const raster = startPicture(captions)
  const { x, y } = plot
  const box = fitBox({ ...plotBox, width: plotBox.width - barRoom }, plot)
  const [smallest, largest] = positiveRange(plot.values)
  const colours = largest > smallest * 100 ? logScale(smallest, largest) : linearScale(0, largest)
  drawPixels(raster, plot, { box, colours })
  drawAxes(raster, {
    box,
    x: linearScale(x.from, x.to),
    y: linearScale(y.from, y.to),
    xTitle: axisTitle(x.name, x.unit),
    yTitle: axisTitle(y.name, y.unit),
    hasGrid: false,
  })
  drawColourBar(raster, { ...box, left: box.left + box.width + 20, width: 16 }, colours)
  drawText(raster, plot.valueTitle, {
    x: box.left + box.width + barRoom - 8,
    y: box.top + box.height / 2,
    isVertical: true,
    colour: ink.text,
  })
  return raster
}

/** Pixels of one kind on both axes are shown square. */
function fitBox(box: Box, { x, y }: ImagePlot): Box {
  if (x.unit !== y.unit) return box
  const ratio = Math.abs((x.to - x.from) / (y.to - y.from))
  if (ratio > 4 || ratio < 0.25) return box
  const width = Math.min(box.width, Math.round(box.height * ratio))
  const height = Math.min(box.height, Math.round(width / ratio))
  return { left: box.left, top: box.top + Math.round((box.height - height) / 2), width, height }
}

function drawPixels(
  raster: Raster,
  plot: ImagePlot,
  { box, colours }: { readonly box: Box; readonly colours: Scale },
): void {
  const { x, y, values } = plot
  for (let row = 0; row < box.height; row++) {
    const [firstY, endY] = cover(box.height - 1 - row, { of: box.height, over: y.length })
    for (let column = 0; column < box.width; column++) {
      const [firstX, endX] = cover(column, { of: box.width, over: x.length })
      let sum = 0
      for (let at = firstY; at < endY; at++)
        for (let along = firstX; along < endX; along++) sum += values[at * x.length + along] ?? 0
      const value = sum / ((endY - firstY) * (endX - firstX))
      raster.pixels[(box.top + row) * raster.width + box.left + column] = colourOf(value, colours)
    }
  }
}

/** Values that a pixel of the picture stands for: [first, end). */
function cover(
  pixel: number,
  { of, over }: { readonly of: number; readonly over: number },
): readonly [number, number] {
  const first = Math.floor((pixel * over) / of)
  return [first, Math.max(first + 1, Math.floor(((pixel + 1) * over) / of))]
}

/** Nothing is white where colours are logarithmic. */
function colourOf(value: number, colours: Scale): number {
  if (!Number.isFinite(value) || (colours.isLog && value <= 0)) return ink.paper
  const step = Math.round(colours.fraction(value) * (mapSteps - 1))
  return Math.min(mapSteps - 1, Math.max(0, step))
}

function drawColourBar(raster: Raster, box: Box, colours: Scale): void {
  for (let row = 0; row < box.height; row++) {
    const step = Math.round((1 - row / Math.max(1, box.height - 1)) * (mapSteps - 1))
    fillBox(raster, { ...box, top: box.top + row, height: 1 }, step)
  }
  frameBox(raster, box, ink.frame)
  for (const { value, text } of colours.marks) {
    const y = Math.round(box.top + (1 - colours.fraction(value)) * (box.height - 1))
    fillBox(raster, { left: box.left + box.width, top: y, width: 4, height: 1 }, ink.frame)
    drawText(raster, text, { x: box.left + box.width + 7, y: y - letterHeight / 2, colour: ink.text })
  }
}

function positiveRange(values: Float64Array): readonly [number, number] {
  let smallest = Infinity
  let largest = 0
  for (const value of values)
    if (value > 0 && Number.isFinite(value)) {
      if (value < smallest) smallest = value
      if (value > largest) largest = value
    }
  return largest > 0 ? [smallest, largest] : [1, 1]
}
