import type { ReactElement } from 'react'
import type { ShownRegion } from '../../image/image-place.ts'
import { niceTicks, tickTexts } from '../../plot/ticks.ts'
import { t } from '../../text/text.ts'

const pixelsPerTick = 90

/** Source pixels along the left and the lower edge of the picture. */
export function ImageAxes({
  region,
  box,
}: {
  readonly region: ShownRegion
  readonly box: { readonly width: number; readonly height: number }
}): ReactElement {
  const across = niceTicks(region.x, region.x + region.w, box.width / pixelsPerTick)
  const down = niceTicks(region.y, region.y + region.h, box.height / pixelsPerTick)
  return (
    <div className="image-axes num" aria-hidden>
      {tickTexts(across).map((text, at) => (
        <span
          key={text}
          className="across"
          style={{ left: `${(((across[at] ?? 0) - region.x) / region.w) * 100}%` }}
        >
          {at === across.length - 1 ? t.detectors.axisUnit(text) : text}
        </span>
      ))}
      {tickTexts(down).map((text, at) => (
        <span
          key={text}
          className="down"
          style={{ top: `${(((down[at] ?? 0) - region.y) / region.h) * 100}%` }}
        >
          {text}
        </span>
      ))}
    </div>
  )
}
