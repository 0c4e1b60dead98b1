import { isRecord } from '../http/body.ts'
import { badRequest, notFound, unavailable, type GatewayError } from '../error.ts'
import type { KeptMask, MaskInUse, MasksAnswer } from '../ui-types.ts'

/* Masks of a detector: its service keeps and applies them, here they are asked for. */

const answerWithinMs = 15_000

export interface MaskBytes {
  /** One byte a pixel, row by row, not zero = masked. */
  readonly bytes: Uint8Array
  readonly height: number
  readonly width: number
  readonly name: string
}

export interface MaskClient {
  list(): Promise<MasksAnswer>
  /** The one in use for an empty name; null where nothing is masked. */
  load(name: string): Promise<MaskBytes | null>
  /** The HDF5 file. */
  file(name: string): Promise<Uint8Array>
  save(name: string, bytes: Uint8Array, options: { readonly replace: boolean }): Promise<KeptMask>
  remove(name: string): Promise<void>
  /** Null: the one of the configuration. */
  apply(name: string | null): Promise<MaskInUse>
}

/** Each call rejects with GATEWAY_REQUEST_INVALID and the reason of the service, GATEWAY_NOT_FOUND, GATEWAY_UNAVAILABLE. */
export function maskClient(id: string, url: string): MaskClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    try {
      return await fetch(`${url}${path}`, { signal: AbortSignal.timeout(answerWithinMs), ...init })
    } catch (error) {
      throw unavailable(`The detector '${id}' does not answer.`, error)
    }
  }
  const json = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> =>
    tableOf(await ask(path, init))
  const bytes = async (path: string): Promise<Response> => {
    const answer = await ask(path)
    if (answer.headers.get('content-type')?.startsWith('application/json') === true) await tableOf(answer)
    return answer
  }
  return {
    async list() {
      const { in_use: inUse, masks } = await json('/daq/masks')
      return { inUse: inUseOf(inUse), masks: Array.isArray(masks) ? masks.filter(isRecord).map(keptOf) : [] }
    },
    async load(name) {
      const answer = await bytes(name === '' ? '/daq/mask' : `/daq/masks/${encodeURIComponent(name)}`)
      if (answer.status !== 200) return null
      const [height = 0, width = 0] = (answer.headers.get('x-mask-shape') ?? '').split(',').map(Number)
      const found = new Uint8Array(await answer.arrayBuffer())
      if (found.length !== width * height) throw unavailable(`The detector '${id}' sends no whole mask.`)
      return {
        bytes: found,
        width,
        height,
        name: decodeURIComponent(answer.headers.get('x-mask-name') ?? ''),
      }
    },
    async file(name) {
      return new Uint8Array(await (await bytes(`/daq/masks/${encodeURIComponent(name)}/file`)).arrayBuffer())
    },
    async save(name, mask, { replace }) {
      const { mask: kept } = await json(
        `/daq/masks/${encodeURIComponent(name)}${replace ? '?replace=1' : ''}`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: mask as Uint8Array<ArrayBuffer>,
        },
      )
      return keptOf(isRecord(kept) ? kept : {})
    },
    async remove(name) {
      await json(`/daq/masks/${encodeURIComponent(name)}`, { method: 'DELETE' })
    },
    async apply(name) {
      const { in_use: inUse } = await json('/daq/mask/apply', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      })
      return inUseOf(inUse)
    },
  }
}

/** The service answers 200 with a status, and with the reason where it refuses. */
async function tableOf(answer: Response): Promise<Record<string, unknown>> {
  let value: unknown
  try {
    value = await answer.json()
  } catch (error) {
    throw unavailable(`The detector answers ${answer.status} without a reason.`, error)
  }
  const table = isRecord(value) ? value : {}
  if (answer.status === 200 && table['status'] === 'ok') return table
  throw refusalOf(table)
}

function refusalOf({ message, code }: Record<string, unknown>): GatewayError {
  const text = typeof message === 'string' ? message : 'The detector refuses.'
  if (code === 'DAQ_WRITER_FAILED') return unavailable(text)
  return text.startsWith('There is no mask') ? notFound(text) : badRequest(text)
}

function keptOf({ name, pixels, width, height, savedMs }: Record<string, unknown>): KeptMask {
  return {
    name: typeof name === 'string' ? name : '',
    pixels: numberOf(pixels),
    width: numberOf(width),
    height: numberOf(height),
    savedMs: numberOf(savedMs),
  }
}

function inUseOf(value: unknown): MaskInUse {
  const { name, pixels, version } = isRecord(value) ? value : {}
  return {
    name: typeof name === 'string' ? name : '',
    pixels: numberOf(pixels),
    version: numberOf(version),
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
