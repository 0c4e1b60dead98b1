import type { ReactElement } from 'react'
import type { ImageStore } from '../../image/use-image.ts'
import { useSampled } from '../../image/use-sampled.ts'
import { colourAt } from '../../plot/colour-maps.ts'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { valueAt } from './scale-place.ts'
import type { ViewSettings } from './view-settings.ts'

const steps = 24
/** Places of the numbers beside the bar, from below. */
const places = [0, 0.2, 0.4, 0.6, 0.8, 1]

/** Which colour stands for which value, in the scale that is chosen; and the colours that are no value. */
export function ColourBar({
  store,
  settings,
}: {
  readonly store: ImageStore
  readonly settings: ViewSettings
}): ReactElement {
  const lo = useSampled(store, (view) => view.frame?.lo) ?? settings.lo
  const hi = useSampled(store, (view) => view.frame?.hi) ?? settings.hi
  const stops = Array.from({ length: steps }, (_, step) =>
    colourAt(settings.map, Math.round((step * 255) / (steps - 1))),
  )
  const range = { scale: settings.scale, lo, hi }
  return (
    <div className="colour-bar" aria-hidden>
      <i className="colour-mark saturated" title={t.detectors.saturated} />
      <div className="colour-scale">
        <i style={{ background: `linear-gradient(to top, ${stops.join(', ')})` }} />
        {places.map((place) => (
          <span key={place} className="num" style={{ bottom: `${place * 100}%` }}>
            {formatNumber(valueAt(range, place), { precision: hi - lo < 20 ? 1 : 0 })}
          </span>
        ))}
      </div>
      <i className="colour-mark masked" title={t.detectors.masked} />
    </div>
  )
}
