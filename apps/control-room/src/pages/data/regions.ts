import type { LiveRegions } from '@beamtime/http-gateway/ui-types'
import type { HeatGrid } from '../../plot/heat-grid.ts'
import type { ShownOutput } from './plots/shown-output.ts'

export type RegionKind = LiveRegions['kind']

/** One region as it is drawn: two corners, or three vertices and more. */
export interface ShownRegion {
  readonly kind: RegionKind
  /** Rectangles 0..3, polygons 4..7. */
  readonly index: number
  readonly x: readonly number[]
  readonly y: readonly number[]
}

const mostOfKind = 4

export const outputOfKind = { rectangles: 'roi_rectangle', polygons: 'roi_polygon' } as const

export function regionLetter(index: number): string {
  return String.fromCharCode(65 + index)
}

/** The regions that a service says it uses. */
export function readbackRegions(kind: RegionKind, output: ShownOutput | null): readonly ShownRegion[] {
  if (output === null) return []
  const x = output.coords.get('x')?.values ?? new Float64Array(0)
  const y = output.coords.get('y')?.values ?? new Float64Array(0)
  const indices = output.coords.get('roi_index')?.values ?? new Float64Array(0)
  const perPoint = indices.length === x.length ? 1 : 2
  const byIndex = new Map<number, { x: number[]; y: number[] }>()
  x.forEach((value, at) => {
    const index = indices[Math.floor(at / perPoint)] ?? 0
    const points = byIndex.get(index) ?? { x: [], y: [] }
    points.x.push(value)
    points.y.push(y[at] ?? 0)
    byIndex.set(index, points)
  })
  return Array.from(byIndex, ([index, points]) => ({ kind, index, ...points }))
}

/** What is sent: the whole set of one kind with the units of the readback. */
export function regionsRequest(
  kind: RegionKind,
  regions: readonly ShownRegion[],
  readback: ShownOutput | null,
): LiveRegions {
  const unit = (axis: string): string | null => {
    const text = readback?.coords.get(axis)?.unit ?? ''
    return text === '' ? null : text
  }
  return {
    kind,
    unitX: unit('x'),
    unitY: unit('y'),
    items: regions
      .filter((region) => region.kind === kind)
      .map(({ index, x, y }) => ({ index, x: [...x], y: [...y] })),
  }
}

/** The next free index of a kind; null when all four are taken. */
export function freeIndex(kind: RegionKind, regions: readonly ShownRegion[]): number | null {
  const first = kind === 'rectangles' ? 0 : mostOfKind
  const taken = new Set(regions.map(({ index }) => index))
  for (let index = first; index < first + mostOfKind; index++) if (!taken.has(index)) return index
  return null
}

export function isSame(a: readonly ShownRegion[], b: readonly ShownRegion[]): boolean {
  const text = (regions: readonly ShownRegion[]): string =>
    JSON.stringify(
      regions
        .toSorted((one, other) => one.index - other.index)
        .map(({ index, x, y }) => [index, Array.from(x, rounded), Array.from(y, rounded)]),
    )
  return text(a) === text(b)
}

function rounded(value: number): number {
  return Number(value.toPrecision(9))
}

export interface Bounds {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
}

/** Outer edges of a picture, left to right and bottom to top. */
export function boundsOf({ x, y, columns, rows }: Pick<HeatGrid, 'x' | 'y' | 'columns' | 'rows'>): Bounds {
  return { x: edges(x, columns), y: edges(y, rows) }
}

function edges([first, last]: readonly [number, number], cells: number): readonly [number, number] {
  const half = cells > 1 ? (last - first) / (cells - 1) / 2 : 0.5
  const ends = [first - half, last + half]
  return [Math.min(...ends), Math.max(...ends)]
}
