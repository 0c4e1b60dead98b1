import type { KeptMask, MaskInUse, MasksAnswer } from '@beamtime/http-gateway/ui-types'

/* Masks of the fake detector. */

const side = 2_016
const kept = new Map<string, { readonly mask: KeptMask; readonly bytes: Uint8Array<ArrayBuffer> }>()
let inUse: MaskInUse = { name: 'beam stop', pixels: 0, version: 1 }

function keep(name: string, bytes: Uint8Array): KeptMask {
  const pixels = bytes.reduce((sum, one) => sum + (one === 0 ? 0 : 1), 0)
  const mask = { name, pixels, width: side, height: side, savedMs: Date.now() }
  kept.set(name, { mask, bytes: new Uint8Array(bytes) })
  return mask
}

/** A round beam stop on its holder, and the gaps between the modules. */
function beamStop(): Uint8Array {
  const bytes = new Uint8Array(side * side)
  for (let at = 0; at < bytes.length; at++) {
    const [x, y] = [at % side, Math.floor(at / side)]
    const isStop = Math.hypot(x - 1_010, y - 990) < 60 || (Math.abs(x - 1_010) < 12 && y > 990)
    bytes[at] = isStop || y % 504 > 490 || Math.abs(x - 1_000) < 8 ? 1 : 0
  }
  return bytes
}

function apply(wanted: unknown): MaskInUse {
  const name = typeof wanted === 'string' ? wanted : ''
  inUse = { name, pixels: kept.get(name)?.mask.pixels ?? 0, version: inUse.version + 1 }
  return inUse
}

export function maskVersion(): number {
  return inUse.version
}

/** Answers the routes of masks; undefined for others. */
export function fakeMasks(request: {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  readonly bytes: Uint8Array | null
}): unknown {
  const { method, path, query, body, bytes } = request
  if (!path.startsWith('/detectors/eiger/mask')) return undefined
  if (kept.size === 0) inUse = { name: 'beam stop', pixels: keep('beam stop', beamStop()).pixels, version: 1 }
  const name = query.get('name') ?? inUse.name
  switch (`${method} ${path.slice('/detectors/eiger/'.length)}`) {
    case 'GET masks':
      return { inUse, masks: Array.from(kept.values(), ({ mask }) => mask) } satisfies MasksAnswer
    case 'GET mask':
      return kept.get(name)?.bytes.buffer ?? new ArrayBuffer(0)
    case 'GET mask/threshold':
      return Uint8Array.from({ length: side * side }, (_, at) => (at % 9_973 === 0 ? 1 : 0)).buffer
    case 'POST mask':
      return keep(name, bytes ?? new Uint8Array(side * side))
    case 'DELETE mask':
      kept.delete(name)
      return { success: true }
    case 'POST mask/apply':
      return apply(body['name'])
    default:
      return undefined
  }
}
