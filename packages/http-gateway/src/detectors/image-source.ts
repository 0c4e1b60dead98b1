import type { ImageView } from '../ui-types.ts'
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
  const answer = await fetch(`${url}/daq/mask`, { signal: AbortSignal.timeout(answerWithinMs) })
  if (answer.status !== 200) return null
  checkLength(answer)
  return new Uint8Array(await answer.arrayBuffer())
}

async function imageAt(url: string, withinMs: number): Promise<Fetched | null> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(withinMs) })
  if (answer.status === 204) return null
  if (!answer.ok) throw new Error(`The detector answers ${answer.status}.`)
  checkLength(answer)
  const { headers } = answer
  const shape = headers.get('x-image-shape')
  if (shape === null) throw new Error(await refusalOf(answer))
  const [height = 0, width = 0] = shape.split(',').map(Number)
  const type = headers.get('x-image-type') ?? ''
  const pixels = pixelsOf(type, await answer.arrayBuffer(), width * height)
  if (pixels === null)
    throw new Error(`The detector sends ${width} x ${height} of ${type}, which cannot be shown.`)
  return {
    image: {
      id: Number(headers.get('x-image-id')),
      width,
      height,
      pixels,
      atMs: Number(headers.get('x-image-time-ms')) || Date.now(),
    },
    maskVersion: headers.get('x-mask-version') ?? '',
  }
}

function checkLength({ headers }: Response): void {
  if (Number(headers.get('content-length')) > maxImageBytes) throw new Error('The image is too large.')
}

/** The service says in JSON why there is no image. */
async function refusalOf(answer: Response): Promise<string> {
  try {
    const { message } = (await answer.json()) as { readonly message?: unknown }
    return typeof message === 'string' ? message : 'The detector sends no image.'
  } catch {
    return 'The detector sends no image.'
  }
}
