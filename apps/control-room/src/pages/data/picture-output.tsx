import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useUnit, type OutputPlotProps, type RegionsOfJob } from './output-kind.ts'
import { ChartView } from './plots/chart-view.tsx'
import type { ChartReport } from './plots/stage-messages.ts'
import { usePlan } from './plots/use-plan.ts'
import { RegionEditor, RegionTools } from './region-editor.tsx'
import type { Bounds, RegionKind } from './regions.ts'
import { useRegions } from './use-regions.ts'

/** A picture by value, with the regions of its job. */
export function PictureOutput(props: OutputPlotProps): ReactElement {
  const { regions } = props
  const plan = usePlan(props)
  const unit = useUnit(props.store)
  const title = useStore(props.store, ({ output }) => output?.title ?? '')
  const label = title === '' ? unit : title
  if (regions !== null) return <PictureWithRegions {...props} regions={regions} plan={plan} label={label} />
  return (
    <div className="output-plot">
      <ChartView plan={plan} scale={props.scale} label={label} />
    </div>
  )
}

function PictureWithRegions(
  props: Omit<OutputPlotProps, 'regions'> & {
    readonly regions: RegionsOfJob
    readonly plan: ReturnType<typeof usePlan>
    readonly label: string
  },
): ReactElement {
  const { instrument, outputKey, regions: job, plan, label, scale } = props
  const { regions, isPending, send } = useRegions(instrument, outputKey, job)
  const [tool, setTool] = useState<RegionKind>('rectangles')
  // As text: the place of the picture changes with its shape and zoom only, not with its values.
  const [place, setPlace] = useState('')
  const onReport = ({ kind, x, y }: ChartReport): void =>
    setPlace(kind === 'picture' ? JSON.stringify({ x, y } satisfies Bounds) : '')
  const shared = { regions, isPending, tool, onRegions: send }
  return (
    <>
      {job.isDrawing ? <RegionTools {...shared} onTool={setTool} /> : null}
      <div className="output-plot">
        <ChartView plan={plan} scale={scale} label={label} onReport={onReport} />
        {place === '' ? null : (
          <RegionEditor {...shared} bounds={JSON.parse(place) as Bounds} isDrawing={job.isDrawing} />
        )}
      </div>
    </>
  )
}
