import { liveGate, type LiveFormat, type LiveGate, type LiveSelection } from '../core/live-selection.ts'
import { liveEncoder, type LiveContext, type LiveEncoder } from './live-format.ts'
import { PublishSocket } from './publish-socket.ts'
import type { PublishedImage } from './image-flow.ts'

/** Images that wait for a slow subscriber; more are lost whole. */
const highWaterMark = 100

export interface LiveStreamOptions {
  readonly address: string
  readonly selection: LiveSelection
  /** Adds status and time to array-1.0. */
  readonly extraHeader: boolean
  /** Default array-1.0. */
  readonly format?: LiveFormat
  /** What some forms say of the detector. */
  readonly context?: Omit<LiveContext, 'extraHeader'>
}

/** A PUB socket with messages of chosen images. */
export class LiveStream {
  private readonly socket: PublishSocket
  private readonly gate: LiveGate
  private readonly encoder: LiveEncoder

  private constructor(socket: PublishSocket, options: LiveStreamOptions) {
    this.socket = socket
    this.gate = liveGate(options.selection)
    const { format = 'array-1.0', extraHeader, context } = options
    const none = { detector: '', pedestalFile: '', gainFile: '' }
    this.encoder = liveEncoder(format, { ...none, ...context, extraHeader })
  }

  static async open(options: LiveStreamOptions): Promise<LiveStream> {
    return new LiveStream(await PublishSocket.bind(options.address, highWaterMark), options)
  }

  get endpoint(): string {
    return this.socket.endpoint
  }

  /** Sends the image if it is its turn and somebody listens. `isHeld` says whether the slot was whole while it was copied. */
  offer(
    image: PublishedImage,
    at: { readonly nowMs: number; readonly isHeld: () => boolean },
  ): 'sent' | 'passed' | 'lost' {
    const isChosen = this.gate(image.metadata.image_id, at.nowMs)
    if (this.socket.subscribers === 0) return 'passed'
    const { metadata } = image
    if (!isChosen) {
      const skipped = this.encoder.skip?.(metadata)
      if (skipped !== undefined) this.socket.send(skipped)
      return 'passed'
    }
    const pixels = Buffer.allocUnsafe(image.pixels.length)
    pixels.set(image.pixels)
    if (!at.isHeld()) return 'lost'
    this.socket.send(this.encoder.message({ metadata, pixels, atMs: at.nowMs }))
    return 'sent'
  }

  close(): void {
    this.socket.close()
  }
}
