import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import { isPlainObject } from '../../net/merge-patch.ts'

/* Regions as JSON: {"detector": NAME, "regions": [{"kind": "rect", "pts": [[x, y], [x, y]], "width"?: n}]}, in pixels of the image. */

const kinds = ['rect', 'ellipse', 'line', 'polygon'] as const
const mostRegions = 32
const mostPoints = 200
const mostCharacters = 1_000_000
const farthest = 1_000_000

export function regionsText(detector: string, rois: readonly ImageRoi[]): string {
  const regions = rois.map(({ kind, pts, width }) => ({
    kind,
    pts,
    ...(width === undefined ? {} : { width }),
  }))
  return `${JSON.stringify({ detector, regions }, null, 1)}\n`
}

/** The regions of a text, numbered from 1; null when it is none. What of them makes no sense is left out. */
export function readRegions(text: string): readonly ImageRoi[] | null {
  if (text.length > mostCharacters) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const list = isPlainObject(value) ? value['regions'] : value
  if (!Array.isArray(list)) return null
  return list
    .slice(0, mostRegions)
    .flatMap(regionOf)
    .map((region, index) => ({ ...region, id: index + 1 }))
}

function regionOf(value: unknown): readonly Omit<ImageRoi, 'id'>[] {
  if (!isPlainObject(value)) return []
  const kind = kinds.find((one) => one === value['kind'])
  const pts = Array.isArray(value['pts']) ? value['pts'].slice(0, mostPoints).flatMap(pointOf) : []
  const isWhole = kind === 'polygon' ? pts.length >= 3 : pts.length === 2
  if (kind === undefined || !isWhole) return []
  const width = value['width']
  const isWide = kind === 'line' && typeof width === 'number' && width >= 1 && width <= 20
  return [{ kind, pts, ...(isWide ? { width: Math.round(width) } : {}) }]
}

function pointOf(value: unknown): readonly (readonly [number, number])[] {
  const [x, y] = Array.isArray(value) ? (value as unknown[]) : []
  return isPlace(x) && isPlace(y) ? [[x, y]] : []
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= farthest
}
