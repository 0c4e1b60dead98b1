import { join } from 'node:path'
import type { DetectorConfig } from '../core/detector-config.ts'
import { detectorModel, type DetectorModel } from '../core/detector-model.ts'

/** Where the streams of a detector are for programs of this host (daq contract 4 and 5). */
export interface StreamPlace {
  /** Sockets. */
  readonly ipcDirectory: string
  /** Shared memory. */
  readonly shmDirectory: string
}

export const defaultStreamPlace: StreamPlace = { ipcDirectory: '/tmp', shmDirectory: '/dev/shm' }

/** One stream of images: its socket, its memory and how its slots lie. */
export interface ImageStream {
  readonly model: DetectorModel
  readonly address: string
  readonly memory: string
  readonly slots: number
  readonly slotBytes: number
}

/** The stream `<detector>-<suffix>`. Throws DAQ_CONFIG_INVALID. */
export function imageStream(config: DetectorConfig, place: StreamPlace, suffix = 'image'): ImageStream {
  const model = detectorModel(config)
  const name = `${config.detector_name}-${suffix}`
  return {
    model,
    address: `ipc://${join(place.ipcDirectory, name)}`,
    memory: join(place.shmDirectory, name),
    slots: Math.max(1000, Math.floor((config.ram_buffer_gb * 1_073_741_824) / model.imageBytes)),
    slotBytes: model.imageBytes,
  }
}
