import type { Palette } from '../theme/tokens.ts'
import { xOf, yOf, type PlotArea, type Scale } from './plot-area.ts'
import { plotFont, type Pen, type Surface } from './plot-pen.ts'
import { logTicks, logTickTexts, niceTicks, tickTexts } from './ticks.ts'

/** A canvas as it lies on the page. */
export interface Board {
  readonly c: Surface
  readonly palette: Palette
  /** Size on the page, px. */
  readonly width: number
  readonly height: number
  /** Pixels of the canvas per pixel of the page. */
  readonly ratio: number
}

export interface AxesLook {
  readonly x: Scale
  readonly y: Scale
  readonly xLabel: string
  readonly yLabel: string
  /** Texts of the x axis, e.g. for times. */
  readonly xTexts?: (values: readonly number[]) => readonly string[]
}

interface Ticks {
  readonly values: readonly number[]
  readonly texts: readonly string[]
}

/** Draws grid, ticks and labels on an empty canvas; gives where the data go. */
export function drawAxes(board: Board, look: AxesLook): PlotArea {
  const { c, palette, width, height, ratio } = board
  c.setTransform(1, 0, 0, 1, 0, 0)
  c.clearRect(0, 0, Math.round(width * ratio), Math.round(height * ratio))
  c.font = `${12 * ratio}px ${plotFont}`
  const top = look.yLabel === '' ? 8 : 24
  const bottom = look.xLabel === '' ? 26 : 44
  const inner = Math.max(1, height - top - bottom)
  const y = ticksOf(look.y, inner / 34)
  const left = Math.ceil(Math.max(24, ...y.texts.map((text) => c.measureText(text).width / ratio))) + 10
  const across = Math.max(1, width - left - 16)
  const x = ticksOf(look.x, across / 84, look.xTexts)
  const area: PlotArea = {
    left: left * ratio,
    top: top * ratio,
    width: across * ratio,
    height: inner * ratio,
    x: look.x,
    y: look.y,
  }
  const pen = { area, c, palette, ratio }
  drawGrid(pen, x, y)
  drawTickTexts(pen, x, y)
  drawAxisLabels(pen, look)
  return area
}

function ticksOf(
  scale: Scale,
  count: number,
  write?: (values: readonly number[]) => readonly string[],
): Ticks {
  const make = scale.isLog ? logTicks : niceTicks
  const values = make(scale.lo, scale.hi, Math.max(3, count))
  const texts = write?.(values) ?? (scale.isLog ? logTickTexts(values) : tickTexts(values))
  return { values, texts }
}

function drawGrid({ area, c, palette, ratio }: Pen, x: Ticks, y: Ticks): void {
  c.strokeStyle = palette.plotGrid
  c.lineWidth = ratio
  c.setLineDash([])
  c.beginPath()
  for (const value of x.values) {
    const at = Math.round(xOf(area, value)) + 0.5
    c.moveTo(at, area.top)
    c.lineTo(at, area.top + area.height)
  }
  for (const value of y.values) {
    const at = Math.round(yOf(area, value)) + 0.5
    c.moveTo(area.left, at)
    c.lineTo(area.left + area.width, at)
  }
  c.stroke()
}

function drawTickTexts({ area, c, palette, ratio }: Pen, x: Ticks, y: Ticks): void {
  c.fillStyle = palette.muted
  c.textBaseline = 'middle'
  c.textAlign = 'center'
  const under = area.top + area.height + 14 * ratio
  let free = Number.NEGATIVE_INFINITY
  x.values.forEach((value, i) => {
    const text = x.texts[i] ?? ''
    const half = c.measureText(text).width / 2
    const at = Math.min(xOf(area, value), area.left + area.width + 16 * ratio - half)
    if (at - half < free) return
    c.fillText(text, at, under)
    free = at + half + 6 * ratio
  })
  c.textAlign = 'right'
  y.values.forEach((value, i) => c.fillText(y.texts[i] ?? '', area.left - 6 * ratio, yOf(area, value)))
}

function drawAxisLabels({ area, c, palette, ratio }: Pen, { xLabel, yLabel }: AxesLook): void {
  c.fillStyle = palette.muted
  c.textBaseline = 'middle'
  c.textAlign = 'left'
  c.fillText(yLabel, 0, 8 * ratio)
  c.textAlign = 'center'
  c.fillText(xLabel, area.left + area.width / 2, area.top + area.height + 34 * ratio)
}
