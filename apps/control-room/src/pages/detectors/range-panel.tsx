import { useState, type ReactElement } from 'react'
import type { ImageStore } from '../../image/use-image.ts'
import { useSampled } from '../../image/use-sampled.ts'
import { Panel } from '../../parts/panel.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { colourMapNames } from '../../plot/colour-maps.ts'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { Histogram } from './histogram.tsx'
import { ValueThreshold } from './value-threshold.tsx'
import type { ChangeSettings, ViewSettings } from './view-settings.ts'

const autos = ['p0.1-99.9', 'p1-99', 'minmax', 'off'] as const
const scales = ['linear', 'log', 'sqrt', 'asinh'] as const

export interface RangePanelProps {
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  readonly store: ImageStore
}

/** Which values get which colours. */
export function RangePanel({ settings, onChange, store }: RangePanelProps): ReactElement {
  const lo = useSampled(store, (view) => view.frame?.lo) ?? settings.lo
  const hi = useSampled(store, (view) => view.frame?.hi) ?? settings.hi
  return (
    <Panel
      title={t.detectors.range}
      className="range-panel"
      actions={
        <>
          <select
            className="select"
            aria-label={t.detectors.scale}
            value={settings.scale}
            onChange={(event) =>
              onChange({ scale: scales.find((one) => one === event.currentTarget.value) ?? 'linear' })
            }
          >
            {scales.map((scale) => (
              <option key={scale} value={scale}>
                {t.detectors.scales[scale]}
              </option>
            ))}
          </select>
          <select
            className="select"
            aria-label={t.detectors.map}
            value={settings.map}
            onChange={(event) =>
              onChange({ map: colourMapNames.find((one) => one === event.currentTarget.value) ?? 'inferno' })
            }
          >
            {colourMapNames.map((map) => (
              <option key={map} value={map}>
                {map}
              </option>
            ))}
          </select>
          <select
            className="select"
            aria-label={t.detectors.autoLabel}
            value={settings.auto}
            onChange={(event) =>
              onChange({ auto: autos.find((one) => one === event.currentTarget.value) ?? 'off', lo, hi })
            }
          >
            {autos.map((auto) => (
              <option key={auto} value={auto}>
                {t.detectors.auto[auto]}
              </option>
            ))}
          </select>
        </>
      }
    >
      <Histogram
        store={store}
        onLimits={(limits) => onChange({ auto: 'off', ...limits })}
        settings={settings}
      />
      <div className="range-limits">
        <Limit
          name="lo"
          value={lo}
          settings={settings}
          onLimit={(value) => onChange({ auto: 'off', lo: value, hi })}
        />
        <span className="small muted">{t.detectors.histogram}</span>
        <Limit
          name="hi"
          value={hi}
          settings={settings}
          onLimit={(value) => onChange({ auto: 'off', lo, hi: value })}
        />
      </div>
      <ValueThreshold settings={settings} onChange={onChange} />
    </Panel>
  )
}

interface LimitProps {
  readonly name: 'lo' | 'hi'
  /** Of the image that is shown. */
  readonly value: number
  readonly settings: ViewSettings
  readonly onLimit: (value: number) => void
}

/** Shows the limit that holds; typing one makes the range one by hand. */
function Limit({ name, value, settings, onLimit }: LimitProps): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const shown = settings.auto === 'off' ? settings[name] : value
  const commit = (): void => {
    const number = Number((typed ?? '').replaceAll(/\s/g, '').replace('−', '-'))
    if (typed !== null && typed.trim() !== '' && Number.isFinite(number)) onLimit(number)
    setTyped(null)
  }
  return (
    <TextField
      label={t.detectors[name]}
      isNumber
      value={typed ?? formatNumber(shown)}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        if (event.key === 'Escape') setTyped(null)
      }}
    />
  )
}
