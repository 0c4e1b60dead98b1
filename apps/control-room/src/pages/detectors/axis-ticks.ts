import { toPicture, type PicturePlace } from '../../image/orientation.ts'
import { niceTicks } from '../../plot/ticks.ts'

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
  const xs = niceTicks(region.x, region.x + region.w, alongX / pixelsPerTick)
  const ys = niceTicks(region.y, region.y + region.h, alongY / pixelsPerTick)
  const ofX = xs.map((x) => toPicture(place, { x, y: region.y }))
  const ofY = ys.map((y) => toPicture(place, { x: region.x, y }))
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
