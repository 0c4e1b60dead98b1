import { createChunkCompressor } from '@beamtime/hdf5'
import {
  decodeImageMetadata,
  encodeImageMetadata,
  pixelBytes,
  type ImageMetadata,
} from '../core/image-metadata.ts'
import { imageParts } from '../core/image-parts.ts'
import { DaqError } from '../error.ts'
import { nowMs } from '../receiver/clock.ts'
import { Stage, type StageOptions } from './stage.ts'
import { imageSlots, StageRing } from './stage-ring.ts'

/* Stages that take a stream of images and hand it on: filters, compressors, parts from another host. */

const receiveLimit = 1_000

/** The ring of a stream of images. */
export function ringOf(stage: Stage, suffix: string): StageRing {
  const { imageBytes } = stage.model()
  const shape = { slotBytes: imageBytes, slots: imageSlots(stage.config, imageBytes) }
  return stage.keep(new StageRing(stage.shmDirectory, `${stage.config.detector_name}-${suffix}`, shape))
}

export function metadataIn(parts: readonly Buffer[]): ImageMetadata | undefined {
  const [bytes] = parts
  return bytes === undefined ? undefined : decodeImageMetadata(bytes)
}

/** std_stream_receive: one part of every image of another host into the ring of this one. A part that no image has ends at once. */
export async function streamReceiveStage(
  options: StageOptions & { readonly address: string; readonly part: number },
): Promise<void> {
  const stage = new Stage(options)
  const { parts } = imageParts(stage.config, stage.model().imageBytes)
  const part = parts.find((each) => each.part === options.part)
  if (part === undefined) return
  const ring = ringOf(stage, 'image')
  const sync = stage.push(stage.address('sync'))
  let processed = 0
  let bad = 0
  stage.statistics(
    () => ({ image_part: options.part, zmq_receive_fails: bad, images_missed: 0 }),
    () => processed,
  )
  await stage.each(stage.subscriber(options.address, receiveLimit), async (message) => {
    const metadata = metadataIn(message)
    const [header, bytes] = message
    if (metadata === undefined || header === undefined || bytes?.length !== part.bytes) {
      bad += 1
      return
    }
    ring.write(metadata.image_id, bytes, part.offset)
    await sync.send(header)
    processed += 1
  })
}

/** std_gf_filter: images that the camera wants stored; all of them with `isOff`. */
export async function filterStage(
  options: StageOptions & { readonly source: string; readonly isOff: boolean },
): Promise<void> {
  const stage = new Stage(options)
  const out = await stage.publisher(stage.address('filter'))
  let processed = 0
  let forwarded = 0
  stage.statistics(
    () => ({ source: options.source, forwarded_images: forwarded }),
    () => processed,
  )
  await stage.each(stage.subscriber(stage.address(options.source)), (parts) => {
    const metadata = metadataIn(parts)
    if (metadata === undefined) return
    processed += 1
    if (!options.isOff && metadata.detector?.kind === 'gf' && !metadata.detector.store_image) return
    forwarded += 1
    out.send([...parts])
  })
}

/** Slots that the delay filter leaves free for writers. */
const freeSlots = 998
const tickMs = 20

/** std_delay_filter: metadata after a delay, or when the ring would come round. */
export async function delayStage(options: StageOptions & { readonly source: string }): Promise<void> {
  const stage = new Stage(options)
  const { delay_filter_timeout: delayS } = stage.config
  const limit = Math.max(1, imageSlots(stage.config, stage.model().imageBytes) - freeSlots)
  const out = await stage.publisher(stage.address('delay-filter'))
  const waiting: { readonly message: Buffer; readonly atMs: number }[] = []
  let processed = 0
  stage.statistics(
    () => ({ source: options.source, queue: waiting.length }),
    () => processed,
  )
  const release = (): void => {
    const now = nowMs()
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      if (waiting.length <= limit && now - first.atMs < delayS * 1000) return
      waiting.shift()
      out.send([first.message])
      processed += 1
    }
  }
  const timer = setInterval(release, tickMs)
  stage.keep({ close: () => clearInterval(timer) })
  await stage.each(stage.subscriber(stage.address(options.source)), (parts) => {
    const [message] = parts
    if (metadataIn(parts) === undefined || message === undefined) return
    waiting.push({ message, atMs: nowMs() })
    release()
  })
}

const compressedName = 'h5bitshuffle-lz4'

/** std_data_compress_h5bitshuffle_lz4: images into chunks of HDF5 filter 32008, in a ring of their own. */
export async function compressStage(options: StageOptions): Promise<void> {
  const stage = new Stage(options)
  const { imageBytes, pixelType } = stage.model()
  const source = ringOf(stage, 'image')
  const target = ringOf(stage, compressedName)
  const out = await stage.publisher(stage.address(compressedName))
  const compressor = createChunkCompressor({ maxBytes: imageBytes })
  const pixels = Buffer.alloc(imageBytes)
  const counts = { processed: 0, compressed: 0, tooLarge: 0, bytes: 0 }
  stage.statistics(
    () => ({
      compressed_images: counts.compressed,
      too_large_images: counts.tooLarge,
      ratio: counts.compressed === 0 ? 0 : ((counts.compressed * imageBytes) / counts.bytes).toFixed(3),
    }),
    () => counts.processed,
  )
  await stage.each(stage.subscriber(stage.address('image')), (parts) => {
    const metadata = metadataIn(parts)
    if (metadata === undefined) return
    counts.processed += 1
    source.read(metadata.image_id, pixels)
    const chunk = compressor.compress(pixels, pixelBytes[pixelType])
    // What grows does not fit its slot: noise at the full depth of the pixels.
    if (chunk.length > imageBytes) {
      counts.tooLarge += 1
      return
    }
    target.write(metadata.image_id, chunk)
    counts.compressed += 1
    counts.bytes += chunk.length
    out.send([encodeImageMetadata({ ...metadata, size: chunk.length, compression: 'h5bitshuffle_lz4' })])
  })
}

/** std_data_compress_blosc2: there is no codec. Throws DAQ_CONFIG_INVALID. */
export function refuseBlosc2(): never {
  throw new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: 'blosc2: there is no codec for it here',
    fault: 'caller',
    remedy: 'Use std_data_compress_h5bitshuffle_lz4.',
    key: 'blosc2',
  })
}
