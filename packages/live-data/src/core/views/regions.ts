import { vector, type DataArray, type Variable } from '../../data/data-array.ts'
import type { Polygon, Rectangle, RoiGeometry } from '../stream-message.ts'
import type { Screen } from './screen.ts'

/** Screen places of one region. */
export interface Region {
  /** 0..3 rectangles, 4..7 polygons. */
  readonly index: number
  readonly places: Int32Array
}

/** Places of the regions on a screen of two dimensions: x goes along the second, y along the first. */
export function regionsOf(geometry: RoiGeometry, screen: Screen): readonly Region[] {
  const [rows = 0, columns = 0] = screen.shape
  const [yDim = '', xDim = ''] = screen.dims
  const x = axisOf(columns, screen.coords[xDim])
  const y = axisOf(rows, screen.coords[yDim])
  switch (geometry.kind) {
    case 'rectangles':
      return geometry.rectangles.map((rectangle) => ({
        index: rectangle.index,
        places: rectanglePlaces(rectangle, { x, y }),
      }))
    case 'polygons':
      return geometry.polygons.map((polygon) => ({
        index: polygon.index,
        places: polygonPlaces(polygon, { x, y }),
      }))
  }
}

/** The request as it is given back; empty arrays with the screen's units when there is none. */
export function emptyReadback(kind: RoiGeometry['kind'], screen: Screen): DataArray {
  const dim = kind === 'rectangles' ? 'bounds' : 'vertex'
  const unitOf = (axis: number): string | null => screen.coords[screen.dims[axis] ?? '']?.unit ?? null
  return {
    label: kind === 'rectangles' ? 'ROI rectangles' : 'ROI polygons',
    signal: vector(dim, new Int32Array(0), 'dimensionless'),
    coords: {
      x: vector(dim, new Float64Array(0), unitOf(1)),
      y: vector(dim, new Float64Array(0), unitOf(0)),
      roi_index: vector(dim, new Int32Array(0), 'dimensionless'),
    },
  }
}

interface Axis {
  readonly length: number
  /** Without edges values are indices. */
  readonly edges: ArrayLike<number> | null
}
interface Axes {
  readonly x: Axis
  readonly y: Axis
}

function axisOf(length: number, coord: Variable | undefined): Axis {
  const values = coord?.values
  return { length, edges: values instanceof Float64Array ? values : null }
}

function rectanglePlaces(rectangle: Rectangle, { x, y }: Axes): Int32Array {
  const [left, right] = interval(rectangle.x, x)
  const [bottom, top] = interval(rectangle.y, y)
  const places: number[] = []
  for (let row = bottom; row < top; row++)
    for (let column = left; column < right; column++) places.push(row * x.length + column)
  return Int32Array.from(places)
}

/** Bins touched by [min, max); without edges the indices [int(min), int(max)). What lies outside the screen is cut off. */
function interval([min, max]: readonly [number, number], axis: Axis): readonly [number, number] {
  const { length, edges } = axis
  if (edges === null) {
    const end = (value: number): number => {
      const whole = Math.trunc(Number.isFinite(value) ? value : 0)
      return Math.min(length, Math.max(0, whole))
    }
    return [end(min), end(max)]
  }
  let first = 0
  while (first < length && (edges[first + 1] ?? Infinity) <= min) first += 1
  let last = first
  while (last < length && (edges[last] ?? Infinity) < max) last += 1
  return [first, last]
}

function polygonPlaces(polygon: Polygon, { x, y }: Axes): Int32Array {
  const places: number[] = []
  for (let row = 0; row < y.length; row++)
    for (let column = 0; column < x.length; column++)
      if (contains(polygon, centre(x, column), centre(y, row))) places.push(row * x.length + column)
  return Int32Array.from(places)
}

function centre({ edges }: Axis, index: number): number {
  return edges === null ? index : ((edges[index] ?? 0) + (edges[index + 1] ?? 0)) / 2
}

/** Even-odd rule. */
// oxlint-disable-next-line max-params -- a polygon and a point
function contains(polygon: Polygon, px: number, py: number): boolean {
  let inside = false
  const { x, y } = polygon
  for (let at = 0, before = x.length - 1; at < x.length; before = at++) {
    const x0 = x[at] ?? 0
    const y0 = y[at] ?? 0
    const x1 = x[before] ?? 0
    const y1 = y[before] ?? 0
    if (y0 > py !== y1 > py && px < ((x1 - x0) * (py - y0)) / (y1 - y0) + x0) inside = !inside
  }
  return inside
}
