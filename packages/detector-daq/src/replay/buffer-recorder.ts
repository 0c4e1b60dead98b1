import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createChunkCompressor } from '@beamtime/hdf5'
import { pixelBytes } from '../core/image-metadata.ts'
import type { AttachedImage } from './attached-stream.ts'
import type { BufferIndex } from './buffer-index.ts'
import { bufferFile, bufferName } from './buffer-path.ts'

const sweepMs = 60_000

/** Appends images to the files of the buffer, compressed, and enters them into its index once their bytes are there. */
export class BufferRecorder {
  images = 0
  bytes = 0
  private readonly root: string
  private readonly detector: string
  private readonly index: BufferIndex
  private readonly keepMs: number
  private readonly compressor: ReturnType<typeof createChunkCompressor>
  private file: { readonly path: string; readonly handle: FileHandle; end: number } | undefined
  private sweptMs = 0

  constructor(options: {
    readonly root: string
    readonly detector: string
    readonly index: BufferIndex
    readonly keepMs: number
    readonly imageBytes: number
  }) {
    this.root = options.root
    this.detector = options.detector
    this.index = options.index
    this.keepMs = options.keepMs
    this.compressor = createChunkCompressor({ maxBytes: options.imageBytes })
  }

  /** Rejects with the error of the disk or of the index. */
  async record({ metadata, pixels }: AttachedImage): Promise<void> {
    const bytes = pixelBytes[metadata.dtype]
    const packed = metadata.compression === 'none' ? this.compressor.compress(pixels, bytes) : pixels
    const file = await this.fileOf(metadata.image_id)
    const offset = file.end
    for (let done = 0; done < packed.length;) {
      const { bytesWritten } = await file.handle.write(packed, done, packed.length - done, offset + done)
      done += bytesWritten
    }
    file.end = offset + packed.length
    const compression = metadata.compression === 'none' ? ('h5bitshuffle_lz4' as const) : metadata.compression
    await this.index.put({ metadata: { ...metadata, size: packed.length, compression }, offset })
    this.images += 1
    this.bytes += packed.length
    await this.sweep(Date.now())
  }

  async close(): Promise<void> {
    await this.file?.handle.close()
    this.file = undefined
  }

  private async fileOf(id: number): Promise<{ readonly handle: FileHandle; end: number }> {
    const path = bufferFile(this.root, this.detector, id)
    if (this.file?.path === path) return this.file
    await this.close()
    await mkdir(dirname(path), { recursive: true })
    // Read and write, create: an older recording of the same ids stays in front.
    const handle = await open(path, 'a+').then(async (made) => {
      await made.close()
      return open(path, 'r+')
    })
    this.file = { path, handle, end: (await handle.stat()).size }
    return this.file
  }

  /** Takes away files whose last image is older than images are kept. */
  private async sweep(nowMs: number): Promise<void> {
    if (nowMs - this.sweptMs < sweepMs) return
    this.sweptMs = nowMs
    const home = join(this.root, bufferName(this.detector))
    for (const folder of await readdir(home).catch(() => [])) {
      if (!/^\d+000000$/.test(folder)) continue
      for (const name of await readdir(join(home, folder)).catch(() => [])) {
        const path = join(home, folder, name)
        if (!/^\d+\.dat$/.test(name) || path === this.file?.path) continue
        const { mtimeMs } = await stat(path)
        if (nowMs - mtimeMs > this.keepMs) await rm(path, { force: true })
      }
    }
  }
}
