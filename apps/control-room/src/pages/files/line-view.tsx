import { useMemo, useState, type ReactElement } from 'react'
import { Stateful } from '../../parts/stateful.tsx'
import { staticSource } from '../../plot/plot-frame.ts'
import { Plot } from '../../plot/plot.tsx'
import { t } from '../../text/text.ts'
import type { DatasetViewProps } from './dataset-view.tsx'
import { Downloads } from './downloads.tsx'
import { lineSelection } from './h5-types.ts'
import { IndexField } from './index-field.tsx'
import { useNumbers } from './use-h5.ts'

/** Values along the last dimension, of the row that `outer` names. */
export function LineView({ file, path, entity, outer = [], axes = [] }: DatasetViewProps): ReactElement {
  const shape = entity.shape ?? []
  const length = shape.at(-1) ?? 0
  const [range, setRange] = useState<readonly [number, number]>([0, Infinity])
  const from = Math.min(range[0], Math.max(0, length - 1))
  const to = Math.max(from + 1, Math.min(range[1], length))
  const { selection, step } = lineSelection(outer, from, to)
  const found = useNumbers(file, { path, entity }, selection)
  const axis = axes.at(-1)
  const source = useMemo(() => {
    const y = found.data ?? new Float64Array(0)
    const x = Float64Array.from(y, (_, index) => {
      const place = from + index * step
      return axis?.values[place] ?? place
    })
    const line = { key: path, label: '', x, y, colour: 0, dash: [], hasPoints: y.length < 200, isMain: true }
    return staticSource({ marks: [], xRange: null, lines: [line] })
  }, [found.data, path, step, from, axis])
  const setEnd = (end: 0 | 1, text: string): void => {
    const value = Math.max(0, Math.floor(Number(text)))
    if (end === 0) setRange([value, range[1]])
    else setRange([range[0], text === '' ? Infinity : value])
  }
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      <div className="dataset-plot">
        <Plot source={source} xLabel={axis?.label ?? t.files.index} yLabel={entity.name} />
      </div>
      {step === 1 && range[0] === 0 && range[1] === Infinity ? null : (
        <div className="dataset-range">
          <span className="muted">{step > 1 ? t.files.thinned(step) : t.files.everyElement}</span>
          <IndexField label={t.files.from} value={from} max={length} onText={(text) => setEnd(0, text)} />
          <IndexField label={t.files.to} value={to} max={length} onText={(text) => setEnd(1, text)} />
        </div>
      )}
      <Downloads file={file} path={path} selection={[...outer.map(String), `${from}:${to}`].join(',')} />
    </Stateful>
  )
}
