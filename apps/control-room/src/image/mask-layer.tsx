import { useEffect, useRef, useState, type PointerEvent, type ReactElement } from 'react'
import { usePalette } from '../theme/theme-context.ts'
import { dirtyCells, maskGrid, maskWords } from './mask-canvas.ts'
import type { ChangedPart, MaskEdit } from './mask-edit.ts'
import { brushSpans, polygonSpans, rectSpans, strokeSpans } from './mask-shapes.ts'
import {
  pictureScale,
  toPicture,
  toSource,
  turnedSize,
  type PicturePlace,
  type Point,
} from './orientation.ts'
import { afterKey, withCorner, type PolygonDraft } from './polygon-draft.ts'

export interface MaskLayerProps {
  readonly place: PicturePlace
  readonly edit: MaskEdit
  readonly tool: 'brush' | 'rect' | 'polygon' | 'move'
  readonly value: 0 | 1
  /** Of the brush, in source pixels. */
  readonly size: number
  readonly onProbe: (at: Point | null) => void
  readonly onZoom: (about: { readonly x: number; readonly y: number; readonly factor: number }) => void
}

const noDraft: PolygonDraft = []

/** The mask over an image, and the tools that paint it. */
export function MaskLayer(props: MaskLayerProps): ReactElement {
  const { place, edit, tool, value, size, onProbe, onZoom } = props
  const palette = usePalette()
  const canvas = useMaskCanvas(edit, place)
  const svg = useRef<SVGSVGElement>(null)
  const last = useRef<Point | null>(null)
  const [corner, setCorner] = useState<Point | null>(null)
  const [pointer, setPointer] = useState<Point | null>(null)
  const [draft, setDraft] = usePolygonDraft(tool, (corners) =>
    edit.paint(polygonSpans(corners, edit.size), value),
  )
  const sourceOf = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point => {
    const { left, top } = svg.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1)
    return toSource(place, { x: clientX - left, y: clientY - top })
  }
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const at = sourceOf(event)
    switch (tool) {
      case 'brush':
        edit.beginStroke()
        edit.paint(brushSpans(at, size), value)
        last.current = at
        return
      case 'rect':
        return setCorner(at)
      case 'polygon':
        return setDraft(withCorner(draft, at, pictureScale(place)))
      case 'move':
    }
  }
  const move = (event: PointerEvent): void => {
    const at = sourceOf(event)
    onProbe(at)
    setPointer(at)
    if (last.current === null) return
    edit.paint(strokeSpans(last.current, at, size), value)
    last.current = at
  }
  const release = (event: PointerEvent): void => {
    if (last.current !== null) edit.endStroke()
    if (corner !== null) edit.paint(rectSpans(corner, sourceOf(event)), value)
    last.current = null
    setCorner(null)
  }
  const line = { stroke: value === 1 ? palette.text : palette.attention, fill: 'none' } as const
  return (
    <>
      <canvas ref={canvas} className="mask-canvas" aria-hidden />
      {tool === 'move' ? null : (
        <svg
          ref={svg}
          className="image-overlay mask-overlay"
          viewBox={`0 0 ${place.box.width} ${place.box.height}`}
          aria-hidden
          onPointerDown={press}
          onPointerMove={move}
          onPointerUp={release}
          onPointerCancel={release}
          onPointerLeave={() => {
            onProbe(null)
            setPointer(null)
          }}
          onWheel={(event) => onZoom({ ...sourceOf(event), factor: event.deltaY > 0 ? 1.25 : 0.8 })}
        >
          {tool === 'brush' && pointer !== null ? (
            <circle
              {...centred(toPicture(place, pointer))}
              r={Math.max(2, (size / 2) * pictureScale(place))}
              {...line}
            />
          ) : null}
          {corner !== null && pointer !== null ? (
            <path d={`${pathOf(place, rectangle(corner, pointer))}z`} {...line} />
          ) : null}
          {draft.length === 0 ? null : (
            <path d={pathOf(place, pointer === null ? draft : [...draft, pointer])} {...line} />
          )}
        </svg>
      )}
    </>
  )
}

function centred({ x, y }: Point): { readonly cx: number; readonly cy: number } {
  return { cx: x, cy: y }
}

function rectangle(a: Point, b: Point): readonly Point[] {
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }]
}

function pathOf(place: PicturePlace, points: readonly Point[]): string {
  const text = points.map((point) => {
    const { x, y } = toPicture(place, point)
    return `${x} ${y}`
  })
  return `M${text.join('L')}`
}

/** Corners that were clicked; Enter closes, Escape gives up, Backspace takes the last one back. */
function usePolygonDraft(
  tool: string,
  onClosed: (corners: PolygonDraft) => void,
): readonly [PolygonDraft, (step: ReturnType<typeof withCorner>) => void] {
  const [draft, setDraft] = useState(noDraft)
  const latest = useRef(onClosed)
  useEffect(() => {
    latest.current = onClosed
  })
  const take = (step: ReturnType<typeof withCorner>): void => {
    if (step.kind === 'closed') latest.current(step.corners)
    setDraft(step.kind === 'closed' ? noDraft : step.draft)
  }
  const isDrawing = draft.length > 0
  useEffect(() => {
    if (!isDrawing) return undefined
    const onKey = (event: KeyboardEvent): void => {
      const step = afterKey(draft, event.key)
      if (step === undefined) return
      event.preventDefault()
      if (step.kind === 'closed') latest.current(step.corners)
      setDraft(step.kind === 'closed' ? noDraft : step.draft)
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [isDrawing, draft])
  // Another tool gives the corners up.
  if (tool !== 'polygon' && isDrawing) setDraft(noDraft)
  return [draft, take]
}

/** Draws what changed, once a frame. */
function useMaskCanvas(edit: MaskEdit, place: PicturePlace): React.RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { region, box, orientation } = place
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return undefined
    const { width, height } = turnedSize(box, orientation)
    const room = { width: width * devicePixelRatio, height: height * devicePixelRatio }
    const grid = maskGrid(region, edit.size, room)
    ;[element.width, element.height] = [grid.columns, grid.rows]
    const draw = (part: ChangedPart): void => {
      const cells = dirtyCells(grid, part)
      if (cells.w === 0 || cells.h === 0) return
      const image = context.createImageData(cells.w, cells.h)
      new Uint32Array(image.data.buffer).set(maskWords(edit, grid, cells))
      context.putImageData(image, cells.x, cells.y)
    }
    let waiting: ChangedPart | null = { x: 0, y: 0, w: edit.size.width, h: edit.size.height }
    let frame = 0
    const drawWaiting = (): void => {
      frame = 0
      if (waiting !== null) draw(waiting)
      waiting = null
    }
    drawWaiting()
    const stop = edit.onChange((part) => {
      if (part.w === 0) return
      waiting = waiting === null ? part : joined(waiting, part)
      frame ||= requestAnimationFrame(drawWaiting)
    })
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [edit, region, box, orientation])
  return canvas
}

function joined(a: ChangedPart, b: ChangedPart): ChangedPart {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  return {
    x,
    y,
    w: Math.max(a.x + a.w, b.x + b.w) - x,
    h: Math.max(a.y + a.h, b.y + b.h) - y,
  }
}
