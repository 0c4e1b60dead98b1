import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { formatNumber } from '../../../text/format-number.ts'
import { t } from '../../../text/text.ts'
import type { OutputPlotProps } from '../output-kind.ts'
import { ChartView } from './chart-view.tsx'
import { sliceText, type SliceInfo } from './slices.ts'
import { usePlan } from './use-plan.ts'

/** One slice of three dimensions with a slider over the third. */
export function SlicerOutput(props: OutputPlotProps): ReactElement {
  const [chosen, setChosen] = useState<Readonly<Record<string, number>>>({})
  // As text: it changes with the slice, not with each result.
  const [shown, setShown] = useState('null')
  const plan = usePlan({ ...props, slice: chosen })
  const title = useStore(props.store, ({ output }) => output?.title ?? '')
  const slice = JSON.parse(shown) as SliceInfo | null
  return (
    <>
      <div className="output-plot">
        <ChartView
          plan={plan}
          scale={props.scale}
          label={title}
          onReport={(report) => setShown(JSON.stringify(report.slice))}
        />
      </div>
      {slice === null ? null : (
        <label className="slice-line">
          <span className="num ellipsis">{sliceText(slice, formatNumber(slice.value))}</span>
          <input
            type="range"
            min={0}
            max={slice.count - 1}
            value={chosen[slice.dimension] ?? slice.index}
            aria-label={t.plots.slice(slice.dimension, formatNumber(slice.value))}
            onChange={(event) =>
              setChosen({ ...chosen, [slice.dimension]: Number(event.currentTarget.value) })
            }
          />
          <span className="num small muted nowrap">
            {slice.index + 1} / {slice.count}
          </span>
        </label>
      )}
    </>
  )
}
