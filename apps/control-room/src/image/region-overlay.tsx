import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import { useEffect, useRef, useState, type PointerEvent, type ReactElement } from 'react'
import { usePalette } from '../theme/theme-context.ts'
import { pictureScale, toPicture, toSource, type PicturePlace, type Point } from './orientation.ts'
import { afterKey, closed, withCorner, type DraftStep, type PolygonDraft } from './polygon-draft.ts'
import { RegionShape } from './region-shape.tsx'
import { drawnRoi, movedRoi, withHandle } from './roi-edit.ts'

export type ImageTool = 'point' | 'rect' | 'ellipse' | 'line' | 'polygon' | 'centre'

export interface RegionOverlayProps {
  readonly place: PicturePlace
  readonly rois: readonly ImageRoi[]
  readonly selected: number | null
  readonly tool: ImageTool
  /** Of lines that are drawn. */
  readonly lineWidth: number
  readonly labelOf: (roi: ImageRoi) => string
  readonly onRois: (rois: readonly ImageRoi[]) => void
  readonly onSelect: (id: number | null) => void
  readonly onProbe: (at: Point | null) => void
  /** A press with the tool `centre`, and its drag. */
  readonly onCentre: (at: Point) => void
  readonly onPan: (dx: number, dy: number) => void
  readonly onZoom: (about: { readonly x: number; readonly y: number; readonly factor: number }) => void
}

interface Drag {
  readonly kind: 'draw' | 'move' | 'handle' | 'pan' | 'centre'
  readonly id: number
  readonly handle: number
  readonly from: Point
  readonly rois: readonly ImageRoi[]
}

/** A drag shorter than this draws nothing, in CSS pixels. */
const leastDrag = 4
const noDraft: PolygonDraft = []

/** Regions over an image: drawn, moved, and changed by their corners; chosen by a click. */
export function RegionOverlay(props: RegionOverlayProps): ReactElement {
  const { place, rois, selected, tool, lineWidth } = props
  const svg = useRef<SVGSVGElement>(null)
  const drag = useRef<Drag | null>(null)
  const [pointer, setPointer] = useState<Point | null>(null)
  const palette = usePalette()
  const nextId = Math.max(0, ...rois.map(({ id }) => id)) + 1
  const [draft, step] = usePolygonDraft(tool, (corners) => {
    props.onRois([...rois, drawnRoi({ id: nextId, kind: 'polygon' }, corners)])
    props.onSelect(nextId)
  })
  const sourceOf = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const { left, top } = svg.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1)
    return toSource(place, { x: event.clientX - left, y: event.clientY - top })
  }
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const from = sourceOf(event)
    const hit = draft.length > 0 ? null : hitOf(event.target as Element)
    if (hit !== null) {
      props.onSelect(hit.id)
      drag.current = { ...hit, from, rois }
    } else if (tool === 'polygon') step(withCorner(draft, from, pictureScale(place)))
    else {
      const kind = tool === 'point' ? 'pan' : tool === 'centre' ? 'centre' : 'draw'
      if (kind === 'pan') props.onSelect(null)
      if (kind === 'centre') props.onCentre(from)
      drag.current = { kind, id: nextId, handle: 0, from, rois }
    }
  }
  const move = (event: PointerEvent): void => {
    const to = sourceOf(event)
    props.onProbe(to)
    if (draft.length > 0) setPointer(to)
    if (drag.current !== null) dragged(drag.current, to)
  }
  const dragged = (now: Drag, to: Point): void => {
    const [dx, dy] = [to.x - now.from.x, to.y - now.from.y]
    const change = (edit: (roi: ImageRoi) => ImageRoi): void =>
      props.onRois(now.rois.map((roi) => (roi.id === now.id ? edit(roi) : roi)))
    switch (now.kind) {
      case 'pan':
        return props.onPan(-dx, -dy)
      case 'centre':
        return props.onCentre(to)
      case 'move':
        return change((roi) => movedRoi(roi, dx, dy))
      case 'handle':
        return change((roi) => withHandle(roi, now.handle, to))
      case 'draw': {
        if (tool === 'point' || tool === 'polygon' || tool === 'centre') return
        if (Math.hypot(dx, dy) * pictureScale(place) < leastDrag) return
        props.onRois([...now.rois, drawnRoi({ id: now.id, kind: tool, width: lineWidth }, [now.from, to])])
        props.onSelect(now.id)
      }
    }
  }
  return (
    <svg
      ref={svg}
      className={`image-overlay tool-${tool}`}
      viewBox={`0 0 ${place.box.width} ${place.box.height}`}
      aria-hidden
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={() => {
        drag.current = null
      }}
      onPointerCancel={() => {
        drag.current = null
      }}
      onPointerLeave={() => props.onProbe(null)}
      onDoubleClick={() => step(closed(draft))}
      onWheel={(event) => props.onZoom({ ...sourceOf(event), factor: event.deltaY > 0 ? 1.25 : 0.8 })}
    >
      {rois.map((roi, index) => (
        <RegionShape
          key={roi.id}
          roi={roi}
          place={place}
          label={props.labelOf(roi)}
          colour={palette.lines[index % palette.lines.length] ?? palette.text}
          isSelected={roi.id === selected}
        />
      ))}
      <DraftShape draft={draft} pointer={pointer} place={place} colour={palette.busy} />
    </svg>
  )
}

/** The region under the pointer, or the handle of one. */
function hitOf(target: Element): Pick<Drag, 'kind' | 'id' | 'handle'> | null {
  const id = target.closest('[data-roi]')?.getAttribute('data-roi')
  if (id === null || id === undefined) return null
  const handle = target.getAttribute('data-handle')
  return { kind: handle === null ? 'move' : 'handle', id: Number(id), handle: Number(handle) }
}

/** The corners so far; Enter closes the polygon, Escape drops it, Backspace takes the last corner back. */
function usePolygonDraft(
  tool: ImageTool,
  onClosed: (corners: PolygonDraft) => void,
): readonly [PolygonDraft, (step: DraftStep) => void] {
  const [drawn, setDraft] = useState(noDraft)
  const draft = tool === 'polygon' ? drawn : noDraft
  const take = (step: DraftStep): void => {
    if (step.kind === 'closed') onClosed(step.corners)
    setDraft(step.kind === 'closed' || tool !== 'polygon' ? noDraft : step.draft)
  }
  const latest = useRef(take)
  useEffect(() => {
    latest.current = take
  })
  useEffect(() => {
    if (draft.length === 0) return undefined
    // Before the keys of the page, which would take Escape and Enter for something else.
    const onKey = (event: KeyboardEvent): void => {
      const step = afterKey(draft, event.key)
      if (step === undefined) return
      event.preventDefault()
      event.stopPropagation()
      latest.current(step)
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [draft])
  return [draft, take]
}

interface DraftShapeProps {
  readonly draft: PolygonDraft
  readonly pointer: Point | null
  readonly place: PicturePlace
  readonly colour: string
}

/** The corners so far, the line to the pointer, and the first corner, a click on which closes the polygon. */
function DraftShape({ draft, pointer, place, colour }: DraftShapeProps): ReactElement | null {
  const [first] = draft
  if (first === undefined) return null
  const corners = [...draft, ...(pointer === null ? [] : [pointer])].map((corner) => toPicture(place, corner))
  const { x, y } = toPicture(place, first)
  return (
    <g className="image-draft">
      <polyline points={corners.map((at) => `${at.x},${at.y}`).join(' ')} stroke={colour} fill="none" />
      <circle cx={x} cy={y} r={5} stroke={colour} fill={colour} fillOpacity={0.4} />
    </g>
  )
}
