import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import { useRef, type PointerEvent, type ReactElement } from 'react'
import { usePalette } from '../theme/theme-context.ts'
import { sourceAt, type ShownRegion } from './image-place.ts'

export type ImageTool = 'point' | 'rect' | 'ellipse' | 'line'

export interface RegionOverlayProps {
  readonly region: ShownRegion
  readonly rois: readonly ImageRoi[]
  readonly selected: number | null
  readonly tool: ImageTool
  readonly onRois: (rois: readonly ImageRoi[]) => void
  readonly onSelect: (id: number | null) => void
  readonly onProbe: (at: { readonly x: number; readonly y: number } | null) => void
  readonly onPan: (dx: number, dy: number) => void
  readonly onZoom: (about: { readonly x: number; readonly y: number; readonly factor: number }) => void
}

interface Drag {
  readonly kind: 'draw' | 'move' | 'pan'
  readonly id: number
  readonly from: { readonly x: number; readonly y: number }
  readonly rois: readonly ImageRoi[]
}

/** Regions over an image: drawn by dragging, moved by dragging, chosen by a click. */
export function RegionOverlay(props: RegionOverlayProps): ReactElement {
  const { region, rois, selected, tool } = props
  const svg = useRef<SVGSVGElement>(null)
  const drag = useRef<Drag | null>(null)
  const palette = usePalette()
  const place = (event: { readonly clientX: number; readonly clientY: number }): { x: number; y: number } => {
    const box = svg.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1)
    return sourceAt(region, box, { x: event.clientX - box.left, y: event.clientY - box.top })
  }
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const from = place(event)
    const hit = (event.target as Element).closest('[data-roi]')?.getAttribute('data-roi')
    if (hit !== null && hit !== undefined) {
      props.onSelect(Number(hit))
      drag.current = { kind: 'move', id: Number(hit), from, rois }
    } else if (tool === 'point') {
      props.onSelect(null)
      drag.current = { kind: 'pan', id: 0, from, rois }
    } else drag.current = { kind: 'draw', id: Math.max(0, ...rois.map(({ id }) => id)) + 1, from, rois }
  }
  const move = (event: PointerEvent): void => {
    const to = place(event)
    props.onProbe(to)
    const now = drag.current
    if (now === null) return
    const [dx, dy] = [to.x - now.from.x, to.y - now.from.y]
    if (now.kind === 'pan') props.onPan(-dx, -dy)
    else if (now.kind === 'move')
      props.onRois(
        now.rois.map((roi) =>
          roi.id === now.id ? { ...roi, pts: roi.pts.map(([x, y]) => [x + dx, y + dy] as const) } : roi,
        ),
      )
    else if (Math.hypot(dx, dy) > region.w / 200 && tool !== 'point') {
      const drawn: ImageRoi = {
        id: now.id,
        kind: tool,
        pts: [
          [now.from.x, now.from.y],
          [to.x, to.y],
        ],
      }
      props.onRois([...now.rois, drawn])
      props.onSelect(now.id)
    }
  }
  return (
    <svg
      ref={svg}
      className={`image-overlay tool-${tool}`}
      viewBox={`${region.x} ${region.y} ${region.w} ${region.h}`}
      preserveAspectRatio="none"
      aria-hidden
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={() => {
        drag.current = null
      }}
      onPointerLeave={() => props.onProbe(null)}
      onWheel={(event) => props.onZoom({ ...place(event), factor: event.deltaY > 0 ? 1.25 : 0.8 })}
    >
      {rois.map((roi, index) => (
        <RoiShape
          key={roi.id}
          roi={roi}
          colour={palette.lines[index % palette.lines.length] ?? palette.text}
          isSelected={roi.id === selected}
          size={region.w / 40}
        />
      ))}
    </svg>
  )
}

interface RoiShapeProps {
  readonly roi: ImageRoi
  readonly colour: string
  readonly isSelected: boolean
  /** Of the label, in source pixels. */
  readonly size: number
}

function RoiShape({ roi, colour, isSelected, size }: RoiShapeProps): ReactElement {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = roi.pts
  const [left, top] = [Math.min(x0, x1), Math.min(y0, y1)]
  const [w, h] = [Math.abs(x1 - x0), Math.abs(y1 - y0)]
  const line = {
    stroke: colour,
    strokeWidth: isSelected ? 3 : 1.5,
    vectorEffect: 'non-scaling-stroke',
    fill: 'transparent',
  } as const
  return (
    <g data-roi={roi.id} className="image-roi">
      {roi.kind === 'ellipse' ? (
        <ellipse cx={left + w / 2} cy={top + h / 2} rx={w / 2} ry={h / 2} {...line} />
      ) : null}
      {roi.kind === 'rect' ? <rect x={left} y={top} width={w} height={h} {...line} /> : null}
      {roi.kind === 'line' ? <line x1={x0} y1={y0} x2={x1} y2={y1} {...line} /> : null}
      <text x={left} y={top - size / 4} fontSize={size} style={{ fill: colour }}>
        {roi.kind === 'line' ? `line ${roi.id}` : `ROI ${roi.id}`}
      </text>
    </g>
  )
}
