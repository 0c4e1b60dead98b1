import type { DetectorModel } from '../core/detector-model.ts'
import type { ImageMetadata } from '../core/image-metadata.ts'
import { ModuleSynchroniser, type SynchronisedImage } from '../core/module-synchroniser.ts'
import { FrameConverter, type PixelRules } from '../pixels/frame-converter.ts'
import { pixelKernel } from '../pixels/simd-kernel.ts'
import { descriptor } from '../ring/descriptor.ts'
import { descriptorWords } from '../ring/descriptor-queue.ts'
import { openShared, slotAddress, slotPixels, type SharedMemory } from '../ring/shared-state.ts'
import { imageMetadataOf } from './image-metadata-of.ts'

export interface ImageFlowOptions {
  readonly shared: SharedMemory
  readonly model: DetectorModel
  readonly rules: PixelRules
  readonly queueSize: number
  readonly syncTimeoutMs: number
  readonly publishIncomplete: boolean
  readonly resetWindow: number
  readonly doNotStoreBit: number
  /** How long an image waits for ports that take turns with its own. */
  readonly turnMs?: number
}

/** An image whose pixels are in the ring. */
export interface PublishedImage {
  readonly metadata: ImageMetadata
  readonly generation: number
  /** The slot; may be overwritten when the ring has come round. */
  readonly pixels: Uint8Array
}

/** Frames of all receivers into images: synchronises the modules and publishes the slots. Knows no sockets and no files. */
export class ImageFlow {
  readonly parts: ReturnType<typeof openShared>
  private readonly options: ImageFlowOptions
  private readonly onImage: (image: PublishedImage, nowMs: number) => void
  private readonly sync: ModuleSynchroniser
  private readonly queues: readonly ReturnType<ReturnType<typeof openShared>['receiverQueue']>[]
  private readonly entry = new Float64Array(descriptorWords)
  private readonly fillers = new Map<number, FrameConverter>()
  private generation = 0

  constructor(options: ImageFlowOptions, onImage: (image: PublishedImage, nowMs: number) => void) {
    this.options = options
    this.onImage = onImage
    this.parts = openShared(options.shared)
    this.queues = options.shared.plan.receivers.map((_, receiver) => this.parts.receiverQueue(receiver))
    this.sync = new ModuleSynchroniser({
      modules: options.model.modules,
      active: options.model.activeModules,
      queueSize: options.queueSize,
      timeoutMs: options.syncTimeoutMs,
      publishIncomplete: options.publishIncomplete,
      resetWindow: options.resetWindow,
      ...(options.turnMs === undefined ? {} : { turnMs: options.turnMs }),
    })
  }

  /** Images that wait for modules. */
  get waiting(): number {
    return this.sync.waiting
  }

  /** Takes what the receivers delivered, at most `limit` frames; gives how many. */
  drain(nowMs: number, limit = 256): number {
    const { entry, sync } = this
    let taken = 0
    for (const queue of this.queues) {
      while (taken < limit && queue.pop(entry)) {
        taken += 1
        const generation = entry[descriptor.generation] ?? 0
        if (generation !== this.generation) {
          sync.restart()
          this.generation = generation
        }
        sync.add(
          {
            id: entry[descriptor.image] ?? 0,
            module: entry[descriptor.module] ?? 0,
            turn: entry[descriptor.turn] ?? 0,
            missingPackets: entry[descriptor.missing] ?? 0,
            meta: entry.subarray(descriptor.meta),
            firstPacketMs: entry[descriptor.firstPacketMs] ?? 0,
          },
          nowMs,
        )
      }
    }
    for (let image = sync.next(nowMs); image !== undefined; image = sync.next(nowMs))
      this.publish(image, nowMs)
    const { counters } = this.parts
    counters.setImage('waiting', sync.waiting)
    counters.setImage('dropped', sync.corrupted)
    counters.setImage('lateModules', sync.ignored)
    return taken
  }

  private publish(image: SynchronisedImage, nowMs: number): void {
    const { model, shared, doNotStoreBit } = this.options
    const { counters, slots } = this.parts
    for (const module of image.absent) this.fillAbsent(module, image.id)
    const { generation } = this
    if (!slots.publish(image.id, generation)) {
      // The slot went to a newer image before this one was whole.
      this.sync.corrupted += 1
      return
    }
    const isWhole = image.absent.length === 0 && image.missingPackets === 0
    const status = isWhole ? 'good_image' : 'missing_packets'
    counters.addImage(isWhole ? 'good' : 'missing')
    counters.addImage('bytes', model.imageBytes)
    counters.setImage('lastId', image.id)
    counters.setImage('lastMs', nowMs)
    counters.observeLatency(Math.max(0, nowMs - image.firstPacketMs) / 1000)
    const metadata = imageMetadataOf(model, { id: image.id, status, meta: image.meta, doNotStoreBit })
    this.onImage({ metadata, generation, pixels: slotPixels(shared, image.id, model) }, nowMs)
  }

  private fillAbsent(module: number, id: number): void {
    const { model, shared } = this.options
    const port = model.ports.find((candidate) => candidate.module === module)
    if (port === undefined) return
    let filler = this.fillers.get(module)
    if (filler === undefined) {
      filler = new FrameConverter({
        model,
        port,
        kernel: pixelKernel(shared.memory),
        memory: shared.memory,
        calibration: { tables: 0, planes: 0, dark: 0, flat: 0, mask: 0, maskSwitch: 0 },
        scratch: shared.plan.imageScratch,
        rules: this.options.rules,
      })
      this.fillers.set(module, filler)
    }
    filler.fill({ firstRow: 0, count: port.format.rows, image: slotAddress(shared.plan, id) })
  }
}
