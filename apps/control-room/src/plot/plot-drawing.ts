import { isAscending, minMaxPerColumn } from './decimate.ts'
import { xOf, yOf } from './plot-area.ts'
import { drawErrors } from './plot-errors.ts'
import type { PlotFrame, PlotLine, PlotMark } from './plot-frame.ts'
import { colourOf, plotFont, type Pen, type Surface } from './plot-pen.ts'

/** Draws lines, marks and direct labels of a frame over axes that are drawn already. */
export function drawFrame(pen: Pen, frame: PlotFrame): void {
  const { left, top, width, height } = pen.area
  pen.c.save()
  pen.c.beginPath()
  pen.c.rect(left - 4 * pen.ratio, top - 4 * pen.ratio, width + 8 * pen.ratio, height + 8 * pen.ratio)
  pen.c.clip()
  for (const line of frame.lines.toReversed()) {
    drawErrors(pen, line)
    drawLine(pen, line)
  }
  for (const mark of frame.marks) drawMark(pen, mark)
  pen.c.restore()
  drawLabels(pen, frame)
}

/** Points on the canvas in drawing order; NaN marks a gap. */
function canvasPoints(
  { area, ratio }: Pick<Pen, 'area' | 'ratio'>,
  line: PlotLine,
): { px: number[]; py: number[] } {
  const columns = Math.max(1, Math.round(area.width / ratio))
  const isLong = !area.x.isLog && line.x.length > columns * 4 && isAscending(line.x)
  const xy = isLong ? minMaxPerColumn(line, [area.x.lo, area.x.hi], columns) : line
  const px: number[] = []
  const py: number[] = []
  for (let i = 0; i < xy.x.length; i += 1) {
    const y = xy.y[i] ?? Number.NaN
    px.push(xOf(area, xy.x[i] ?? Number.NaN))
    py.push(Number.isFinite(y) ? yOf(area, y) : Number.NaN)
  }
  return { px, py }
}

function drawLine(pen: Pen, line: PlotLine): void {
  const { c, palette, ratio } = pen
  const points = canvasPoints(pen, line)
  if (line.joint !== 'none') {
    c.strokeStyle = colourOf(line, palette)
    c.lineWidth = 1.6 * ratio
    c.lineJoin = 'round'
    c.setLineDash(line.dash.map((d) => d * ratio))
    c.beginPath()
    if (line.joint === 'steps') traceSteps(c, points)
    else traceLine(c, points)
    c.stroke()
    c.setLineDash([])
  }
  if (line.hasPoints && (line.joint === 'none' || points.px.length <= 400)) drawPoints(pen, line, points)
}

interface Points {
  readonly px: readonly number[]
  readonly py: readonly number[]
}

function traceLine(c: Surface, { px, py }: Points): void {
  let isPenDown = false
  px.forEach((x, i) => {
    const y = py[i] ?? Number.NaN
    if (Number.isNaN(y)) isPenDown = false
    else if (isPenDown) c.lineTo(x, y)
    else {
      c.moveTo(x, y)
      isPenDown = true
    }
  })
}

/** Each value as a level that reaches half way to its neighbours. */
function traceSteps(c: Surface, { px, py }: Points): void {
  let isPenDown = false
  px.forEach((x, i) => {
    const y = py[i] ?? Number.NaN
    if (Number.isNaN(y)) {
      isPenDown = false
      return
    }
    const before = px[i - 1] ?? 2 * x - (px[i + 1] ?? x)
    const after = px[i + 1] ?? 2 * x - before
    if (isPenDown) c.lineTo((before + x) / 2, y)
    else c.moveTo((before + x) / 2, y)
    c.lineTo((x + after) / 2, y)
    isPenDown = true
  })
}

function drawPoints({ c, palette, ratio }: Pen, line: PlotLine, at: Points): void {
  const radius = (at.px.length > 150 ? 2 : 3) * ratio
  c.fillStyle = colourOf(line, palette)
  c.beginPath()
  at.px.forEach((x, i) => {
    const y = at.py[i] ?? Number.NaN
    if (Number.isNaN(y)) return
    c.moveTo(x + radius, y)
    c.arc(x, y, radius, 0, 2 * Math.PI)
  })
  c.fill()
}

function drawMark({ area, c, palette, ratio }: Pen, mark: PlotMark): void {
  const { top, height } = area
  const x = Math.round(xOf(area, mark.x)) + 0.5
  if (!Number.isFinite(x)) return
  c.strokeStyle = mark.kind === 'now' ? (palette.lines[0] ?? palette.busy) : palette.text
  c.lineWidth = (mark.kind === 'dashed' ? 1 : 1.4) * ratio
  c.setLineDash(mark.kind === 'dashed' ? [4 * ratio, 3 * ratio] : [])
  c.beginPath()
  c.moveTo(x, top)
  c.lineTo(x, top + height)
  c.stroke()
  c.setLineDash([])
}

interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

function drawLabels(pen: Pen, frame: PlotFrame): void {
  const { area, c, palette, ratio } = pen
  if (frame.marks.every(({ label }) => label === '') && frame.lines.every(({ label }) => label === '')) return
  const placed: Box[] = []
  const points = frame.lines.map((line) => canvasPoints(pen, line))
  c.font = `500 ${12 * ratio}px ${plotFont}`
  c.textBaseline = 'middle'
  c.textAlign = 'left'
  for (const mark of frame.marks) {
    if (mark.label === '') continue
    const w = c.measureText(mark.label).width
    const x = xOf(area, mark.x) + 6 * ratio
    const fits = x + w < area.left + area.width
    const box = {
      x: fits ? x : x - w - 12 * ratio,
      y: area.top + (mark.kind === 'now' ? 26 : 2) * ratio,
      w,
      h: 16 * ratio,
    }
    writeLabel(pen, {
      text: mark.label,
      box,
      colour: mark.kind === 'now' ? (palette.lines[0] ?? palette.text) : palette.text,
    })
    placed.push(box)
  }
  frame.lines.forEach((line, index) => {
    const own = points[index]
    if (line.label === '' || own === undefined) return
    const w = c.measureText(line.label).width
    const box = bestPlace(pen, { own, all: points, placed, w })
    if (box === null) return
    writeLabel(pen, {
      text: line.label,
      box,
      colour: line.colour === 'previous' ? palette.muted : colourOf(line, palette),
    })
    placed.push(box)
  })
}

function writeLabel({ c, palette, ratio }: Pen, label: { text: string; box: Box; colour: string }): void {
  c.fillStyle = palette.panel
  c.globalAlpha = 0.75
  c.fillRect(label.box.x - 2 * ratio, label.box.y, label.box.w + 4 * ratio, label.box.h)
  c.globalAlpha = 1
  c.fillStyle = label.colour
  c.fillText(label.text, label.box.x, label.box.y + label.box.h / 2)
}

interface Placing {
  readonly own: { px: number[]; py: number[] }
  readonly all: readonly { px: number[]; py: number[] }[]
  readonly placed: readonly Box[]
  readonly w: number
}

/** The emptiest of some places beside the line; null for a line without points. */
function bestPlace({ area, ratio }: Pen, { own, all, placed, w }: Placing): Box | null {
  const h = 16 * ratio
  const { left, top, width, height } = area
  let best: { box: Box; cost: number } | null = null
  for (const fraction of [0.42, 0.36, 0.5, 0.6, 0.7, 0.8, 0.25, 0.9, 0.12]) {
    const i = Math.floor(fraction * (own.px.length - 1))
    const [x, y] = [own.px[i] ?? Number.NaN, own.py[i] ?? Number.NaN]
    if (!Number.isFinite(x + y)) continue
    for (const [dx, dy] of [
      [-w - 14 * ratio, -8 * ratio],
      [14 * ratio, -8 * ratio],
      [-w / 2, -26 * ratio],
      [-w / 2, 12 * ratio],
    ] as const) {
      const box = { x: x + dx, y: y + dy, w, h }
      const isInside = box.x > left && box.x + w < left + width && box.y > top && box.y + h < top + height
      if (!isInside) continue
      const cost = crowding(box, all) + 50 * placed.filter((other) => overlaps(box, other)).length
      if (best === null || cost < best.cost) best = { box, cost }
    }
  }
  return best?.box ?? null
}

function crowding(box: Box, all: readonly { px: number[]; py: number[] }[]): number {
  let count = 0
  for (const { px, py } of all)
    for (let i = 0; i < px.length; i += 1) {
      const [x, y] = [px[i] ?? Number.NaN, py[i] ?? Number.NaN]
      if (x > box.x - 4 && x < box.x + box.w + 4 && y > box.y - 4 && y < box.y + box.h + 4) count += 1
    }
  return count
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
