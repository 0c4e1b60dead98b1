import type { ReactElement } from 'react'
import { t } from '../../../text/text.ts'
import type { OutputPlotProps } from '../output-kind.ts'
import { useOutput } from '../use-output.ts'
import { ChartView } from './chart-view.tsx'
import { useHistories } from './history.ts'
import { usePlan } from './use-plan.ts'
import { useStage } from './use-stage.ts'

/** A number over what others read at its times. */
export function CorrelationOutput(props: OutputPlotProps): ReactElement {
  const { instrument, outputKey } = props
  const plan = usePlan(props)
  const keys = [outputKey, ...plan.axes.map(({ key }) => key)]
  useHistories(useStage(), instrument, keys.join('\n'))
  if (plan.axes.length === 0) return <div className="empty">{t.plots.noAxes}</div>
  return (
    <div className="output-plot">
      {plan.axes.map(({ key }) => (
        <AxisFeed key={key} instrument={instrument} outputKey={key} />
      ))}
      <ChartView plan={plan} scale={props.scale} label={plan.axes.map(({ label }) => label).join(', ')} />
    </div>
  )
}

/** Follows an output that is an axis; shows nothing itself. */
function AxisFeed({ instrument, outputKey }: Pick<OutputPlotProps, 'instrument' | 'outputKey'>): null {
  useOutput(instrument, outputKey, { isFrozen: false, maxRate: 5 })
  return null
}
