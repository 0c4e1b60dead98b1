import { useMemo, type ReactElement } from 'react'
import { emptyFrame, type PlotFrame, type PlotLine, type PlotSource } from '../../plot/plot-frame.ts'
import { Plot } from '../../plot/plot.tsx'
import type { Layer } from './layer-feed.tsx'
import { useAxis, useUnit, type OutputPlotProps } from './output-kind.ts'
import { regionLetter } from './regions.ts'
import { centresOf, type ShownOutput } from './use-output.ts'

/** Curves with their errors; layers and spectra of regions over each other, each with its name. */
export function CurveOutput({ store, stores, isLog, scale }: OutputPlotProps): ReactElement {
  const xLabel = useAxis(store, -1)
  const unit = useUnit(store)
  const source = useMemo(
    (): PlotSource => ({
      subscribe(listener) {
        const ends = stores.map((layer) => layer.store.subscribe(listener))
        return () => {
          for (const end of ends) end()
        }
      },
      read: () => curvesFrame(stores),
    }),
    [stores],
  )
  return (
    <div className="output-plot">
      <Plot source={source} xLabel={xLabel} yLabel={unit} isLog={isLog} follow={scale} />
    </div>
  )
}

const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [10, 4], []]

export function curvesFrame(layers: readonly Pick<Layer, 'source' | 'store'>[]): PlotFrame {
  const lines = layers.flatMap(({ source, store }) => {
    const { output } = store.getState()
    return output === null ? [] : linesOf(output, layers.length > 1 ? source : '')
  })
  if (lines.length === 0) return emptyFrame
  return {
    marks: [],
    xRange: null,
    lines: lines.map((line, index) => ({
      ...line,
      key: String(index),
      colour: index,
      dash: dashes[index % dashes.length] ?? [],
    })),
  }
}

function linesOf(output: ShownOutput, label: string): readonly PlotLine[] {
  const axis = output.axes.at(-1) ?? ''
  const length = output.shape.at(-1) ?? 0
  const coord = output.coords.get(axis)?.values ?? Float64Array.from({ length }, (_, index) => index)
  const x = centresOf(coord, length)
  const base = { key: '', colour: 0, dash: [], hasPoints: length < 60, isMain: true }
  if (output.shape.length === 1) return [{ ...base, label, x, y: output.values, errors: output.errors }]
  const indices = output.coords.get('roi')?.values
  return Array.from({ length: output.shape[0] ?? 0 }, (_, row) => ({
    ...base,
    label: regionLetter(indices?.[row] ?? row),
    x,
    y: output.values.subarray(row * length, (row + 1) * length),
  }))
}
