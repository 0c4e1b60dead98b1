import type { DetectorMetadata, ImageStatus } from '../core/image-metadata.ts'
import { metaRow, metaRowBytes } from '../writer/meta-file.ts'
import { descriptor, endOfRun } from '../ring/descriptor.ts'
import { descriptorWords, type Bell, type DescriptorQueue } from '../ring/descriptor-queue.ts'

/** A run as the image thread knows it. */
export interface RunOrder {
  readonly run: number
  /** Images to record; undefined = until it is stopped. */
  readonly limit: number | undefined
  /** Images with a smaller id are not recorded. */
  readonly startId: number
  /** Images that may be recorded before `allow` is called; undefined = all. */
  readonly allowance: number | undefined
  readonly writers: number
  readonly statusNumbers: Readonly<Record<ImageStatus, number>>
  /** Tell what is known of every image, as rows of the meta file. */
  readonly withRows?: boolean
}

export type RunEvent =
  | { readonly kind: 'ended'; readonly run: number; readonly images: number }
  | { readonly kind: 'behind'; readonly run: number; readonly waiting: number; readonly slots: number }
  | { readonly kind: 'failed'; readonly run: number; readonly reason: string }
  /** Rows of the meta file, in the order of the images; before `ended`. */
  | { readonly kind: 'rows'; readonly run: number; readonly rows: Uint8Array }

/** Images of a run to its writers in turn. Never waits for them; a writer that falls a ring behind ends the run. */
export class RunDispatcher {
  private readonly slots: number
  private readonly queues: readonly DescriptorQueue[]
  private readonly bells: readonly Bell[]
  private readonly tell: (event: RunEvent) => void
  private readonly entry = new Float64Array(descriptorWords)
  private order: RunOrder | undefined
  private allowed = 0
  private warned = false
  private count = 0
  private isRung = true
  private readonly rows: Uint8Array[] = []

  constructor(options: {
    readonly slots: number
    readonly queues: readonly DescriptorQueue[]
    readonly bells: readonly Bell[]
    readonly tell: (event: RunEvent) => void
  }) {
    this.slots = options.slots
    this.queues = options.queues
    this.bells = options.bells
    this.tell = options.tell
  }

  /** Images of the run so far. */
  get images(): number {
    return this.count
  }

  begin(order: RunOrder): void {
    this.order = order
    this.count = 0
    this.warned = false
    this.allowed = order.allowance ?? Infinity
  }

  /** Lets so many more images through. */
  allow(images: number): void {
    this.allowed += images
  }

  /** Records the image if the run takes it. */
  offer(image: {
    readonly id: number
    readonly generation: number
    readonly status: ImageStatus
    readonly detector?: DetectorMetadata
  }): boolean {
    const { order, entry } = this
    if (order === undefined || image.id < order.startId || this.count >= this.allowed) return false
    const writer = this.count % order.writers
    const queue = this.queues[writer]
    if (queue === undefined) return false
    const waiting = queue.length
    if (waiting * order.writers > this.slots - 16 && waiting > 0) {
      this.fail(
        `writer ${writer} has ${waiting} images to write and the ring holds ${this.slots}: the run ends before images are overwritten. Write to a faster disk, take more writers or raise ram_buffer_gb.`,
      )
      return false
    }
    if (!this.warned && waiting * order.writers > this.slots / 2) {
      this.warned = true
      this.tell({ kind: 'behind', run: order.run, waiting, slots: this.slots })
    }
    entry[descriptor.image] = image.id
    entry[descriptor.generation] = image.generation
    entry[descriptor.index] = Math.floor(this.count / order.writers)
    entry[descriptor.status] = order.statusNumbers[image.status]
    if (!queue.push(entry)) {
      this.fail(`the queue of writer ${writer} is full`)
      return false
    }
    this.isRung = false
    this.count += 1
    if (order.withRows === true) this.rows.push(metaRow(image.id, image.detector))
    if (order.limit !== undefined && this.count >= order.limit) this.end()
    return true
  }

  /** After a batch: wakes the writers. */
  flush(): void {
    this.tellRows()
    if (this.isRung) return
    this.isRung = true
    for (const bell of this.bells) bell.ring()
  }

  /** Ends the run: every writer finds the end behind its last image. */
  end(): void {
    const { order } = this
    if (order === undefined) return
    this.order = undefined
    this.entry[descriptor.index] = endOfRun
    for (const queue of this.queues.slice(0, order.writers)) queue.push(this.entry)
    this.isRung = false
    this.flush()
    this.tellRows(order)
    this.tell({ kind: 'ended', run: order.run, images: this.count })
  }

  private tellRows(order = this.order): void {
    if (this.rows.length === 0 || order === undefined) return
    const rows = new Uint8Array(this.rows.length * metaRowBytes)
    for (const [at, row] of this.rows.entries()) rows.set(row, at * metaRowBytes)
    this.rows.length = 0
    this.tell({ kind: 'rows', run: order.run, rows })
  }

  private fail(reason: string): void {
    if (this.order !== undefined) this.tell({ kind: 'failed', run: this.order.run, reason })
    this.end()
  }
}
