import { IconPlus, IconX } from '@tabler/icons-react'
import { useEffect, useMemo, useState, type ReactElement } from 'react'
import type { DrawnFrame } from '../../image/image-messages.ts'
import { middleRoi } from '../../image/roi-edit.ts'
import type { ImageStore } from '../../image/use-image.ts'
import { useSampled } from '../../image/use-sampled.ts'
import type { RoiRecord } from '../../net/frame-codec.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import type { PlotFrame, PlotSource } from '../../plot/plot-frame.ts'
import { Plot } from '../../plot/plot.tsx'
import { formatCount, formatNumber } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { usePalette } from '../../theme/theme-context.ts'
import { RegionsExchange } from './regions-exchange.tsx'
import { RegionNumbers } from './region-numbers.tsx'
import { roiName } from './roi-numbers.ts'
import type { ChangeSettings, ViewSettings } from './view-settings.ts'

export interface RegionsPanelProps {
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  readonly store: ImageStore
}

/** Statistics of the regions and how their sums change. */
export function RegionsPanel({
  id,
  settings,
  onChange,
  store,
}: RegionsPanelProps & { readonly id: string }): ReactElement {
  const palette = usePalette()
  const chosen = settings.rois.find(({ id }) => id === settings.selected)
  return (
    <Panel
      title={t.detectors.regions}
      isFlush
      className="regions-panel"
      actions={
        <>
          <RegionsExchange
            id={id}
            rois={settings.rois}
            onRois={(rois) => onChange({ rois, selected: null })}
          />
          <Button
            kind="quiet"
            isIconOnly
            isCompact
            label={t.detectors.addRegion}
            icon={<IconPlus size={16} stroke={1.75} aria-hidden />}
            onPress={() => {
              const { frame } = store.getState()
              if (frame !== null) onChange(withMiddle(settings, frame))
            }}
          />
        </>
      }
    >
      {settings.rois.length === 0 ? (
        <p className="muted regions-none">{t.detectors.noRegions}</p>
      ) : (
        <table className="regions-table num">
          <thead>
            <tr>
              <th>{t.detectors.columns.region}</th>
              <th>{t.detectors.columns.sum}</th>
              <th>{t.detectors.columns.mean}</th>
              <th>{t.detectors.columns.max}</th>
              <th>{t.detectors.columns.centre}</th>
              <th aria-label={t.detectors.removeRegion} />
            </tr>
          </thead>
          <tbody>
            {settings.rois.map((roi, index) => (
              <tr key={roi.id} aria-selected={roi.id === settings.selected}>
                <td>
                  <button
                    type="button"
                    className="region-name"
                    onClick={() => onChange({ selected: roi.id })}
                  >
                    <i
                      className="region-mark"
                      style={{ background: palette.lines[index % palette.lines.length] }}
                    />
                    {roiName(roi)}
                  </button>
                </td>
                <RegionCells id={roi.id} store={store} />
                <td>
                  <Button
                    kind="quiet"
                    isIconOnly
                    isCompact
                    label={t.detectors.removeRegion}
                    icon={<IconX size={14} stroke={1.75} aria-hidden />}
                    onPress={() =>
                      onChange({ rois: settings.rois.filter(({ id }) => id !== roi.id), selected: null })
                    }
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {chosen === undefined ? null : (
        <>
          <RegionMore key={chosen.id} id={chosen.id} store={store} />
          <RegionNumbers
            roi={chosen}
            onRoi={(roi) =>
              onChange({
                rois: settings.rois.map((one) => (one.id === roi.id ? roi : one)),
                ...(roi.width === undefined ? {} : { lineWidth: roi.width }),
              })
            }
          />
        </>
      )}
    </Panel>
  )
}

/** One more region of the kind that the tool draws. */
function withMiddle(settings: ViewSettings, { source }: DrawnFrame): Partial<ViewSettings> {
  const { rois, region, tool, lineWidth } = settings
  const id = Math.max(0, ...rois.map((roi) => roi.id)) + 1
  const kind = tool === 'line' || tool === 'ellipse' || tool === 'polygon' ? tool : 'rect'
  const shown = region ?? { x: 0, y: 0, w: source.width, h: source.height }
  return { rois: [...rois, middleRoi({ id, kind, width: lineWidth }, shown)], selected: id }
}

interface RecordOf {
  /** Of the region. */
  readonly id: number
  readonly store: ImageStore
}

function useRecord({ id, store }: RecordOf): RoiRecord | undefined {
  return useSampled(store, (view) => view.frame?.rois.find((one) => one.id === id))
}

/** The numbers of one region: the only part of the table that changes with the image. */
function RegionCells({ id, store }: RecordOf): ReactElement {
  const record = useRecord({ id, store })
  return (
    <>
      <td>{formatNumber(record?.sum)}</td>
      <td>{formatNumber(record?.mean)}</td>
      <td>{formatNumber(record?.max)}</td>
      <td>
        {record === undefined || Number.isNaN(record.x)
          ? '–'
          : `${formatNumber(record.x, { precision: 0 })}, ${formatNumber(record.y, { precision: 0 })}`}
      </td>
    </>
  )
}

/** The statistics of the chosen region for which the table has no room. */
function RegionMore({ id, store }: RecordOf): ReactElement {
  const record = useRecord({ id, store })
  return (
    <p className="region-more num small muted">
      {t.detectors.regionMore({
        n: formatCount(record?.n),
        std: formatNumber(record?.std),
        min: formatNumber(record?.min),
      })}
    </p>
  )
}

const spanMs = 120_000
/** Ten a second are as many as a plot draws. */
const sampleEveryMs = 100

interface Trend {
  readonly times: number[]
  readonly sums: number[]
}

/** Sums of the regions over the last two minutes. */
export function RegionSums({ settings, store }: Omit<RegionsPanelProps, 'onChange'>): ReactElement | null {
  const [trends] = useState(() => new Map<number, Trend>())
  const [listeners] = useState(() => new Set<() => void>())
  useEffect(() => {
    let last = 0
    return store.subscribe(({ frame }) => {
      const now = Date.now()
      if (frame === null || now - last < sampleEveryMs) return
      last = now
      for (const { id, sum } of frame.rois) {
        const trend = trends.get(id) ?? { times: [], sums: [] }
        trends.set(id, trend)
        trend.times.push(now)
        trend.sums.push(sum)
        while ((trend.times[0] ?? now) < now - spanMs) {
          trend.times.shift()
          trend.sums.shift()
        }
      }
      for (const listener of listeners) listener()
    })
  }, [store, trends, listeners])
  const names = settings.rois.map(({ id, kind }) => `${id} ${kind}`).join()
  const source = useMemo(
    (): PlotSource => ({
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      read: (): PlotFrame => ({
        marks: [],
        xRange: null,
        lines: names
          .split(',')
          .filter((name) => name !== '')
          .map((name, index) => {
            const id = Number(name.split(' ')[0])
            const { times, sums } = trends.get(id) ?? { times: [], sums: [] }
            const now = Date.now()
            return {
              key: name,
              label: name.endsWith('line') ? t.detectors.line(id) : t.detectors.roi(id),
              x: Float64Array.from(times, (time) => (time - now) / 1_000),
              y: Float64Array.from(sums),
              colour: index,
              dash: [],
              hasPoints: false,
              isMain: index === 0,
            }
          }),
      }),
    }),
    [names, trends, listeners],
  )
  if (settings.rois.length === 0) return null
  return (
    <Panel title={t.detectors.sums} sub={t.detectors.sumsSub} isFlush className="sums-panel">
      <Plot source={source} xLabel="" yLabel={t.detectors.sumAxis} xTickTexts={agoTexts} />
    </Panel>
  )
}

function agoTexts(values: readonly number[]): string[] {
  return values.map((value) => (value === 0 ? t.detectors.now : t.detectors.seconds(String(-value))))
}
