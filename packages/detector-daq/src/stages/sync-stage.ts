import { encodeImageMetadata, decodeImageMetadata, type ImageMetadata } from '../core/image-metadata.ts'
import { imageParts } from '../core/image-parts.ts'
import { ModuleSynchroniser } from '../core/module-synchroniser.ts'
import { imageMetadataOf } from '../image/image-metadata-of.ts'
import { nowMs } from '../receiver/clock.ts'
import { decodeFrameStruct } from './frame-struct.ts'
import { Stage, type StageOptions } from './stage.ts'

/* std_data_sync_module, std_data_sync_stream, std_data_sync_metadata: what comes on `<det>-sync` becomes the stream `<det>-image`. */

const tickMs = 20

/** Modules into images. `dropMs` is how long an image waits for its modules. */
export async function syncModuleStage(options: StageOptions & { readonly dropMs?: number }): Promise<void> {
  const stage = new Stage(options)
  const { config } = stage
  const model = stage.model()
  const sync = new ModuleSynchroniser({
    modules: model.modules,
    active: model.activeModules,
    queueSize: config.module_sync_queue_size,
    timeoutMs: options.dropMs ?? 1_000,
  })
  const source = await stage.pull(stage.address('sync'))
  const images = await stage.publisher(stage.address('image'))
  const struct = {
    kind: model.metadata,
    bitDepth: config.bit_depth,
    columns: 0,
    rows: 0,
    doNotStoreBit: 0,
  }
  let processed = 0
  const publish = (): void => {
    const at = nowMs()
    for (let image = sync.next(at); image !== undefined; image = sync.next(at)) {
      const isWhole = image.absent.length === 0 && image.missingPackets === 0
      const metadata = imageMetadataOf(model, {
        id: image.id,
        status: isWhole ? 'good_image' : 'missing_packets',
        meta: image.meta,
        doNotStoreBit: 0,
      })
      processed += 1
      images.send([encodeImageMetadata(metadata)])
    }
  }
  const timer = setInterval(publish, tickMs)
  stage.keep({ close: () => clearInterval(timer) })
  stage.statistics(
    () => ({ n_corrupted_images: sync.corrupted, queue: sync.waiting }),
    () => processed,
  )
  await stage.each(source, ([bytes]) => {
    const frame = bytes === undefined ? undefined : decodeFrameStruct(bytes, struct)
    if (frame === undefined) return
    const { imageId: id, module, missingPackets, meta } = frame
    sync.add({ id, module, missingPackets, meta, firstPacketMs: nowMs() }, nowMs())
    publish()
  })
}

/** Images that wait for parts. */
const partsWindow = 1_000
/** Images that wait for their turn. */
const metadataWindow = 10_000

/** Parts of images that came from another host: an image is published when all its parts are there; older ones that are not are given up. */
export async function syncPartsStage(options: StageOptions): Promise<void> {
  const stage = new Stage(options)
  const parts = imageParts(stage.config, stage.model().imageBytes).parts.length
  const source = await stage.pull(stage.address('sync'))
  const images = await stage.publisher(stage.address('image'))
  const counts = new Map<number, number>()
  let processed = 0
  let givenUp = 0
  stage.statistics(
    () => ({ n_corrupted_images: givenUp, queue: counts.size }),
    () => processed,
  )
  const passOlder = (id: number): void => {
    for (const older of counts.keys()) {
      if (older > id) continue
      counts.delete(older)
      if (older !== id) givenUp += 1
    }
  }
  await stage.each(source, ([bytes]) => {
    const metadata = bytes === undefined ? undefined : decodeImageMetadata(bytes)
    if (bytes === undefined || metadata === undefined) return
    const id = metadata.image_id
    counts.set(id, (counts.get(id) ?? 0) + 1)
    if ((counts.get(id) ?? 0) >= parts) {
      passOlder(id)
      processed += 1
      images.send([bytes])
    }
    const [oldest] = counts.keys()
    if (counts.size <= partsWindow || oldest === undefined) return
    counts.delete(oldest)
    givenUp += 1
  })
}

/** Images by the order of their metadata. Pure. */
class MetadataOrder {
  dropped = 0
  private readonly wanted = new Map<number, ImageMetadata>()
  private readonly received = new Set<number>()

  get waiting(): number {
    return this.wanted.size
  }

  want(metadata: ImageMetadata): void {
    this.wanted.set(metadata.image_id, metadata)
    this.limit(this.wanted)
  }

  receive(id: number): void {
    this.received.add(id)
    this.limit(this.received)
  }

  /** What is next in order and there. */
  *ready(): Iterable<ImageMetadata> {
    for (let next = this.lowest(); this.received.has(next); next = this.lowest()) {
      const metadata = this.wanted.get(next)
      this.wanted.delete(next)
      this.received.delete(next)
      if (metadata !== undefined) yield metadata
    }
    const oldest = this.lowest()
    for (const id of this.received) {
      if (id >= oldest || oldest === Infinity) continue
      this.received.delete(id)
      this.dropped += 1
    }
  }

  private lowest(): number {
    let least = Infinity
    for (const id of this.wanted.keys()) least = Math.min(least, id)
    return least
  }

  private limit(entries: Map<number, unknown> | Set<number>): void {
    const [first] = entries.keys()
    if (entries.size <= metadataWindow || first === undefined) return
    entries.delete(first)
    this.dropped += 1
  }
}

/** Whole images that came by several senders, in the order of a metadata stream. */
export async function syncMetadataStage(
  options: StageOptions & { readonly metadataAddress: string },
): Promise<void> {
  const stage = new Stage(options)
  const source = await stage.pull(stage.address('sync'))
  const images = await stage.publisher(stage.address('image'))
  const order = new MetadataOrder()
  let processed = 0
  stage.statistics(
    () => ({ n_corrupted_images: order.dropped, queue: order.waiting }),
    () => processed,
  )
  const publish = (): void => {
    for (const metadata of order.ready()) {
      processed += 1
      images.send([encodeImageMetadata(metadata)])
    }
  }
  const each = (take: (metadata: ImageMetadata) => void): ((parts: readonly Buffer[]) => void) => {
    return ([bytes]) => {
      const metadata = bytes === undefined ? undefined : decodeImageMetadata(bytes)
      if (metadata === undefined) return
      take(metadata)
      publish()
    }
  }
  await Promise.all([
    stage.each(
      stage.subscriber(options.metadataAddress),
      each((metadata) => order.want(metadata)),
    ),
    stage.each(
      source,
      each((metadata) => order.receive(metadata.image_id)),
    ),
  ])
}
