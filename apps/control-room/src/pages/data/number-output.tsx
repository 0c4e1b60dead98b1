import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { Plot } from '../../plot/plot.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { formatClock } from '../../text/format-time.ts'
import { useUnit, type OutputPlotProps } from './output-kind.ts'
import { useTrend } from './use-trend.ts'

/** A number, large, and over the last hour. */
export function NumberOutput({ instrument, outputKey, store, scale }: OutputPlotProps): ReactElement {
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
        <Plot source={source} xLabel="" yLabel={unit} xTickTexts={clockTexts} follow={scale} />
      </div>
    </div>
  )
}

function clockTexts(values: readonly number[]): string[] {
  return values.map((value) => formatClock(value))
}
