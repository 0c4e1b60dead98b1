import { decodeDataArray, messageWrong } from '../data/da00-result.ts'
import type { DataArray, Variable } from '../data/data-array.ts'
import type { Polygon, Rectangle, RoiGeometry, RoiMessage } from './stream-message.ts'

/* ROI request (da00 on {i}_livedata_roi): source_name STREAM/JOB_NUMBER/roi_rectangle or …/roi_polygon
 *   rectangles: signal i32 ones over [bounds], x and y f64 (min, max) pairs, roi_index i32 once per bound
 *   polygons:   signal i32 ones over [vertex], x, y and roi_index once per vertex
 * Source: livedata contract, section 8. The whole set stands in each message; empty arrays clear it. */

export const maxRois = 4
export const maxVertices = 4_096

/** Reads a request. Throws STREAM_MESSAGE_MALFORMED or LIVEDATA_MESSAGE_WRONG. */
export function decodeRoiRequest(bytes: Uint8Array): RoiMessage {
  const { sourceName, array } = decodeDataArray(bytes)
  const parts = sourceName.split('/')
  const kind = parts.pop()
  const jobNumber = parts.pop()
  if (jobNumber === undefined || parts.length === 0)
    throw messageWrong(`${sourceName} is not STREAM/JOB/GEOMETRY`)
  const geometry = geometryOf(kind, array)
  return { kind: 'roi', stream: parts.join('/'), jobNumber, geometry, timeNs: 0n, sizeBytes: bytes.length }
}

function geometryOf(kind: string | undefined, request: DataArray): RoiGeometry {
  const x = numbersOf(request.coords['x'])
  const y = numbersOf(request.coords['y'])
  if (x.length !== y.length || x.length > maxRois * maxVertices)
    throw messageWrong(`a region has ${x.length} x and ${y.length} y`)
  switch (kind) {
    case 'roi_rectangle':
      return { kind: 'rectangles', rectangles: rectanglesOf({ x, y }, request), request }
    case 'roi_polygon':
      return { kind: 'polygons', polygons: polygonsOf({ x, y }, request), request }
    case undefined:
    default:
      throw messageWrong(`${kind ?? ''} is no geometry`)
  }
}

interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

function rectanglesOf({ x, y }: Points, request: DataArray): readonly Rectangle[] {
  const indices = numbersOf(request.coords['roi_index'])
  const found: Rectangle[] = []
  for (let at = 0; at + 1 < x.length; at += 2) {
    // One index per rectangle or one per bound: both are written by clients.
    const index = indices[indices.length === x.length ? at : at / 2] ?? at / 2
    found.push({
      index: checkIndex(index, 0),
      x: [x[at] ?? 0, x[at + 1] ?? 0],
      y: [y[at] ?? 0, y[at + 1] ?? 0],
    })
  }
  return found.slice(0, maxRois).toSorted((a, b) => a.index - b.index)
}

function polygonsOf({ x, y }: Points, request: DataArray): readonly Polygon[] {
  const indices = numbersOf(request.coords['roi_index'])
  const byIndex = new Map<number, { x: number[]; y: number[] }>()
  x.forEach((value, at) => {
    const index = checkIndex(indices[at] ?? maxRois, maxRois)
    const polygon = byIndex.get(index) ?? { x: [], y: [] }
    polygon.x.push(value)
    polygon.y.push(y[at] ?? 0)
    byIndex.set(index, polygon)
  })
  return [...byIndex].map(([index, points]) => ({ index, ...points })).toSorted((a, b) => a.index - b.index)
}

function checkIndex(index: number, first: number): number {
  if (Number.isInteger(index) && index >= first && index < first + maxRois) return index
  throw messageWrong(`a region has the index ${index}, not ${first}..${first + maxRois - 1}`)
}

function numbersOf(variable: Variable | undefined): readonly number[] {
  if (variable === undefined) return []
  return Array.from(variable.values as ArrayLike<number | bigint>, Number)
}
