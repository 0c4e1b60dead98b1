import type { ImagePart } from '../core/image-parts.ts'
import { encodeImageMetadata, type StatusEnum } from '../core/image-metadata.ts'
import type { PublishedImage } from '../image/image-flow.ts'
import { PublishSocket } from '../image/publish-socket.ts'

/** Bytes that may wait for a slow host; what does not fit is lost whole and counted. */
const waitingBytes = 268_435_456
const mostMessages = 1_000

/** One part of every image to another host: metadata as it is published here, then the part's bytes. */
export class StreamSender {
  private readonly socket: PublishSocket
  private readonly part: ImagePart
  /** Whole images of which this part takes every n-th; 0 = a piece of each. */
  private readonly every: number
  private readonly statusEnum: StatusEnum

  private constructor(
    socket: PublishSocket,
    options: { readonly part: ImagePart; readonly every: number; readonly statusEnum: StatusEnum },
  ) {
    this.socket = socket
    this.part = options.part
    this.every = options.every
    this.statusEnum = options.statusEnum
  }

  static async open(options: {
    readonly address: string
    readonly part: ImagePart
    readonly every: number
    readonly statusEnum: StatusEnum
  }): Promise<StreamSender> {
    const limit = Math.min(mostMessages, Math.max(8, Math.floor(waitingBytes / options.part.bytes)))
    return new StreamSender(await PublishSocket.bind(options.address, limit), options)
  }

  get endpoint(): string {
    return this.socket.endpoint
  }

  /** 'lost': the slot was overwritten while it was copied, or the other host is too slow. */
  offer(image: PublishedImage, isHeld: () => boolean): 'sent' | 'passed' | 'lost' {
    const { part, every, socket } = this
    if (socket.subscribers === 0) return 'passed'
    if (every > 0 && image.metadata.image_id % every !== part.part) return 'passed'
    const before = socket.dropped
    const bytes = Buffer.allocUnsafeSlow(part.bytes)
    bytes.set(image.pixels.subarray(part.offset, part.offset + part.bytes))
    if (!isHeld()) return 'lost'
    socket.send([encodeImageMetadata(image.metadata, this.statusEnum), bytes])
    return socket.dropped > before ? 'lost' : 'sent'
  }

  close(): void {
    this.socket.close()
  }
}
