import { encodeImageMetadata, type ImageMetadata } from '../core/image-metadata.ts'
import { PublishSocket } from '../image/publish-socket.ts'
import { ShmMirror } from '../image/shm-mirror.ts'
import type { ImageStream } from './stream-place.ts'

const highWaterMark = 50_000

/** A stream of images of this host, for whoever attaches: pixels into the shared memory, then their metadata. */
export class LocalStream {
  private readonly memory: ShmMirror
  private readonly socket: PublishSocket

  private constructor(memory: ShmMirror, socket: PublishSocket) {
    this.memory = memory
    this.socket = socket
  }

  /** Rejects when the socket is taken. */
  static async open(stream: ImageStream): Promise<LocalStream> {
    const socket = await PublishSocket.bind(stream.address, highWaterMark)
    const { slots, slotBytes, memory: path } = stream
    return new LocalStream(new ShmMirror({ path, slots, slotBytes }), socket)
  }

  get subscribers(): number {
    return this.socket.subscribers
  }

  /** Throws when the memory has no room. */
  publish(metadata: ImageMetadata, pixels: Uint8Array): void {
    this.memory.write(metadata.image_id, pixels, Date.now())
    this.socket.send([encodeImageMetadata(metadata)])
  }

  close(): void {
    this.socket.close()
    this.memory.close({ unlink: true })
  }
}
