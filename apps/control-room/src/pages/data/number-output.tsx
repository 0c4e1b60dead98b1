import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { LiveText } from '../../parts/live-text.tsx'
import { formatNumber } from '../../text/format-number.ts'
import { useUnit, type OutputPlotProps } from './output-kind.ts'
import { ChartView } from './plots/chart-view.tsx'
import { useHistories } from './plots/history.ts'
import { usePlan } from './plots/use-plan.ts'
import { useStage } from './plots/use-stage.ts'
import type { OutputState } from './use-output.ts'

/** A number, large, and over the last hour. */
export function NumberOutput(props: OutputPlotProps): ReactElement {
  const { instrument, store, stores, scale } = props
  const unit = useUnit(store)
  const plan = usePlan(props)
  const title = useStore(store, ({ output }) => output?.title ?? '')
  useHistories(useStage(), instrument, stores.map(({ key }) => key).join('\n'))
  return (
    <div className="number-output">
      <div className="figure big">
        <div className="figure-line">
          <LiveText store={store} select={lastText} />
          <span className="unit"> {unit}</span>
        </div>
      </div>
      <div className="output-plot">
        <ChartView plan={plan} scale={scale} label={title} />
      </div>
    </div>
  )
}

function lastText({ output }: OutputState): string {
  return formatNumber(output?.last)
}
