import type { Board } from '../../../plot/axes-drawing.ts'
import { partOf, type Scale } from '../../../plot/plot-area.ts'
import { plotFont } from '../../../plot/plot-pen.ts'
import { formatNumber } from '../../../text/format-number.ts'
import type { BarsChart } from './chart.ts'

const gapPx = 6
const textPx = 16
/** A bar is not wider than this, however few there are. */
const mostPx = { upright: 112, across: 48 } as const

/** One bar for each number with its name and value; gives these as texts. */
export function drawBars(board: Board, chart: BarsChart): readonly string[] {
  const { c, palette, width, height, ratio } = board
  c.setTransform(1, 0, 0, 1, 0, 0)
  c.clearRect(0, 0, Math.round(width * ratio), Math.round(height * ratio))
  c.setTransform(ratio, 0, 0, ratio, 0, 0)
  c.font = `12px ${plotFont}`
  c.textBaseline = 'middle'
  const scale = barScale(chart)
  const texts = chart.bars.map(({ label, value }) => `${label} ${formatNumber(value)} ${chart.unit}`.trim())
  const across = chart.isHorizontal ? height : width
  const each = Math.min(
    chart.isHorizontal ? mostPx.across : mostPx.upright,
    across / Math.max(1, chart.bars.length),
  )
  chart.bars.forEach(({ label, value }, i) => {
    c.fillStyle = palette.lines[0] ?? palette.busy
    const part = Math.min(1, Math.max(0, barPart(scale, value)))
    const zero = Math.min(1, Math.max(0, scale.isLog ? 0 : partOf(scale, 0)))
    const [from, to] = [Math.min(zero, part), Math.max(zero, part)]
    const number = formatNumber(value)
    if (chart.isHorizontal) {
      const top = i * each + textPx
      c.fillRect(from * width, top, Math.max(1, (to - from) * width), Math.max(2, each - textPx - gapPx))
      c.fillStyle = palette.text
      c.textAlign = 'left'
      c.fillText(label, 0, i * each + textPx / 2)
      c.textAlign = 'right'
      c.fillText(number, width, i * each + textPx / 2)
      return
    }
    const room = height - 2 * textPx
    c.fillRect(
      i * each + gapPx / 2,
      textPx + (1 - to) * room,
      Math.max(2, each - gapPx),
      Math.max(1, (to - from) * room),
    )
    c.fillStyle = palette.text
    c.textAlign = 'center'
    c.fillText(number, (i + 0.5) * each, Math.max(textPx / 2, textPx + (1 - to) * room - textPx / 2), each)
    c.fillStyle = palette.muted
    c.fillText(label, (i + 0.5) * each, height - textPx / 2, each)
  })
  return texts
}

/** From zero to the largest; logarithmic from a tenth of the smallest. */
export function barScale({ bars, isLog }: Pick<BarsChart, 'bars' | 'isLog'>): Scale {
  const values = bars
    .map(({ value }) => value)
    .filter((value) => Number.isFinite(value) && (!isLog || value > 0))
  const largest = Math.max(...values)
  const smallest = Math.min(...values)
  if (values.length === 0) return { lo: isLog ? 1 : 0, hi: isLog ? 10 : 1, isLog }
  if (isLog) return { lo: smallest / 10, hi: largest, isLog }
  return { lo: Math.min(0, smallest), hi: Math.max(0, largest) || 1, isLog }
}

function barPart(scale: Scale, value: number): number {
  const part = partOf(scale, value)
  return Number.isFinite(part) ? part : 0
}
