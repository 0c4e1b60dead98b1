import { useMemo, useState, type ReactElement } from 'react'
import { Stateful } from '../../parts/stateful.tsx'
import { Heat2D, type HeatSource } from '../../plot/heat-2d.tsx'
import { t } from '../../text/text.ts'
import type { DatasetViewProps } from './dataset-view.tsx'
import { Downloads } from './downloads.tsx'
import { frameCount, imageSelection, outerIndex } from './h5-types.ts'
import type { Axis } from './nx-data.ts'
import { StackPlayer } from './stack-player.tsx'
import { useNumbers } from './use-h5.ts'

/** Pixels of a picture; a larger one is thinned out. */
const mostPixels = 1_048_576

/** A picture, or a stack of them that can be played. */
export function ImageView({ file, path, entity, axes = [] }: DatasetViewProps): ReactElement {
  const shape = entity.shape ?? []
  const frames = frameCount(shape)
  // At the last frame it stays there while the file grows.
  const [chosen, setFrame] = useState<number | 'last'>(0)
  const frame = chosen === 'last' ? frames - 1 : Math.min(chosen, frames - 1)
  const [isLog, setLog] = useState(false)
  const { selection, rows, columns, step } = imageSelection(shape, frame, mostPixels)
  const found = useNumbers(file, { path, entity }, selection)
  const [height = 1, width = 1] = shape.slice(-2)
  const yAxis = axes.at(-2)
  const xAxis = axes.at(-1)
  const source = useMemo((): HeatSource => {
    const values = found.data
    const grid =
      values?.length === rows * columns
        ? {
            columns,
            rows,
            values,
            x: rangeOf(xAxis, width),
            y: rangeOf(yAxis, height),
            current: null,
            isSnaking: false,
            filled: values.length,
          }
        : null
    return { read: () => grid, subscribe: () => () => undefined }
  }, [found.data, rows, columns, width, height, xAxis, yAxis])
  const whole = [...outerIndex(shape.slice(0, -2), frame).map(String), ':', ':'].join(',')
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      {frames < 2 ? null : (
        <StackPlayer
          {...{ file, path, entity, frame, frames }}
          isShown={!found.isPlaceholderData}
          selectionOf={(one) => imageSelection(shape, one, mostPixels).selection}
          onFrame={(next) => setFrame(next === frames - 1 ? 'last' : next)}
        />
      )}
      <div className="dataset-options">
        <label className="check-label">
          <input
            type="checkbox"
            className="check"
            checked={isLog}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />
          {t.files.log}
        </label>
        {step > 1 ? <span className="muted">{t.files.thinnedPixels(step)}</span> : null}
      </div>
      <div className="dataset-plot image" style={{ aspectRatio: `${width} / ${height}` }}>
        <Heat2D
          source={source}
          xLabel={xAxis?.label ?? 'x'}
          yLabel={yAxis?.label ?? 'y'}
          zLabel={entity.name}
          zUnit=""
          map="viridis"
          isLog={isLog}
        />
      </div>
      <Downloads file={file} path={path} selection={whole} isImage />
    </Stateful>
  )
}

function rangeOf(axis: Axis | undefined, length: number): readonly [number, number] {
  return [axis?.values[0] ?? 0, axis?.values.at(-1) ?? length - 1]
}
