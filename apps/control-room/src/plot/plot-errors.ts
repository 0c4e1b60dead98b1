import { xOf, yOf } from './plot-area.ts'
import type { PlotLine } from './plot-frame.ts'
import { colourOf, type Pen } from './plot-pen.ts'

/** Pixels between points below which bars would touch. */
const barSpacing = 4

/** One standard deviation up and down: a bar at each point, or a band where points are dense. */
export function drawErrors(pen: Pen, line: PlotLine): void {
  const { area, c, palette, ratio } = pen
  const { errors } = line
  if (errors === undefined || errors === null || line.x.length === 0) return
  const ends = errorEnds(line, errors, area.y.isLog)
  const at = (value: number): number => yOf(area, value)
  const xs = Array.from(line.x, (x) => xOf(area, x))
  const isDense = area.width / line.x.length < barSpacing * ratio
  const isBand = line.errorStyle === 'band' || (line.errorStyle === undefined && isDense)
  c.strokeStyle = colourOf(line, palette)
  c.fillStyle = c.strokeStyle
  c.beginPath()
  if (isBand) {
    ends.forEach(([, high], index) => c.lineTo(xs[index] ?? 0, at(high)))
    for (let index = ends.length - 1; index >= 0; index--) c.lineTo(xs[index] ?? 0, at(ends[index]?.[0] ?? 0))
    c.globalAlpha = 0.25
    c.fill()
    c.globalAlpha = 1
    return
  }
  c.lineWidth = ratio
  ends.forEach(([low, high], index) => {
    c.moveTo(xs[index] ?? 0, at(low))
    c.lineTo(xs[index] ?? 0, at(high))
  })
  c.stroke()
}

/** Lower and upper end of each bar. On a logarithmic axis the lower end of what reaches zero is a tenth of its value. */
export function errorEnds(
  { y }: Pick<PlotLine, 'y'>,
  errors: Float64Array,
  isLog: boolean,
): readonly (readonly [number, number])[] {
  return Array.from(y, (value, index) => {
    const error = errors[index] ?? 0
    const usable = Number.isFinite(value + error) && (!isLog || value > 0)
    if (!usable) return [Number.NaN, Number.NaN]
    const low = value - error
    return [isLog && low <= 0 ? value / 10 : low, value + error]
  })
}
