import { extent } from './decimate.ts'
import type { PlotFrame, PlotLine } from './plot-frame.ts'

export type Range = readonly [number, number]

/** Range of x that shows all main lines and what is planned; null without any. */
export function xRangeOf({ lines, xRange }: PlotFrame, isLog: boolean): Range | null {
  const extents = lines.filter((line) => line.isMain).map((line) => extent(line.x, isLog))
  const all = [...extents, xRange].filter((range): range is Range => range !== null && range !== undefined)
  const lo = Math.min(...all.map((range) => Math.min(range[0], range[1])))
  const hi = Math.max(...all.map((range) => Math.max(range[0], range[1])))
  if (!Number.isFinite(lo) || !Number.isFinite(hi) || (isLog && lo <= 0)) return null
  if (lo === hi) return isLog ? [lo / 2, hi * 2] : [lo - 0.5, hi + 0.5]
  return [lo, hi]
}

/** Range of y with some room above, and down to zero where zero is near. */
export function yRangeOf({ lines }: { readonly lines: readonly PlotLine[] }, isLog: boolean): Range {
  const extents = lines.map((line) => extent(line.y, isLog)).filter((range) => range !== null)
  const lo = Math.min(...extents.map((range) => range[0]))
  const hi = Math.max(...extents.map((range) => range[1]))
  if (!Number.isFinite(lo) || !Number.isFinite(hi)) return isLog ? [0.1, 10] : [0, 1]
  if (isLog) return lo === hi ? [lo / 2, hi * 2] : [lo / 1.3, hi * 1.5]
  const size = hi - lo || Math.abs(hi) || 1
  const bottom = lo >= 0 && lo < size * 0.35 ? Math.min(0, lo) : lo - size * 0.08
  return [bottom, hi + size * 0.12]
}
