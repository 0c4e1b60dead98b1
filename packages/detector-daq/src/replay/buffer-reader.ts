import { open } from 'node:fs/promises'
import { createChunkDecompressor, type ChunkDecompressor } from '@beamtime/hdf5'
import { Reply } from 'zeromq'
import { chmod } from 'node:fs/promises'
import { pixelBytes } from '../core/image-metadata.ts'
import {
  decodeNextImageRequest,
  encodeNextImageResponse,
  type BufferedMetadata,
} from '../core/replay-messages.ts'
import type { LocalStream } from './local-stream.ts'
import type { BufferIndex } from './buffer-index.ts'
import { bufferFile } from './buffer-path.ts'

/** Answers requests for the next stored image: its pixels go into the detector's stream, its id into the answer. */
export class BufferReader {
  images = 0
  /** Entries whose bytes are no longer there. */
  lost = 0
  private readonly options: {
    readonly root: string
    readonly detector: string
    readonly imageBytes: number
    readonly index: BufferIndex
    readonly stream: LocalStream
  }
  private readonly socket = new Reply({ linger: 0 })
  private readonly decompressor: ChunkDecompressor

  constructor(options: BufferReader['options']) {
    this.options = options
    this.decompressor = createChunkDecompressor({ maxBytes: options.imageBytes })
  }

  /** Rejects when the address is taken. */
  async bind(address: string): Promise<void> {
    await this.socket.bind(address)
    if (address.startsWith('ipc://')) await chmod(address.slice(6), 0o777).catch(() => undefined)
  }

  /** Ends with `close`. */
  async serve(): Promise<void> {
    for await (const [message] of this.socket) {
      const request = message === undefined ? undefined : decodeNextImageRequest(message)
      const id = request === undefined ? undefined : await this.publishNext(request.imageId)
      await this.socket.send(encodeNextImageResponse(id))
    }
  }

  close(): void {
    this.socket.close()
  }

  private async publishNext(from: number): Promise<number | undefined> {
    const { index, stream, imageBytes } = this.options
    for (let entry = await index.next(from); entry !== undefined;) {
      const { metadata } = entry
      const pixels = await this.load(entry).catch(() => undefined)
      if (pixels !== undefined) {
        stream.publish({ ...metadata, size: imageBytes, compression: 'none' }, pixels)
        this.images += 1
        return metadata.image_id
      }
      this.lost += 1
      entry = await index.next(metadata.image_id + 1)
    }
    return undefined
  }

  private async load({ metadata, offset }: BufferedMetadata): Promise<Uint8Array | undefined> {
    const { root, detector, imageBytes } = this.options
    const file = await open(bufferFile(root, detector, metadata.image_id), 'r')
    try {
      const bytes = Buffer.allocUnsafe(Math.min(metadata.size, imageBytes * 2 + 4_096))
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
      if (bytesRead !== metadata.size || metadata.compression !== 'h5bitshuffle_lz4') return undefined
      const pixels = this.decompressor.decompress(bytes, pixelBytes[metadata.dtype])
      return pixels.length === imageBytes ? new Uint8Array(pixels) : undefined
    } finally {
      await file.close()
    }
  }
}
