import { useEffect, useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react'
import { useControlRoom } from '../../../app/use-control-room.ts'
import type { CellScale } from '../output-kind.ts'
import type { ChartPlan } from './chart.ts'
import { chartPointer } from './chart-pointer.ts'
import { chartSummary } from './chart-summary.ts'
import type { ChartReport } from './stage-messages.ts'
import { useStage, useStageLook } from './use-stage.ts'
import './chart.css'

export interface ChartViewProps {
  /** The same object as long as nothing changes. */
  readonly plan: ChartPlan
  readonly scale: CellScale
  readonly label: string
  /** After each drawing. */
  readonly onReport?: (report: ChartReport) => void
  readonly children?: ReactNode
}

/** A plot that the stage draws. Drag to zoom, double click to see all, hover for values. */
export function ChartView({ plan, scale, label, onReport, children }: ChartViewProps): ReactElement {
  const host = useRef<HTMLDivElement>(null)
  const stage = useStage()
  const { hasWorkers } = useControlRoom()
  const latest = useRef({ plan, scale, label, onReport })
  const id = useRef(0)
  useStageLook(stage)
  useLayoutEffect(() => {
    latest.current = { plan, scale, label, onReport }
  })
  useEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const chart = stage.nextChart()
    id.current = chart
    // A canvas is handed over only once, so each chart has one of its own.
    const canvas = document.createElement('canvas')
    canvas.dataset['chart'] = String(chart)
    element.prepend(canvas)
    const cursor = chartPointer({ element, stage, chart })
    const end = stage.watch(chart, {
      onCursor: cursor.show,
      onReport(report) {
        const text = chartSummary(report, latest.current.label)
        if (element.getAttribute('aria-label') !== text) element.setAttribute('aria-label', text)
        latest.current.onReport?.(report)
      },
    })
    const size = (): { width: number; height: number; ratio: number } => ({
      width: element.clientWidth,
      height: element.clientHeight,
      ratio: devicePixelRatio,
    })
    const isMoved = hasWorkers && typeof OffscreenCanvas !== 'undefined'
    stage.tell({
      kind: 'open',
      chart,
      canvas: isMoved ? canvas.transferControlToOffscreen() : canvas,
      size: size(),
      plan: latest.current.plan,
      scale: latest.current.scale,
    })
    const resize = new ResizeObserver(() => stage.tell({ kind: 'size', chart, size: size() }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      cursor.end()
      end()
      canvas.remove()
    }
  }, [stage, hasWorkers])
  useEffect(() => stage.tell({ kind: 'plan', chart: id.current, plan, scale }), [stage, plan, scale])
  return (
    <div className="chart" ref={host} role="img" aria-label={label}>
      {children}
    </div>
  )
}
