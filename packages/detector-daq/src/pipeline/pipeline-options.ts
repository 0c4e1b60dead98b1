import type { DetectorModel } from '../core/detector-model.ts'
import type { PulseIdEncoding } from '../core/sls-packet.ts'
import type { StatusEnum } from '../core/image-metadata.ts'
import type { Corrections } from '../pixels/calibration.ts'
import type { PixelRules } from '../pixels/frame-converter.ts'

/** How a detector is received, beyond its own configuration. Names and defaults: section `[daq.NAME]`. */
export interface PipelineOptions {
  readonly udpHost: string
  readonly receiver: 'auto' | 'dgram' | 'addon'
  readonly rcvbufBytes: number
  /** Receiver threads; 0 = from the number of CPUs. */
  readonly receiverThreads: number
  readonly pulseIdEncoding: PulseIdEncoding
  readonly openFrames: number
  readonly frameTimeoutMs: number
  readonly missingValue: number
  readonly resetWindow: number
  readonly syncTimeoutMs: number
  readonly publishIncomplete: boolean
  readonly maskValue: 'nan' | 'zero'
  readonly moduleRotation: number | readonly number[]
  readonly gapPixels: number
  readonly doNotStoreBit: number
  readonly statusEnum: StatusEnum
  readonly compression: 'none' | 'bslz4'
  readonly extraHeader: boolean
  /** Files that streamvis is told of. */
  readonly pedestalFile: string
  readonly gainFile: string
  readonly mirror: 'off' | 'on-demand' | 'always'
  /** Where the mirror lies. */
  readonly shmDirectory: string
  /** Where the metadata stream's socket lies; empty = no stream. */
  readonly ipcDirectory: string
  /** Take the mirror away at the end. */
  readonly cleanup: boolean
  /** Bytes of the ring of images; 0 = from `ram_buffer_gb`. */
  readonly ringBytes: number
  /** Where images go out to another host: part 0 here, part n at the port + n; empty = nowhere. */
  readonly sendAddress: string
  /** Images come from another host instead of a detector: the address of part 0, or of every part; empty = from UDP. */
  readonly receiveAddresses: readonly string[]
  readonly corrections: Corrections
  /** Where the compiled addon is kept. */
  readonly addonFolder: string
}

export const defaultPipelineOptions: PipelineOptions = {
  udpHost: '0.0.0.0',
  receiver: 'auto',
  rcvbufBytes: 268_435_456,
  receiverThreads: 0,
  pulseIdEncoding: 'auto',
  openFrames: 4,
  frameTimeoutMs: 100,
  missingValue: 0,
  resetWindow: 10_000,
  syncTimeoutMs: 1_000,
  publishIncomplete: false,
  maskValue: 'nan',
  moduleRotation: 0,
  gapPixels: 0,
  doNotStoreBit: 0,
  statusEnum: 'g3',
  compression: 'none',
  extraHeader: false,
  pedestalFile: '',
  gainFile: '',
  mirror: 'on-demand',
  shmDirectory: '/dev/shm',
  ipcDirectory: '/tmp',
  cleanup: false,
  ringBytes: 0,
  sendAddress: '',
  receiveAddresses: [],
  corrections: {},
  addonFolder: '',
}

/** What pixels become in images of the detector. */
export function pixelRules(model: DetectorModel, options: PipelineOptions): PixelRules {
  const isFloat = model.pixelType === 'f32'
  return {
    missingValue: isFloat || !Number.isNaN(options.missingValue) ? options.missingValue : 0,
    maskValue: isFloat && options.maskValue === 'nan' ? Number.NaN : 0,
    saturatedValue: Number.POSITIVE_INFINITY,
  }
}
