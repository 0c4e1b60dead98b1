import type { ImageView } from '../ui-types.ts'
import { getBytes } from './get-bytes.ts'
import { pixelsOf, type SourceImage } from './pixels.ts'

const answerWithinMs = 3_000
/** A file is read by a thread that may have to start. */
const recordedWithinMs = 15_000
/** A detector of 16 Mpx with 4 bytes a pixel. */
const maxImageBytes = 64 * 1024 * 1024

export interface Fetched {
  readonly image: SourceImage
  /** Which mask belongs to it. */
  readonly maskVersion: string
}

/** The newest image; null when there is nothing newer than the image `after`. Rejects when the detector does not answer so. */
export async function newestImage(url: string, after: number | null): Promise<Fetched | null> {
  const query = after === null ? '' : `?after=${after}`
  return await imageAt(`${url}/daq/image${query}`, answerWithinMs)
}

/** An image of the past. Rejects when it is not there. */
export async function pastImage(
  url: string,
  { mode, run, image }: Pick<ImageView, 'mode' | 'run' | 'image'>,
): Promise<Fetched> {
  const isHeld = mode === 'held'
  const path = isHeld ? `/daq/image?id=${image}` : `/daq/recorded/${encodeURIComponent(run)}/${image}`
  const found = await imageAt(`${url}${path}`, isHeld ? answerWithinMs : recordedWithinMs)
  if (found === null) throw new Error(`Image ${image} is no longer in the buffer.`)
  return { ...found, image: { ...found.image, isRecorded: true } }
}

/** A byte a pixel, not zero = masked; null without a mask. */
export async function maskOf(url: string): Promise<Uint8Array | null> {
  const { status, bytes } = await getBytes(`${url}/daq/mask`, {
    withinMs: answerWithinMs,
    maxBytes: maxImageBytes,
  })
  return status === 200 ? bytes : null
}

async function imageAt(url: string, withinMs: number): Promise<Fetched | null> {
  const { status, headers, bytes } = await getBytes(url, { withinMs, maxBytes: maxImageBytes })
  if (status === 204) return null
  if (status < 200 || status > 299) throw new Error(`The detector answers ${status}.`)
  const told = (name: string): string => String(headers[name] ?? '')
  if (told('x-image-shape') === '') throw new Error(refusalOf(bytes))
  const [height = 0, width = 0] = told('x-image-shape').split(',').map(Number)
  const type = told('x-image-type')
  const pixels = pixelsOf(type, bytes.buffer, width * height)
  if (pixels === null)
    throw new Error(`The detector sends ${width} x ${height} of ${type}, which cannot be shown.`)
  return {
    image: {
      id: Number(told('x-image-id')),
      width,
      height,
      pixels,
      atMs: Number(told('x-image-time-ms')) || Date.now(),
    },
    maskVersion: told('x-mask-version'),
  }
}

/** The service says in JSON why there is no image. */
function refusalOf(body: Uint8Array): string {
  try {
    const { message } = JSON.parse(Buffer.from(body).toString('utf8')) as { readonly message?: unknown }
    return typeof message === 'string' ? message : 'The detector sends no image.'
  } catch {
    return 'The detector sends no image.'
  }
}
