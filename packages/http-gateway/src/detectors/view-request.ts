import { isRecord } from '../http/body.ts'
import type {
  AutoRange,
  FramesRequest,
  ImageMode,
  ImageRoi,
  ImageView,
  Reduction,
  ScaleName,
} from '../ui-types.ts'
import { stackOf } from './image-stack.ts'
import { thresholdOf } from './value-threshold.ts'

const scales: readonly ScaleName[] = ['linear', 'log', 'sqrt', 'asinh']
const ranges: readonly AutoRange[] = ['off', 'minmax', 'p0.1-99.9', 'p1-99']
const reductions: readonly Reduction[] = ['nearest', 'max', 'mean', 'sum']
const kinds: readonly ImageRoi['kind'][] = ['rect', 'ellipse', 'line', 'polygon']
const maxRois = 32
const maxPoints = 200
const maxSide = 8_192
const maxLineWidth = 20

/** Reads a text frame of `/api/ui/frames`; what is missing gets its default, what cannot be is null. */
export function framesRequest(text: string): FramesRequest | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value)) return null
  const { op, id, seq, view } = value
  if (!isWhole(id) || id > 0xff_ff_ff_ff) return null
  if (op === 'ack' && isWhole(seq)) return { op, id, seq }
  if (op === 'end') return { op, id }
  const read = op === 'view' && isRecord(view) ? imageView(view) : null
  return read === null ? null : { op: 'view', id, view: read }
}

function imageView(value: Record<string, unknown>): ImageView | null {
  const { det, fps, lo, hi, hist, run, image } = value
  if (typeof det !== 'string') return null
  return {
    det,
    view: regionOf(value['view']),
    out: sizeOf(value['out']),
    fps: clamp(fps, { least: 0.1, most: 60, otherwise: 30 }),
    scale: oneOf(scales, value['scale'], 'linear'),
    lo: isNumber(lo) ? lo : 0,
    hi: isNumber(hi) ? hi : 1,
    auto: oneOf(ranges, value['auto'], 'p0.1-99.9'),
    reduce: oneOf(reductions, value['reduce'], 'max'),
    rois: Array.isArray(value['rois']) ? value['rois'].slice(0, maxRois).flatMap(roiOf) : [],
    probe: pointOf(value['probe']),
    hist: hist === true,
    mode: modeOf(value['mode']),
    run: typeof run === 'string' ? run.slice(0, 100) : '',
    image: isWhole(image) ? image : 0,
    mask: value['mask'] !== false,
    threshold: thresholdOf(value['threshold']),
    profiles: value['profiles'] === true,
    values: value['values'] === true,
  }
}

function modeOf(value: unknown): ImageMode {
  if (value === 'held' || value === 'recorded') return value
  const stack = typeof value === 'string' ? stackOf(value) : null
  return stack === null ? 'latest' : `${stack.how} ${stack.images}`
}

function roiOf(value: unknown): ImageRoi[] {
  if (!isRecord(value)) return []
  const { id, pts, width } = value
  const points = Array.isArray(pts)
    ? pts.slice(0, maxPoints).flatMap((one): (readonly [number, number])[] => {
        const [x, y] = Array.isArray(one) ? (one as unknown[]) : []
        return isNumber(x) && isNumber(y) ? [[x, y]] : []
      })
    : []
  return isWhole(id) && points.length >= 2
    ? [
        {
          id,
          kind: oneOf(kinds, value['kind'], 'rect'),
          pts: points,
          ...(isNumber(width)
            ? { width: Math.round(clamp(width, { least: 1, most: maxLineWidth, otherwise: 1 })) }
            : {}),
        },
      ]
    : []
}

function regionOf(value: unknown): ImageView['view'] {
  if (!isRecord(value)) return null
  const { x, y, w, h } = value
  return isNumber(x) && isNumber(y) && isNumber(w) && isNumber(h) && w > 0 && h > 0 ? { x, y, w, h } : null
}

function sizeOf(value: unknown): ImageView['out'] {
  const { w, h } = isRecord(value) ? value : {}
  const side = (one: unknown): number => Math.round(clamp(one, { least: 1, most: maxSide, otherwise: 1_024 }))
  return { w: side(w), h: side(h) }
}

function pointOf(value: unknown): ImageView['probe'] {
  const { x, y } = isRecord(value) ? value : {}
  return isNumber(x) && isNumber(y) && Math.abs(x) < 1e6 && Math.abs(y) < 1e6 ? { x, y } : null
}

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise
}

function clamp(
  value: unknown,
  bounds: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  return isNumber(value) ? Math.max(bounds.least, Math.min(bounds.most, value)) : bounds.otherwise
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isWhole(value: unknown): value is number {
  return isNumber(value) && Number.isInteger(value) && value >= 0
}
