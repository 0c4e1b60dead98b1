import type { FramesError, FramesRequest } from '@beamtime/http-gateway/ui-types'
import { decodeFrame, FrameError, type Frame, type ImageFrame } from '../net/frame-codec.ts'
import { imageDetails, type ImageDetails } from './image-details.ts'
import type { FromImageWorker } from './image-messages.ts'

/** The one view of an image worker's socket. */
export const viewId = 1

/** What is done with what a socket of images sends. */
export interface FrameIntake {
  draw(frame: ImageFrame): void
  /** What comes after an image; nobody acknowledges it. */
  detail(details: ImageDetails): void
  ask(request: FramesRequest): void
  tell(message: FromImageWorker): void
}

/**
 * Takes a message of the socket. One that is damaged costs one image: it is told and acknowledged like the others, because the server
 * sends nothing more while two are not.
 */
export function takeMessage(data: string | ArrayBuffer, to: FrameIntake): void {
  if (typeof data === 'string') {
    to.tell({ kind: 'error', text: errorOf(data) })
    return
  }
  try {
    const read = decodeFrame(data)
    const details = read.kind === 'arrays' ? imageDetails(read) : null
    if (details !== null) {
      to.detail(details)
      return
    }
    const frame = wholeImage(read)
    to.draw(frame)
    to.ask({ op: 'ack', id: viewId, seq: frame.seq })
    const { index: _index, kind: _kind, ...drawn } = frame
    to.tell({ kind: 'frame', frame: drawn })
  } catch (error) {
    if (!(error instanceof FrameError)) throw error
    to.ask({ op: 'ack', id: viewId, seq: 0 })
    to.tell({ kind: 'error', text: error.message })
  }
}

function wholeImage(frame: Frame): ImageFrame {
  if (frame.kind !== 'image') throw new FrameError('frame is no image', 4)
  const { columns, rows, index } = frame
  if (index.length === 0 || index.length !== columns * rows)
    throw new FrameError(`frame has ${index.length} colours for ${columns} × ${rows} pixels`, 64)
  return frame
}

function errorOf(text: string): string {
  try {
    const { text: said } = JSON.parse(text) as Partial<FramesError>
    return typeof said === 'string' ? said : text.slice(0, 200)
  } catch {
    return text.slice(0, 200)
  }
}
