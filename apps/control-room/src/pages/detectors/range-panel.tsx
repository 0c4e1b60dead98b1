import { useEffect, useRef, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { ImageStore } from '../../image/use-image.ts'
import { Panel } from '../../parts/panel.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { colourMapNames } from '../../plot/colour-maps.ts'
import { formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { usePalette } from '../../theme/theme-context.ts'
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
  const lo = useStore(store, (view) => view.frame?.lo ?? settings.lo)
  const hi = useStore(store, (view) => view.frame?.hi ?? settings.hi)
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
      <Histogram store={store} />
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

/** Drawn outside React: it changes with every image. */
function Histogram({ store }: { readonly store: ImageStore }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)
  const palette = usePalette()
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element === null || !context) return undefined
    const draw = (): void => {
      const counts = store.getState().frame?.histogram
      const width = element.clientWidth
      const height = element.clientHeight
      if (element.width !== width) element.width = width
      if (element.height !== height) element.height = height
      context.clearRect(0, 0, width, height)
      if (counts === undefined || counts.length === 0) return
      const top = Math.log1p(Math.max(...counts)) || 1
      context.fillStyle = palette.muted
      for (const [bin, count] of counts.entries()) {
        const tall = (Math.log1p(count) / top) * (height - 2)
        context.fillRect((bin * width) / counts.length, height - tall, Math.ceil(width / counts.length), tall)
      }
    }
    draw()
    return store.subscribe(draw)
  }, [store, palette])
  return <canvas ref={canvas} className="range-histogram" role="img" aria-label={t.detectors.histogram} />
}
