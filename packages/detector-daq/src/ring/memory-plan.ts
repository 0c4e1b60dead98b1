import { workBytes } from '@beamtime/hdf5'
import type { DetectorModel, DetectorPort } from '../core/detector-model.ts'
import { pixelBytes } from '../core/image-metadata.ts'
import { DaqError } from '../error.ts'
import { descriptorQueueBytes } from './descriptor-queue.ts'

/* Where everything lies in the one memory that all threads share (the pixels) and in the control block beside it (words, queues, counters). */

/** What one receiver thread needs for itself. */
export interface ReceiverArea {
  /** Indices of the model's ports. */
  readonly ports: readonly number[]
  /** Datagrams are received here, `batch` of `packetStride` bytes. */
  readonly staging: number
  readonly packetStride: number
  readonly batch: number
  readonly scratch: number
}

/** Correction data of one port, in the order of its pixels; 0 = none. */
export interface CalibrationArea {
  /** JUNGFRAU: two tables of 8 addresses, normal and high gain, and 6 + 6 planes. */
  readonly tables: number
  readonly planes: number
  readonly dark: number
  readonly flat: number
  readonly mask: number
  /** An i32 beside the mask: 1 while it is applied. */
  readonly maskSwitch: number
}

export interface MemoryPlan {
  readonly totalBytes: number
  readonly slots: number
  readonly slotBytes: number
  readonly slotsAt: number
  readonly receivers: readonly ReceiverArea[]
  /** By port index of the model. */
  readonly calibration: readonly CalibrationArea[]
  /** Working memory of the compressors. */
  readonly writers: readonly { readonly work: number }[]
  /** Scratch of the thread that fills absent modules. */
  readonly imageScratch: number
}

export interface ControlPlan {
  readonly totalBytes: number
  /** Byte offsets of the parts. */
  readonly slotWords: number
  readonly spoiled: number
  readonly generation: number
  /** Rung for the image thread. */
  readonly imageBell: number
  readonly receiverQueues: readonly number[]
  readonly writerBells: readonly number[]
  readonly writerQueues: readonly number[]
  readonly counters: number
}

export const scratchBytes = 65_536
export const packetBatch = 64
export const receiverQueueCapacity = 8_192
export const jungfrauPlanes = 6
/**
 * From one plane of pedestals or gains to the next: odd multiples of a cache line apart, because a kernel reads the same pixel of six
 * planes at once and planes that lie 2 MiB apart would share one set of the first cache.
 */
export const jungfrauPlaneBytes = 1024 * 512 * 4 + 17 * 64

const gibi = 1_073_741_824
/** Pages of 64 KiB; WebAssembly memory ends at 4 GiB. */
const largestBytes = 3.75 * gibi
const defaultRingBytes = 0.5 * gibi
const fewestSlots = 16

export interface PlanOptions {
  readonly model: DetectorModel
  readonly receivers: number
  readonly writers: number
  readonly compressed: boolean
  /** Bytes of the ring; 0 = 512 MiB. At most what the address space holds, at least 16 images. */
  readonly ringBytes: number
  /** What room is made for. */
  readonly corrections: { readonly dark: boolean; readonly flat: boolean; readonly mask: boolean }
}

function largestPrime(limit: number): number {
  for (let candidate = limit; candidate > 2; candidate -= 1) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
      if (candidate % divisor === 0) {
        isPrime = false
        break
      }
    }
    if (isPrime) return candidate
  }
  return 2
}

function pixelsOf(port: DetectorPort): number {
  return port.format.rows * port.format.columns
}

/** Bytes of a slot: the image, so that images that follow each other can be written in one piece, on a boundary of 64. */
function slotBytesOf(model: DetectorModel): number {
  return Math.ceil(model.imageBytes / 64) * 64
}

/** Lays out the shared memory. Throws DAQ_CONFIG_INVALID when not even 16 images fit. */
export function planMemory(options: PlanOptions): MemoryPlan {
  const { model, corrections } = options
  let at = 4_096
  const take = (bytes: number): number => {
    const address = at
    at += Math.ceil(bytes / 4_096) * 4_096
    return address
  }
  const groups = Array.from({ length: options.receivers }, (_, group) =>
    model.ports.map((_port, index) => index).filter((index) => index % options.receivers === group),
  )
  const receivers = groups.map((ports) => {
    const longest = Math.max(...model.ports.map((port) => port.format.maxPacketBytes))
    // One byte more tells an oversized datagram from a legal one.
    const packetStride = Math.ceil((longest + 1) / 64) * 64
    return {
      ports,
      packetStride,
      batch: packetBatch,
      staging: take(packetStride * packetBatch + 64),
      scratch: take(scratchBytes * 3),
    }
  })
  // Float images are corrected in float, with a flat field of ones where there is only a dark image.
  const hasFlat = corrections.flat || (corrections.dark && model.pixelType === 'f32')
  const calibration = model.ports.map((port) => {
    const pixels = pixelsOf(port)
    const isJungfrau = model.transform === 'jungfrau'
    return {
      tables: isJungfrau ? take(128) : 0,
      planes: isJungfrau ? take(2 * jungfrauPlanes * jungfrauPlaneBytes) : 0,
      dark: corrections.dark || hasFlat ? take(pixels * 4) : 0,
      flat: hasFlat ? take(pixels * 4) : 0,
      mask: corrections.mask ? take(pixels * pixelBytes[model.pixelType]) : 0,
      maskSwitch: corrections.mask ? take(4) : 0,
    }
  })
  const imageScratch = take(scratchBytes * 3)
  const writers = Array.from({ length: options.writers }, () => ({
    work: options.compressed ? take(workBytes(model.imageBytes)) : 0,
  }))
  const slotBytes = slotBytesOf(model)
  const room = largestBytes - at
  const wanted = options.ringBytes > 0 ? options.ringBytes : defaultRingBytes
  const slots = Math.max(fewestSlots, Math.floor(Math.min(wanted, room) / slotBytes))
  if (slots * slotBytes > room)
    throw new DaqError({
      code: 'DAQ_CONFIG_INVALID',
      message: `image_pixel_width, image_pixel_height: ${fewestSlots} images of ${model.imageBytes} bytes do not fit the ring's address space`,
      fault: 'caller',
      remedy: 'Split the detector into parts that are received separately.',
      key: 'image_pixel_height',
    })
  // A prime: detectors whose ids grow in steps still use every slot.
  const count = slots > fewestSlots ? Math.max(fewestSlots, largestPrime(slots)) : slots
  const slotsAt = take(count * slotBytes)
  return {
    totalBytes: Math.ceil(at / 65_536) * 65_536,
    slots: count,
    slotBytes,
    slotsAt,
    receivers,
    calibration,
    writers,
    imageScratch,
  }
}

/** Lays out the control block. */
export function planControl(plan: MemoryPlan, counterWords: number): ControlPlan {
  let at = 0
  const take = (bytes: number): number => {
    const offset = at
    at += Math.ceil(bytes / 64) * 64
    return offset
  }
  return {
    slotWords: take(plan.slots * 4),
    spoiled: take(plan.slots * 4),
    generation: take(4),
    imageBell: take(4),
    receiverQueues: plan.receivers.map(() => take(descriptorQueueBytes(receiverQueueCapacity))),
    writerBells: plan.writers.map(() => take(4)),
    writerQueues: plan.writers.map(() => take(descriptorQueueBytes(writerQueueCapacity(plan)))),
    counters: take(counterWords * 8),
    totalBytes: at,
  }
}

/** Entries of a writer's queue: more than the ring has slots, so that the ring is the limit. */
export function writerQueueCapacity(plan: MemoryPlan): number {
  return 2 ** Math.ceil(Math.log2(plan.slots * 2))
}
