import { rmSync, statSync } from 'node:fs'
import { descriptor, endOfRun } from '../ring/descriptor.ts'
import { descriptorWords } from '../ring/descriptor-queue.ts'
import { openShared, slotAddress, type SharedMemory } from '../ring/shared-state.ts'
import { createRunFile, type RunFile, type RunFileSpec } from './run-file.ts'
import type { WriterCommand, WriterMessage } from './writer-data.ts'

/** Bytes of one write at most: large enough for the disk, small enough to notice an overwritten slot soon. */
const batchBytes = 8_388_608
const lookMs = 1_000

interface Run {
  readonly run: number
  readonly path: string
  readonly inode: number
  file: RunFile | undefined
  images: number
}

/** One writer: images of its queue from the ring into its file. The thread around it only waits. */
export class WriterLoop {
  private readonly shared: SharedMemory
  private readonly imageBytes: number
  private readonly tell: (message: WriterMessage) => void
  private readonly parts: ReturnType<typeof openShared>
  private readonly queue: ReturnType<ReturnType<typeof openShared>['writerQueue']>
  private readonly writer: number
  private readonly openFile: typeof createRunFile
  private readonly bytes: Uint8Array
  private readonly entry = new Float64Array(descriptorWords)
  private run: Run | undefined
  private lookedMs = 0

  constructor(options: {
    readonly shared: SharedMemory
    readonly writer: number
    readonly imageBytes: number
    readonly tell: (message: WriterMessage) => void
    /** How files are made; default: HDF5. */
    readonly openFile?: typeof createRunFile
  }) {
    this.shared = options.shared
    this.imageBytes = options.imageBytes
    this.tell = options.tell
    this.writer = options.writer
    this.openFile = options.openFile ?? createRunFile
    this.parts = openShared(options.shared)
    this.queue = this.parts.writerQueue(options.writer)
    this.bytes = new Uint8Array(options.shared.memory.buffer)
  }

  command(command: Exclude<WriterCommand, { kind: 'exit' }>): void {
    switch (command.kind) {
      case 'create':
        this.create(command.run, command.spec)
        break
      case 'discard':
        this.discard()
        break
    }
  }

  /** Writes what is in the queue. */
  drain(nowMs: number): void {
    while (this.queue.peek(this.entry)) {
      if (this.entry[descriptor.index] === endOfRun) {
        this.queue.drop()
        this.end()
      } else this.writeSome()
    }
    if (nowMs - this.lookedMs >= lookMs) {
      this.lookedMs = nowMs
      this.look()
    }
  }

  /** Ends what is open, with what was written. */
  close(): void {
    if (this.run !== undefined) this.end()
  }

  private create(run: number, spec: RunFileSpec): void {
    const work = this.shared.plan.writers[this.writer]?.work ?? 0
    const workspace = work === 0 ? undefined : { memory: this.shared.memory, workAddress: work }
    this.queue.clear()
    try {
      const file = this.openFile(spec, workspace)
      this.run = { run, file, path: spec.path, inode: statSync(spec.path).ino, images: 0 }
      this.tell({ kind: 'created', run, path: spec.path })
    } catch (error) {
      this.tell({ kind: 'failed', run, reason: reasonOf(error) })
    }
  }

  private discard(): void {
    const { run } = this
    this.run = undefined
    if (run === undefined) return
    run.file?.finish()
    rmSync(run.path, { force: true })
  }

  /** Writes images whose slots follow each other in one piece. */
  private writeSome(): void {
    const { entry, queue, parts, shared } = this
    const generation = entry[descriptor.generation] ?? 0
    const first = slotAddress(shared.plan, entry[descriptor.image] ?? 0)
    const { ids, statuses } = this.takeAdjacent(first, generation)
    const { run } = this
    if (run?.file !== undefined) {
      const lost = (): number | undefined => ids.find((id) => !parts.slots.holds(id, generation))
      const started = performance.now()
      try {
        this.checkHeld(lost())
        // The disk is behind: what is free of this machine's memory helps for a while.
        run.file.setDirect(queue.length < shared.plan.slots / 2)
        run.file.write({
          pixels: this.bytes.subarray(first, first + ids.length * this.imageBytes),
          ids,
          statuses,
        })
        this.checkHeld(lost())
        run.images += ids.length
        const us = (performance.now() - started) * 1000
        parts.counters.addWriter(this.writer, { images: ids.length, bytes: ids.length * this.imageBytes, us })
      } catch (error) {
        this.fail(run, reasonOf(error))
      }
    }
    queue.drop(ids.length)
  }

  /** The images at the head of the queue whose slots follow each other from `first` on. */
  private takeAdjacent(first: number, generation: number): { ids: number[]; statuses: number[] } {
    const { entry, queue, shared } = this
    const ids: number[] = []
    const statuses: number[] = []
    const isGapless = shared.plan.slotBytes === this.imageBytes
    while ((ids.length + 1) * this.imageBytes <= batchBytes || ids.length === 0) {
      if (!queue.peek(entry, ids.length) || entry[descriptor.index] === endOfRun) break
      const id = entry[descriptor.image] ?? 0
      const follows =
        ids.length === 0 ||
        (isGapless && slotAddress(shared.plan, id) === first + ids.length * this.imageBytes)
      if (!follows || entry[descriptor.generation] !== generation) break
      ids.push(id)
      statuses.push(entry[descriptor.status] ?? 0)
    }
    return { ids, statuses }
  }

  private checkHeld(lost: number | undefined): void {
    if (lost === undefined) return
    const { slots } = this.shared.plan
    throw new Error(
      `image ${lost} was overwritten in slot ${lost % slots} of the ring before it was written: ` +
        `${this.queue.length} images wait for this writer and the ring holds ${slots}. Raise ram_buffer_gb, write to a faster disk or take more writers.`,
    )
  }

  /** A file that is no longer where it was made would be lost with its last descriptor. */
  private look(): void {
    const { run } = this
    if (run?.file === undefined) return
    try {
      if (statSync(run.path).ino === run.inode) return
    } catch {
      // gone: the same as replaced
    }
    this.fail(run, `${run.path} was removed or replaced while it was written`)
  }

  private fail(run: Run, reason: string): void {
    const { file } = run
    run.file = undefined
    let more = ''
    try {
      file?.forget(run.images)
      file?.finish()
    } catch (error) {
      more = `; closing it failed as well: ${reasonOf(error)}`
    }
    this.tell({ kind: 'failed', run: run.run, reason: `${reason}${more}` })
  }

  private end(): void {
    const { run } = this
    this.run = undefined
    if (run === undefined) return
    try {
      run.file?.finish()
    } catch (error) {
      this.tell({ kind: 'failed', run: run.run, reason: reasonOf(error) })
    }
    this.tell({ kind: 'closed', run: run.run, images: run.images, path: run.path })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
