import { IconPolygon, IconRectangle } from '@tabler/icons-react'
import { useRef, useState, type PointerEvent, type ReactElement } from 'react'
import { Button } from '../../parts/button.tsx'
import { heatInset } from '../../plot/heat-drawing.ts'
import { t } from '../../text/text.ts'
import { RegionList } from './region-list.tsx'
import { RegionLetter, RegionShape } from './region-shape.tsx'
import { freeIndex, type Bounds, type RegionKind, type ShownRegion } from './regions.ts'

export interface RegionEditorProps {
  readonly bounds: Bounds
  readonly regions: readonly ShownRegion[]
  readonly isPending: boolean
  readonly isDrawing: boolean
  readonly tool: RegionKind
  readonly onRegions: (regions: readonly ShownRegion[], kind: RegionKind) => void
}

interface Point {
  readonly x: number
  readonly y: number
}
interface Drag {
  readonly from: Point
  readonly region: ShownRegion
  readonly kind: 'draw' | 'move'
}

/** Regions over a picture. While drawing: drag for a rectangle, click for the corners of a polygon, drag a region to move it. */
export function RegionEditor(props: RegionEditorProps): ReactElement {
  const { bounds, regions, tool, isPending, isDrawing, onRegions } = props
  const [drawn, setDrawn] = useState<ShownRegion | null>(null)
  const drag = useRef<Drag | null>(null)
  const svg = useRef<SVGSVGElement>(null)
  const others = drawn === null ? regions : regions.filter(({ index }) => index !== drawn.index)

  const at = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const box = svg.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1)
    const [x0, x1] = bounds.x
    const [y0, y1] = bounds.y
    const clamp = (part: number): number => Math.min(1, Math.max(0, part))
    return {
      x: rounded(x0 + clamp((event.clientX - box.left) / box.width) * (x1 - x0), x1 - x0),
      y: rounded(y1 - clamp((event.clientY - box.top) / box.height) * (y1 - y0), y1 - y0),
    }
  }
  const finish = (region: ShownRegion): void => {
    setDrawn(null)
    onRegions([...regions.filter(({ index }) => index !== region.index), region], region.kind)
  }
  const press = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.button !== 0) return
    const from = at(event)
    const hit = (event.target as Element).closest('[data-region]')?.getAttribute('data-region')
    const region = regions.find(({ index }) => String(index) === hit)
    if (region !== undefined && drawn === null) {
      event.currentTarget.setPointerCapture(event.pointerId)
      drag.current = { from, region, kind: 'move' }
      return
    }
    const index = drawn?.index ?? freeIndex(tool, regions)
    if (index === null) return
    if (tool === 'polygons') {
      const corners = drawn ?? { kind: tool, index, x: [], y: [] }
      setDrawn({ ...corners, x: [...corners.x, from.x], y: [...corners.y, from.y] })
      return
    }
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = {
      from,
      region: { kind: tool, index, x: [from.x, from.x], y: [from.y, from.y] },
      kind: 'draw',
    }
  }
  const move = (event: PointerEvent): void => {
    const now = drag.current
    if (now !== null) setDrawn(dragged(now, at(event)))
  }
  const release = (event: PointerEvent): void => {
    const now = drag.current
    drag.current = null
    if (now === null) return
    const region = dragged(now, at(event))
    if (region.x[0] === region.x[1] || region.y[0] === region.y[1]) setDrawn(null)
    else finish(region)
  }
  const close = (): void => {
    if (drawn?.kind !== 'polygons') return
    // The second click of the double click added a corner at the same place.
    const corners = { ...drawn, x: drawn.x.slice(0, -1), y: drawn.y.slice(0, -1) }
    if (corners.x.length >= 3) finish(corners)
    else setDrawn(null)
  }
  const shown = [...others, ...(drawn === null ? [] : [drawn])]
  return (
    <div
      className={`region-layer${isDrawing ? ' drawing' : ''}`}
      style={{ left: heatInset.left + 12, top: heatInset.top + 4 }}
    >
      <svg
        ref={svg}
        className="region-shapes"
        viewBox="0 0 1000 1000"
        preserveAspectRatio="none"
        aria-hidden
        {...(isDrawing
          ? { onPointerDown: press, onPointerMove: move, onPointerUp: release, onDoubleClick: close }
          : {})}
      >
        {shown.map((region) => (
          <RegionShape
            key={region.index}
            region={region}
            bounds={bounds}
            isPending={isPending || region === drawn}
          />
        ))}
      </svg>
      {shown.map((region) => (
        <RegionLetter key={region.index} region={region} bounds={bounds} />
      ))}
    </div>
  )
}

export interface RegionToolsProps extends Pick<RegionEditorProps, 'regions' | 'isPending' | 'onRegions'> {
  readonly tool: RegionKind
  readonly onTool: (tool: RegionKind) => void
}

/** What is drawn next, and the regions as numbers. */
export function RegionTools({ tool, onTool, regions, isPending, onRegions }: RegionToolsProps): ReactElement {
  return (
    <div className="region-tools">
      <Button
        isCompact
        isOn={tool === 'rectangles'}
        label={t.data.rectangle}
        icon={<IconRectangle size={14} stroke={1.75} aria-hidden />}
        onPress={() => onTool('rectangles')}
      />
      <Button
        isCompact
        isOn={tool === 'polygons'}
        label={t.data.polygon}
        hint={t.data.polygonHelp}
        icon={<IconPolygon size={14} stroke={1.75} aria-hidden />}
        onPress={() => onTool('polygons')}
      />
      <RegionList regions={regions} isPending={isPending} onRegions={onRegions} />
    </div>
  )
}

function dragged({ from, region, kind }: Drag, to: Point): ShownRegion {
  if (kind === 'draw')
    return {
      ...region,
      x: [Math.min(from.x, to.x), Math.max(from.x, to.x)],
      y: [Math.min(from.y, to.y), Math.max(from.y, to.y)],
    }
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  return { ...region, x: region.x.map((x) => x + dx), y: region.y.map((y) => y + dy) }
}

/** To a thousandth of the picture: no one means more digits with a mouse. */
function rounded(value: number, range: number): number {
  const step = 10 ** Math.floor(Math.log10(range / 1_000))
  return Number((Math.round(value / step) * step).toPrecision(9))
}
