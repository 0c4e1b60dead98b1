import { IconMaximize, IconMinimize } from '@tabler/icons-react'
import { useMemo, useState, type ReactElement, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { Button } from '../parts/button.tsx'
import { Segments } from '../parts/segments.tsx'
import { Plot } from '../plot/plot.tsx'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import { t } from '../text/text.ts'
import { lineSource, primaryChoice, type FitChoice, type Shaping } from './run-plots.ts'
import type { Overlay } from './use-overlay-run.ts'

export interface LinePanelProps {
  readonly run: LiveRunStore
  readonly signal: string
  readonly shaping: Shaping
  readonly isLog: boolean
  readonly onLog: (isLog: boolean) => void
  readonly fit?: FitChoice
  readonly overlay?: Overlay | null
  readonly colour?: number
  readonly hasMarks?: boolean
  readonly tools?: ReactNode
  readonly className?: string
  readonly onPick?: (x: number) => void
}

/** Name of the y axis with unit; a normalised or derived signal says so. */
export function yTitle(signal: string, unit: string | undefined, { norm, math }: Shaping): string {
  if (math !== undefined && math.startsWith('=')) return math.slice(1).trim()
  const base = norm === undefined ? signal : `${signal} / ${norm}`
  if (math === 'derivative') return `d(${base}) / dx`
  return unit === undefined || unit === '' || norm !== undefined ? base : `${base} (${unit})`
}

/** `th (deg)`; time is in seconds. */
export function axisTitle(name: string, unit: string | undefined): string {
  const shown = unit ?? (name === 'time' ? 's' : '')
  return shown === '' ? name : `${name} (${shown})`
}

/** `diode vs th`, `d(diode)/dth`. */
function plotTitle(signal: string, x: string, { norm, math }: Shaping): string {
  const base = norm === undefined ? signal : `${signal} / ${norm}`
  if (math === 'derivative') return t.runs.derivative(base, x)
  return t.live.versus(math?.startsWith('=') === true ? math.slice(1).trim() : base, x)
}

/** One signal against the axis of the scan, with its own linear or logarithmic scale. */
export function LinePanel(props: LinePanelProps): ReactElement {
  const {
    run,
    signal,
    shaping,
    isLog,
    onLog,
    fit = null,
    overlay = null,
    colour = 0,
    hasMarks = false,
  } = props
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const uid = useStore(run.store, (view) => view.snap?.uid)
  const [isFull, setFull] = useState(false)
  const { norm, math } = shaping
  const source = useMemo(
    () => lineSource(run, { signal, norm, math, fit, overlay, colour, hasMarks }),
    // eslint-disable-next-line -- a new run is a new source
    [run, uid, signal, norm, math, fit, overlay, colour, hasMarks],
  )
  const x = choice?.x ?? ''
  const title = plotTitle(signal, x, shaping)
  return (
    <section
      className={`panel line-panel ${props.className ?? ''}${isFull ? ' full-screen' : ''}`}
      aria-label={title}
    >
      <header className="panel-head">
        <h2 className="ellipsis">{title}</h2>
        <span className="grow" />
        <div className="plot-tools">
          <Segments
            label={t.live.scale}
            value={isLog ? 'log' : 'lin'}
            onChange={(value) => onLog(value === 'log')}
            options={[
              { value: 'lin', label: t.live.lin },
              { value: 'log', label: t.live.log },
            ]}
          />
          {props.tools}
          <FullScreenButton isFull={isFull} onToggle={() => setFull(!isFull)} />
        </div>
      </header>
      <div className="panel-body plot-body">
        <Plot
          source={source}
          isLog={isLog}
          xLabel={axisTitle(x, choice?.units[x])}
          yLabel={yTitle(signal, choice?.units[signal], shaping)}
          {...(props.onPick === undefined ? {} : { onPick: props.onPick })}
        />
      </div>
    </section>
  )
}

function FullScreenButton({ isFull, onToggle }: { isFull: boolean; onToggle: () => void }): ReactElement {
  const Icon = isFull ? IconMinimize : IconMaximize
  return (
    <Button
      kind="quiet"
      isCompact
      isIconOnly
      label={t.common.fullScreen}
      icon={<Icon size={16} stroke={1.75} aria-hidden />}
      onPress={onToggle}
    />
  )
}
