import { toPicture, type PicturePlace } from '../../image/orientation.ts'

const pixelsPerTick = 90

export interface EdgeTicks {
  /** Source pixels. */
  readonly values: readonly number[]
  /** Where they lie along the edge, in CSS pixels. */
  readonly places: readonly number[]
}

/** Round numbers of source pixels along the lower and the left edge: of y and x where the picture is transposed. */
export function axisTicks(place: PicturePlace): { readonly across: EdgeTicks; readonly down: EdgeTicks } {
  const { region, box, orientation } = place
  const [alongX, alongY] = orientation.isTransposed ? [box.height, box.width] : [box.width, box.height]
  const xs = pixelTicks(region.x, region.w, alongX / pixelsPerTick)
  const ys = pixelTicks(region.y, region.h, alongY / pixelsPerTick)
  // In the middle of the pixel that is named.
  const ofX = xs.map((x) => toPicture(place, { x: x + 0.5, y: region.y }))
  const ofY = ys.map((y) => toPicture(place, { x: region.x, y: y + 0.5 }))
  return orientation.isTransposed
    ? {
        across: { values: ys, places: ofY.map(({ x }) => x) },
        down: { values: xs, places: ofX.map(({ y }) => y) },
      }
    : {
        across: { values: xs, places: ofX.map(({ x }) => x) },
        down: { values: ys, places: ofY.map(({ y }) => y) },
      }
}

/** Whole pixels from `first` on, about `count` of them, steps of 1, 2 or 5 times a power of ten. */
export function pixelTicks(first: number, length: number, count: number): readonly number[] {
  const rough = Math.max(1, length / Math.max(1, count))
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power
  const [from, to] = [Math.ceil(first / step), Math.ceil((first + length) / step)]
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => (from + at) * step)
}
