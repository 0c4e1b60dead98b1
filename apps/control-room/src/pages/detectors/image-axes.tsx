import type { ReactElement } from 'react'
import type { PicturePlace } from '../../image/orientation.ts'
import { tickTexts } from '../../plot/ticks.ts'
import { t } from '../../text/text.ts'
import { axisTicks } from './axis-ticks.ts'

/** Source pixels along the left and the lower edge of the picture, whichever way it is turned. */
export function ImageAxes({ place }: { readonly place: PicturePlace }): ReactElement {
  const { isTransposed } = place.orientation
  const { across, down } = axisTicks(place)
  const names = isTransposed ? { across: 'y', down: 'x' } : { across: '', down: '' }
  return (
    <div className="image-axes num" aria-hidden>
      {tickTexts(across.values).map((text, at) => (
        <span key={text} className="across" style={{ left: across.places[at] }}>
          {at === across.values.length - 1 ? t.detectors.axisUnit(`${names.across} ${text}`.trim()) : text}
        </span>
      ))}
      {tickTexts(down.values).map((text, at) => (
        <span key={text} className="down" style={{ top: down.places[at] }}>
          {at === down.values.length - 1 ? `${names.down} ${text}`.trim() : text}
        </span>
      ))}
    </div>
  )
}
