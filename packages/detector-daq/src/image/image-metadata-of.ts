import type { DetectorModel, MetadataKind } from '../core/detector-model.ts'
import { gigafrostMeta } from '../core/gigafrost-packet.ts'
import type { DetectorMetadata, ImageMetadata, ImageStatus } from '../core/image-metadata.ts'
import { slsMeta } from '../core/sls-packet.ts'

function detectorPart(
  kind: MetadataKind,
  meta: Float64Array,
  doNotStoreBit: number,
): DetectorMetadata | undefined {
  const word = (at: number): number => meta[at] ?? 0
  switch (kind) {
    case 'jf':
      return { kind, daq_rec: word(slsMeta.daqInfo) }
    case 'eg':
      return { kind, exptime: 0 }
    case 'gf':
      return {
        kind,
        scan_id: word(gigafrostMeta.scanId),
        scan_time: word(gigafrostMeta.scanTime),
        sync_time: word(gigafrostMeta.syncTime),
        frame_timestamp: word(gigafrostMeta.timestamp),
        exposure_time: word(gigafrostMeta.exposure),
        store_image: ((word(gigafrostMeta.imageStatus) >> doNotStoreBit) & 1) === 0,
      }
    case 'none':
      return undefined
  }
}

/** The metadata of an image: what the detector's model says, and the words of its first packet. */
export function imageMetadataOf(
  model: DetectorModel,
  image: {
    readonly id: number
    readonly status: ImageStatus
    readonly meta: Float64Array
    readonly doNotStoreBit: number
  },
): ImageMetadata {
  const detector = detectorPart(model.metadata, image.meta, image.doNotStoreBit)
  return {
    image_id: image.id,
    height: model.height,
    width: model.width,
    size: model.imageBytes,
    dtype: model.pixelType,
    status: image.status,
    compression: 'none',
    ...(detector === undefined ? {} : { detector }),
  }
}
