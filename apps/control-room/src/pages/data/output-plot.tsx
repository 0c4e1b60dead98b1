import { useMemo, type ReactElement } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import type { HeatGrid } from '../../plot/heat-grid.ts'
import { Heat2D } from '../../plot/heat-2d.tsx'
import { emptyFrame, type PlotFrame, type PlotSource } from '../../plot/plot-frame.ts'
import { Plot } from '../../plot/plot.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { formatClock } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { centresOf, type OutputState, type ShownOutput } from './use-output.ts'
import { useTrend } from './use-trend.ts'

export interface OutputPlotProps {
  readonly instrument: string
  readonly outputKey: string
  readonly store: StoreApi<OutputState>
  readonly isLog: boolean
}

/** An output as a number over time, a curve or a picture, as its data are. */
export function OutputPlot(props: OutputPlotProps): ReactElement {
  const { store } = props
  const ndim = useStore(store, (view) => view.output?.shape.length ?? -1)
  const isSeries = useStore(store, ({ output }) => output?.axes[0] === 'time')
  if (ndim < 0) return <div className="empty">{t.data.waiting}</div>
  if (ndim === 0 || isSeries) return <NumberOutput {...props} />
  return ndim === 1 ? <CurveOutput {...props} /> : <PictureOutput {...props} />
}

function axisLabel(output: ShownOutput | null, axis: string): string {
  const unit = output?.coords.get(axis)?.unit ?? ''
  const name = axis.replaceAll('_', ' ')
  return unit === '' || unit === 'dimensionless' ? name : `${name} (${unit})`
}

function useAxis(store: StoreApi<OutputState>, index: number): string {
  return useStore(store, ({ output }) => axisLabel(output, output?.axes.at(index) ?? ''))
}

function useUnit(store: StoreApi<OutputState>): string {
  return useStore(store, ({ output }) => output?.unit ?? '')
}

function NumberOutput({ instrument, outputKey, store }: OutputPlotProps): ReactElement {
  const value = useStore(store, ({ output }) => output?.values.at(-1))
  const unit = useUnit(store)
  const source = useTrend(instrument, outputKey, store)
  return (
    <div className="number-output">
      <div className="figure big">
        {formatNumber(value)}
        <span className="unit"> {unit}</span>
      </div>
      <div className="output-plot">
        <Plot source={source} xLabel="" yLabel={unit} xTickTexts={clockTexts} />
      </div>
    </div>
  )
}

function clockTexts(values: readonly number[]): string[] {
  return values.map((value) => formatClock(value))
}

function CurveOutput({ store, isLog }: OutputPlotProps): ReactElement {
  const xLabel = useAxis(store, 0)
  const unit = useUnit(store)
  const source = useMemo(
    (): PlotSource => ({
      subscribe: (listener) => store.subscribe(listener),
      read: () => curveFrame(store.getState().output),
    }),
    [store],
  )
  return (
    <div className="output-plot">
      <Plot source={source} xLabel={xLabel} yLabel={unit} isLog={isLog} />
    </div>
  )
}

function curveFrame(output: ShownOutput | null): PlotFrame {
  if (output === null || output.shape.length !== 1) return emptyFrame
  const [axis = ''] = output.axes
  const coord = output.coords.get(axis)?.values ?? Float64Array.from(output.values, (_, index) => index)
  const x = centresOf(coord, output.values.length)
  return {
    marks: [],
    xRange: null,
    lines: [
      {
        key: 'signal',
        label: '',
        x,
        y: output.values,
        colour: 0,
        dash: [],
        hasPoints: x.length < 60,
        isMain: true,
      },
    ],
  }
}

function PictureOutput({ store, isLog }: OutputPlotProps): ReactElement {
  const xLabel = useAxis(store, -1)
  const yLabel = useAxis(store, -2)
  const unit = useUnit(store)
  const source = useMemo(
    () => ({
      subscribe: (listener: () => void) => store.subscribe(listener),
      read: () => pictureGrid(store.getState().output),
    }),
    [store],
  )
  return (
    <div className="output-plot">
      <Heat2D
        source={source}
        xLabel={xLabel}
        yLabel={yLabel}
        zLabel={unit}
        zUnit={unit}
        map="viridis"
        isLog={isLog}
      />
    </div>
  )
}

/** Of more than two dimensions the first picture is shown. */
function pictureGrid(output: ShownOutput | null): HeatGrid | null {
  if (output === null || output.shape.length < 2) return null
  const [rows = 0, columns = 0] = output.shape.slice(-2)
  const span = (axis: string, length: number): readonly [number, number] => {
    const coord = output.coords.get(axis)?.values
    if (coord === undefined || coord.length === 0) return [0, length - 1]
    const centres = centresOf(coord, length)
    return [centres[0] ?? 0, centres.at(-1) ?? length - 1]
  }
  return {
    rows,
    columns,
    values: output.values.subarray(0, rows * columns),
    x: span(output.axes.at(-1) ?? '', columns),
    y: span(output.axes.at(-2) ?? '', rows),
    current: null,
    isSnaking: false,
    filled: rows * columns,
  }
}
