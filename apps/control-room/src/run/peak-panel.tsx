import { useMemo, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { Button } from '../parts/button.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Figure } from '../parts/figure.tsx'
import { Panel } from '../parts/panel.tsx'
import { Segments } from '../parts/segments.tsx'
import { derivative } from '../plot/derived-column.ts'
import { curveStatistics } from '../plot/peak-statistics.ts'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import { formatNumber, formatUncertain } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import {
  curveOf,
  peakOf,
  primaryChoice,
  type Curve,
  type FitChoice,
  type PeakResult,
  type Shaping,
} from './run-plots.ts'
import { useRunTable } from './use-run-version.ts'

type PeakTab = 'max' | 'fit' | 'edge'

export interface PeakPanelProps {
  readonly run: LiveRunStore
  readonly signal: string
  readonly shaping: Shaping
  readonly fit: FitChoice
  /** Offers to move the motor to the result; absent where moving makes no sense. */
  readonly onMove?: (motor: string, value: number) => void
}

/** Place, width and height of the peak, by the fit, by the highest point or by the edge. */
export function PeakPanel({ run, signal, shaping, fit, onMove }: PeakPanelProps): ReactElement {
  const [chosen, setTab] = useState<PeakTab | null>(null)
  const choice = useStore(run.store, (view) => primaryChoice(view.snap?.choices))
  const { version } = useRunTable(run, choice?.stream)
  const { norm, math } = shaping
  const curve = useMemo(
    () => curveOf(run, signal, { norm, math }),
    // eslint-disable-next-line -- columns grow in place; the version says when
    [run, signal, norm, math, version],
  )
  const result = useMemo(() => peakOf(curve, fit ?? 'auto'), [curve, fit])
  const tab = chosen ?? fittingTab(result, curve)
  const figures = result === null || curve === null ? null : figuresOf(tab, result, curve)
  const x = choice?.x ?? ''
  const units = { x: choice?.units[x], y: norm === undefined ? choice?.units[signal] : undefined }
  return (
    <Panel
      className="peak-panel"
      title={t.live.peak}
      sub={signal}
      actions={
        <Segments
          label={t.live.peak}
          value={tab}
          onChange={setTab}
          options={[
            { value: 'max', label: t.live.peakTabs.max },
            { value: 'fit', label: t.live.peakTabs.fit },
            { value: 'edge', label: t.live.peakTabs.edge },
          ]}
        />
      }
    >
      {figures === null ? (
        <div className="muted peak-none">{t.live.noPeak}</div>
      ) : (
        <PeakFigures tab={tab} figures={figures} x={x} units={units} onMove={onMove} />
      )}
    </Panel>
  )
}

interface PeakFiguresProps {
  readonly tab: PeakTab
  readonly figures: Figures
  readonly x: string
  readonly units: { readonly x: string | undefined; readonly y: string | undefined }
  readonly onMove: PeakPanelProps['onMove']
}

function PeakFigures({ tab, figures, x, units, onMove }: PeakFiguresProps): ReactElement {
  return (
    <>
      <div className="figure-label">{headings[tab](x)}</div>
      <div className="figure big peak-main">
        {figures.main.value}
        <span className="uncertainty">{figures.main.uncertainty}</span>
        {units.x === undefined ? null : <span className="unit">{`\u00a0${units.x}`}</span>}
      </div>
      <div className="figure-grid">
        {figures.rest.map(({ label, value, axis }) => (
          <Figure key={label} label={label} unit={units[axis]}>
            {formatNumber(value)}
          </Figure>
        ))}
      </div>
      <div className="peak-actions">
        {onMove === undefined || x === 'time' || figures.at === null ? null : (
          <Button
            className="grow"
            label={t.live.move(x, `${figures.main.value}${units.x === undefined ? '' : ` ${units.x}`}`)}
            onPress={() => onMove(x, figures.at ?? 0)}
          />
        )}
        <CopyButton
          label={t.live.copyResult}
          text={() =>
            [
              `${headings[tab](x)}: ${figures.at ?? ''}`,
              ...figures.rest.map(({ label, value }) => `${label}: ${value ?? ''}`),
            ].join('\n')
          }
        />
      </div>
    </>
  )
}

/** Until someone chooses: the fit where there is a peak, the edge where the curve steps, else the highest point. */
function fittingTab(result: PeakResult | null, curve: Curve | null): PeakTab {
  if (result === null || curve === null || result.fit !== null) return 'fit'
  const { min, max } = result.statistics
  const step = Math.abs((curve.y.at(-1) ?? 0) - (curve.y[0] ?? 0))
  return min !== null && max !== null && step > 0.5 * (max[1] - min[1]) ? 'edge' : 'max'
}

const headings: Readonly<Record<PeakTab, (x: string) => string>> = {
  max: t.live.maximum,
  fit: t.live.centre,
  edge: t.live.edge,
}

interface Figures {
  readonly at: number | null
  readonly main: { readonly value: string; readonly uncertainty: string }
  readonly rest: readonly {
    readonly label: string
    readonly value: number | null | undefined
    readonly axis: 'x' | 'y'
  }[]
}

function figuresOf(tab: PeakTab, result: PeakResult, curve: Curve): Figures {
  switch (tab) {
    case 'fit':
      return fitFigures(result)
    case 'max':
      return maxFigures(result)
    case 'edge':
      return edgeFigures(curve)
  }
}

/** Without a fit (too few points) the middle of the half-height crossings stands in. */
function fitFigures({ fit, statistics }: PeakResult): Figures {
  if (fit === null || fit.height <= 0) {
    return {
      at: statistics.cen,
      main: { value: formatNumber(statistics.cen), uncertainty: '' },
      rest: [
        { label: t.live.fwhm, value: statistics.fwhm, axis: 'x' },
        { label: t.live.height, value: statistics.max?.[1], axis: 'y' },
        { label: t.live.minimum, value: statistics.min?.[1], axis: 'y' },
        { label: t.live.com, value: statistics.com, axis: 'x' },
      ],
    }
  }
  return {
    at: fit.centre,
    main: formatUncertain(fit.centre, fit.sigma.centre),
    rest: [
      { label: t.live.fwhm, value: fit.fwhm, axis: 'x' },
      { label: t.live.height, value: fit.height, axis: 'y' },
      { label: t.live.background, value: fit.background, axis: 'y' },
      { label: t.live.com, value: statistics.com, axis: 'x' },
    ],
  }
}

function maxFigures({ statistics }: PeakResult): Figures {
  return {
    at: statistics.max?.[0] ?? null,
    main: { value: formatNumber(statistics.max?.[0]), uncertainty: '' },
    rest: [
      { label: t.live.height, value: statistics.max?.[1], axis: 'y' },
      { label: t.live.minimum, value: statistics.min?.[1], axis: 'y' },
      { label: t.live.fwhm, value: statistics.fwhm, axis: 'x' },
      { label: t.live.com, value: statistics.com, axis: 'x' },
    ],
  }
}

/** An edge is where the slope is steepest; its statistics are those of the derivative. */
function edgeFigures(curve: Curve): Figures {
  const slope = derivative(curve.x, curve.y).map(Math.abs)
  const found = curveStatistics(curve.x, slope)
  const level = curveStatistics(curve.x, curve.y)
  return {
    at: found.max?.[0] ?? null,
    main: { value: formatNumber(found.max?.[0]), uncertainty: '' },
    rest: [
      { label: t.live.width, value: found.fwhm, axis: 'x' },
      {
        label: t.live.step,
        value: level.max === null || level.min === null ? null : level.max[1] - level.min[1],
        axis: 'y',
      },
      { label: t.live.com, value: found.com, axis: 'x' },
    ],
  }
}
