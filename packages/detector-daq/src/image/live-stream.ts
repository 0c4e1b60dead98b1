import { arrayHeader } from '../core/array-header.ts'
import { liveGate, type LiveGate, type LiveSelection } from '../core/live-selection.ts'
import { PublishSocket } from './publish-socket.ts'
import type { PublishedImage } from './image-flow.ts'

/** Images that wait for a slow subscriber; more are lost whole. */
const highWaterMark = 100

/** A PUB socket with array-1.0 messages of chosen images. */
export class LiveStream {
  private readonly socket: PublishSocket
  private readonly gate: LiveGate
  private readonly extraHeader: boolean

  private constructor(socket: PublishSocket, gate: LiveGate, extraHeader: boolean) {
    this.socket = socket
    this.gate = gate
    this.extraHeader = extraHeader
  }

  static async open(options: {
    readonly address: string
    readonly selection: LiveSelection
    readonly extraHeader: boolean
  }): Promise<LiveStream> {
    const socket = await PublishSocket.bind(options.address, highWaterMark)
    return new LiveStream(socket, liveGate(options.selection), options.extraHeader)
  }

  get endpoint(): string {
    return this.socket.endpoint
  }

  /** Sends the image if it is its turn and somebody listens. `isHeld` says whether the slot was whole while it was copied. */
  offer(
    image: PublishedImage,
    at: { readonly nowMs: number; readonly isHeld: () => boolean },
  ): 'sent' | 'passed' | 'lost' {
    if (!this.gate(image.metadata.image_id, at.nowMs)) return 'passed'
    if (this.socket.subscribers === 0) return 'passed'
    const pixels = Buffer.allocUnsafe(image.pixels.length)
    pixels.set(image.pixels)
    if (!at.isHeld()) return 'lost'
    const extra = this.extraHeader ? { timestampNs: BigInt(Math.round(at.nowMs * 1000)) * 1000n } : undefined
    this.socket.send([arrayHeader(image.metadata, extra), pixels])
    return 'sent'
  }

  close(): void {
    this.socket.close()
  }
}
