/** One direction of a plot: the values at its two ends. */
export interface Scale {
  readonly lo: number
  readonly hi: number
  readonly isLog: boolean
}

/** Where on a canvas values are drawn, in pixels of the canvas; y grows upwards. */
export interface PlotArea {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly x: Scale
  readonly y: Scale
}

/** Place of a value between the ends of a scale, 0..1 within them; NaN for what a logarithm does not have. */
export function partOf({ lo, hi, isLog }: Scale, value: number): number {
  if (!isLog) return (value - lo) / (hi - lo || 1)
  return value > 0 ? Math.log(value / lo) / Math.log(hi / lo || Math.E) : Number.NaN
}

export function valueAt({ lo, hi, isLog }: Scale, part: number): number {
  return isLog ? lo * (hi / lo) ** part : lo + part * (hi - lo)
}

export function xOf(area: PlotArea, value: number): number {
  return area.left + partOf(area.x, value) * area.width
}

export function yOf(area: PlotArea, value: number): number {
  return area.top + (1 - partOf(area.y, value)) * area.height
}
