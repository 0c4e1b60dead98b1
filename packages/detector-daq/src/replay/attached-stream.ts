import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { Subscriber } from 'zeromq'
import { decodeImageMetadata, type ImageMetadata } from '../core/image-metadata.ts'
import type { ImageStream } from './stream-place.ts'

/** Pixels of the slots of a stream of this host, read from its shared memory. */
export class SlotReader {
  private readonly stream: ImageStream
  private fd: number | undefined
  private inode = 0
  private lookedMs = 0

  constructor(stream: ImageStream) {
    this.stream = stream
  }

  /** A copy of the image's bytes; undefined where there is no memory (any more) or less than the image. */
  read(metadata: ImageMetadata, nowMs: number): Buffer | undefined {
    if (this.fd !== undefined && nowMs - this.lookedMs >= 1_000) this.look(nowMs)
    try {
      this.fd ??= this.open(nowMs)
    } catch {
      return undefined // not made yet
    }
    const { slots, slotBytes } = this.stream
    const bytes = Math.min(metadata.size, slotBytes)
    const pixels = Buffer.allocUnsafeSlow(bytes)
    const from = (metadata.image_id % slots) * slotBytes
    for (let done = 0; done < bytes;) {
      const count = readSync(this.fd, pixels, done, bytes - done, from + done)
      if (count === 0) return undefined
      done += count
    }
    return pixels
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }

  private open(nowMs: number): number {
    const fd = openSync(this.stream.memory, 'r')
    this.inode = fstatSync(fd).ino
    this.lookedMs = nowMs
    return fd
  }

  /** Whoever writes the memory may have made it anew. */
  private look(nowMs: number): void {
    this.lookedMs = nowMs
    try {
      if (statSync(this.stream.memory).ino === this.inode) return
    } catch {
      // gone
    }
    this.close()
  }
}

export interface AttachedImage {
  readonly metadata: ImageMetadata
  readonly pixels: Buffer
}

/** Images of a stream of this host, ours or a peer's, as they are published. */
export class AttachedStream {
  /** Messages that were no metadata, and images whose pixels could not be read. */
  bad = 0
  private readonly socket: Subscriber
  private readonly slots: SlotReader

  constructor(stream: ImageStream) {
    this.slots = new SlotReader(stream)
    this.socket = new Subscriber({ receiveHighWaterMark: 50_000, linger: 0, reconnectInterval: 50 })
    this.socket.connect(stream.address)
    this.socket.subscribe()
  }

  /** Ends when the stream is closed. */
  async *images(): AsyncGenerator<AttachedImage> {
    for await (const [message] of this.socket) {
      const metadata = message === undefined ? undefined : decodeImageMetadata(message)
      const pixels = metadata === undefined ? undefined : this.slots.read(metadata, Date.now())
      if (metadata === undefined || pixels === undefined) this.bad += 1
      else yield { metadata, pixels }
    }
  }

  close(): void {
    this.socket.close()
    this.slots.close()
  }
}
