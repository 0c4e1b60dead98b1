import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { t } from '../../text/text.ts'
import { NumberOutput } from './number-output.tsx'
import { kindOf, type OutputPlotProps } from './output-kind.ts'
import { PictureOutput } from './picture-output.tsx'
import { ChartView } from './plots/chart-view.tsx'
import { usePlan } from './plots/use-plan.ts'

/** An output as a number over time, a curve or a picture, as its data are and the layout says. */
export function OutputPlot(props: OutputPlotProps): ReactElement {
  const kind = useStore(props.store, ({ output }) => kindOf(output))
  switch (kind) {
    case 'none':
      return <div className="empty">{t.data.waiting}</div>
    case 'no-regions':
      return <div className="empty">{t.data.noRegions}</div>
    case 'number':
      return <NumberOutput {...props} />
    case 'curve':
      return <CurveOutput {...props} />
    case 'picture':
      return <PictureOutput {...props} />
  }
}

/** Curves with their errors; layers and spectra of regions over each other, each with its name. */
function CurveOutput(props: OutputPlotProps): ReactElement {
  const plan = usePlan(props)
  const title = useStore(props.store, ({ output }) => output?.title ?? '')
  return (
    <div className="output-plot">
      <ChartView plan={plan} scale={props.scale} label={title} />
    </div>
  )
}
