import type { DetectorConfig } from './detector-config.ts'
import type { DetectorModel, DetectorPort } from './detector-model.ts'
import { gigafrostMeta } from './gigafrost-packet.ts'
import type { ImageMetadata } from './image-metadata.ts'
import { metaWords, type PacketFormat } from './packet.ts'
import { slsMeta } from './sls-packet.ts'

/* Images on their way to another host, in parts (daq contract 5.1): every part is a stream of its own. */

/** Largest images per kind of detector, by which parts are cut when nothing else is said. */
const largestBytes: Readonly<Record<string, number>> = {
  gigafrost: 2016 * 2016 * 2,
  eiger: 3106 * 3264 * 4,
  jungfrau: 1024 * 512 * 32 * 2,
  'jungfrau-raw': 1024 * 512 * 32 * 2,
  'jungfrau-converted': 1024 * 512 * 32 * 4,
}

export interface ImagePart {
  readonly part: number
  readonly offset: number
  readonly bytes: number
}

export interface ImageParts {
  /** Whole images in turn instead of pieces of all. */
  readonly isWhole: boolean
  readonly parts: readonly ImagePart[]
}

/** The streams of an image. The remainder of a division goes to the last part. */
export function imageParts(config: DetectorConfig, imageBytes: number): ImageParts {
  const forwarders = Math.max(1, config.max_number_of_forwarders_spawned)
  if (config.sender_sends_full_images) {
    const whole = { offset: 0, bytes: imageBytes }
    return { isWhole: true, parts: Array.from({ length: forwarders }, (_, part) => ({ part, ...whole })) }
  }
  const piece = config.use_all_forwarders
    ? Math.floor(imageBytes / forwarders)
    : Math.floor((largestBytes[config.detector_type] ?? imageBytes * forwarders) / forwarders)
  const size = Math.max(1, piece)
  const count = config.use_all_forwarders ? forwarders : Math.min(forwarders, Math.ceil(imageBytes / size))
  return {
    isWhole: false,
    parts: Array.from({ length: count }, (_, part) => {
      const offset = part * size
      return { part, offset, bytes: part === count - 1 ? imageBytes - offset : size }
    }),
  }
}

const noPackets: PacketFormat = {
  name: 'forwarded',
  units: 1,
  packetsPerFrame: 1,
  rowsPerUnit: 1,
  rows: 0,
  columns: 0,
  rowBytes: 0,
  maxPacketBytes: 63,
  read: () => false,
}

/** The detector as the receiving host sees it: parts take the place of modules. */
export function forwardedModel(model: DetectorModel, { isWhole, parts }: ImageParts): DetectorModel {
  const ports: DetectorPort[] = parts.map(({ part }) => ({
    index: part,
    module: isWhole ? 0 : part,
    format: noPackets,
    segments: [],
    frameStep: 1,
    turn: isWhole ? part : 0,
  }))
  return {
    ...model,
    ports,
    modules: isWhole ? 1 : parts.length,
    activeModules: isWhole ? [0] : parts.map(({ part }) => part),
    transform: 'none',
  }
}

/** The words that the metadata was made of (`imageMetadataOf`), so that it is made again the same. */
export function metaOf(metadata: ImageMetadata, doNotStoreBit: number): Float64Array {
  const words = new Float64Array(metaWords)
  const { detector } = metadata
  if (detector?.kind === 'jf') words[slsMeta.daqInfo] = detector.daq_rec
  if (detector?.kind !== 'gf') return words
  words[gigafrostMeta.scanId] = detector.scan_id
  words[gigafrostMeta.scanTime] = detector.scan_time
  words[gigafrostMeta.syncTime] = detector.sync_time
  words[gigafrostMeta.timestamp] = detector.frame_timestamp
  words[gigafrostMeta.exposure] = detector.exposure_time
  words[gigafrostMeta.imageStatus] = detector.store_image ? 0 : 1 << doNotStoreBit
  return words
}
