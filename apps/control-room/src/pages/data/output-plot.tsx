import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { t } from '../../text/text.ts'
import { NumberOutput } from './number-output.tsx'
import { kindOf, type OutputPlotProps } from './output-kind.ts'
import { PictureOutput } from './picture-output.tsx'
import { ChartView } from './plots/chart-view.tsx'
import { CorrelationOutput } from './plots/correlation-output.tsx'
import { plotTypeFor } from './plots/plot-types.ts'
import { ScalarTable } from './plots/scalar-table.tsx'
import { SlicerOutput } from './plots/slicer-output.tsx'
import { usePlan } from './plots/use-plan.ts'

/** An output as its layout says, or as its data are: a number over time, a curve, a picture. */
export function OutputPlot(props: OutputPlotProps): ReactElement {
  const kind = useStore(props.store, ({ output }) => kindOf(output))
  const type = useStore(props.store, ({ output }) =>
    plotTypeFor(props.layer?.plot_name ?? '', output?.shape ?? [], output?.axes ?? []),
  )
  if (kind === 'none') return <div className="empty">{t.data.waiting}</div>
  if (kind === 'no-regions') return <div className="empty">{t.data.noRegions}</div>
  switch (type) {
    case 'timeseries':
      return <NumberOutput {...props} />
    case 'table':
      return <ScalarTable {...props} />
    case 'correlation_histogram_1d':
    case 'correlation_histogram_2d':
      return <CorrelationOutput {...props} />
    case 'slicer':
      return <SlicerOutput {...props} />
    case 'image':
      return <PictureOutput {...props} />
    case 'lines':
    case 'overlay_1d':
    case 'bars':
    case 'flatten':
      return <PlainOutput {...props} />
  }
}

/** Curves with their errors, bars, flattened pictures: only what the stage draws. */
function PlainOutput(props: OutputPlotProps): ReactElement {
  const plan = usePlan(props)
  const title = useStore(props.store, ({ output }) => output?.title ?? '')
  return (
    <div className="output-plot">
      <ChartView plan={plan} scale={props.scale} label={title} />
    </div>
  )
}
