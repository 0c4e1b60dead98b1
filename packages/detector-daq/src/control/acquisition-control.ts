import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  acquisitionStep,
  isWriting,
  writerObject,
  type Acquisition,
  type AcquisitionEvent,
  type WriterObject,
} from '../core/acquisition.ts'
import { DaqError } from '../error.ts'
import type { Pipeline, PipelineEvent } from '../pipeline/pipeline.ts'
import { fileStatus, type FileLayout, type RunFileSpec } from '../writer/run-file.ts'
import { busy, checkFolder, filesOf, giveAway, infoOf, reasonOf, refused } from './run-files.ts'
import { MetaFile } from '../writer/meta-file.ts'
import { writeVirtualMaster } from '../writer/virtual-master.ts'

/** What a client asks for. */
export interface RunRequest {
  /** The file, or the folder and prefix of several. */
  readonly files:
    | { readonly kind: 'single'; readonly path: string }
    | { readonly kind: 'interleaved'; readonly folder: string; readonly prefix: string }
  readonly layout: FileLayout
  /** Undefined: until it is stopped. */
  readonly images: number | undefined
  readonly startId?: number
  /** Images that may be recorded at once; more with `allow`. */
  readonly allowance?: number
  readonly runId: number
  /** Owner of the files where we may give them away; 0 and below = ourselves. */
  readonly userId?: number
  /** Also <prefix>Meta.h5, beside interleaved files. */
  readonly metaFile?: boolean
}

export interface ControlOptions {
  readonly detector: string
  readonly compression: 'none' | 'bslz4'
  blockBytes(): number
  /** Stored in the files: not zero = masked. */
  pixelMask?(): Uint8Array | undefined
  readonly onFinished?: (acquisition: Acquisition) => void
}

/** One writer's part of a run. */
interface Part {
  readonly path: string
  isCreated: boolean
  isClosed: boolean
  images: number
}

interface CurrentRun {
  readonly number: number
  readonly request: RunRequest
  readonly parts: Part[]
  readonly master: string | undefined
  readonly started: PromiseWithResolvers<void>
  readonly finished: PromiseWithResolvers<Acquisition>
  hasBegun: boolean
  /** The image thread has told the last image. */
  hasEnded: boolean
  meta: MetaFile | undefined
}

const pollMs = 50
/** A writer that says nothing for so long while it creates a file has failed. */
const createMs = 5_000

/** Runs one acquisition after the other over the pipeline's writers; all faces use this one. */
export class AcquisitionControl {
  private readonly options: ControlOptions
  private readonly changes = new EventEmitter()
  private pipeline: Pipeline | undefined
  private state: Acquisition | null = null
  private run: CurrentRun | undefined
  private runs = 0
  private timer: NodeJS.Timeout | undefined

  constructor(options: ControlOptions) {
    this.options = options
    this.changes.setMaxListeners(0)
  }

  /** The pipeline whose writers are used from now on. */
  use(pipeline: Pipeline | undefined): void {
    this.pipeline = pipeline
  }

  get acquisition(): Acquisition | null {
    this.poll()
    return this.state
  }

  get isWriting(): boolean {
    return isWriting(this.state)
  }

  status(): WriterObject {
    return writerObject(this.acquisition)
  }

  /** Calls back at every change; gives the function that ends it. */
  watch(listener: (acquisition: Acquisition | null) => void): () => void {
    this.changes.on('change', listener)
    return () => void this.changes.off('change', listener)
  }

  /**
   * Starts a run; resolves when its files are there and images are awaited. Rejects with DAQ_WRITER_BUSY, DAQ_REQUEST_REFUSED,
   * DAQ_WRITER_FAILED. `finished` of the answer resolves with the end of the run, failed or not.
   */
  async start(request: RunRequest): Promise<{ readonly finished: Promise<Acquisition> }> {
    const { pipeline } = this
    if (this.isWriting) throw busy(this.status())
    if (pipeline === undefined) throw refused('the detector is being configured', 'Try again in a second.')
    const { paths, master } = filesOf(request, pipeline.writers)
    checkFolder(dirname(paths[0] ?? master ?? '/'))
    for (const path of master === undefined ? paths : [...paths, master]) {
      if (existsSync(path))
        throw refused(`${path} exists`, 'Choose another name; files are never overwritten.')
    }
    this.runs += 1
    const run: CurrentRun = {
      number: this.runs,
      request,
      parts: paths.map((path) => ({ path, isCreated: false, isClosed: false, images: 0 })),
      master,
      started: Promise.withResolvers(),
      finished: Promise.withResolvers(),
      hasBegun: false,
      hasEnded: false,
      meta: undefined,
    }
    run.finished.promise.catch(() => undefined)
    run.started.promise.catch(() => undefined)
    this.run = run
    this.apply({ kind: 'start', info: infoOf(request, master ?? paths[0] ?? ''), time: Date.now() / 1000 })
    for (const [writer, path] of paths.entries())
      pipeline.commandWriter(writer, {
        kind: 'create',
        run: run.number,
        spec: this.spec(path, request, paths.length),
      })
    const timer = setTimeout(() => this.failCreation(run, 'a writer did not answer in time'), createMs)
    await run.started.promise.finally(() => clearTimeout(timer))
    this.timer ??= setInterval(() => this.poll(), pollMs)
    return { finished: run.finished.promise }
  }

  /** Lets so many more images into a run that was started with an allowance. */
  allow(images: number): void {
    this.pipeline?.commandImages({ kind: 'allow', images })
  }

  /** Ends the run with what was recorded; resolves when the files are closed. Nothing happens outside of a run. */
  async stop(): Promise<void> {
    const { run } = this
    if (run === undefined || !this.isWriting) return
    this.apply({ kind: 'stop' })
    this.pipeline?.commandImages({ kind: 'end' })
    await run.finished.promise
  }

  /** What the pipeline reports. */
  handle(event: PipelineEvent): void {
    const { run } = this
    if (run === undefined) return
    switch (event.kind) {
      case 'ended':
        if (event.run !== run.number) break
        run.hasEnded = true
        this.apply({ kind: 'ended', requested: event.images })
        this.finishWhenClosed(run)
        break
      case 'failed':
        if (event.run === run.number) this.apply({ kind: 'failed', reason: event.reason })
        break
      case 'writer':
        this.handleWriter(run, event)
        break
      case 'thread-failed':
        this.fail(run, `the ${event.what} thread failed: ${event.error.message}`)
        this.finish(run)
        break
      case 'rows':
        if (event.run === run.number) this.appendRows(run, event.rows)
        break
      case 'behind':
      case 'mirror-failed':
        break
    }
  }

  close(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  private handleWriter(run: CurrentRun, event: Extract<PipelineEvent, { kind: 'writer' }>): void {
    const { message } = event
    const part = run.parts[event.writer]
    if (message.kind === 'ready' || message.run !== run.number || part === undefined) return
    switch (message.kind) {
      case 'created':
        part.isCreated = true
        giveAway(part.path, run.request.userId)
        if (run.parts.every((each) => each.isCreated)) this.begin(run)
        break
      case 'failed':
        if (run.hasBegun) this.fail(run, message.reason)
        else this.failCreation(run, message.reason)
        break
      case 'closed':
        part.isClosed = true
        part.images = message.images
        this.finishWhenClosed(run)
        break
    }
  }

  private begin(run: CurrentRun): void {
    const { request } = run
    if (run.hasBegun || !this.isWriting) return
    if (!this.createMeta(run)) return
    run.hasBegun = true
    this.pipeline?.commandImages({
      kind: 'begin',
      order: {
        run: run.number,
        limit: request.images,
        startId: request.startId ?? 0,
        allowance: request.allowance,
        writers: run.parts.length,
        statusNumbers: fileStatus[request.layout],
        withRows: run.meta !== undefined,
      },
    })
    this.apply({ kind: 'created' })
    run.started.resolve()
    // Stopped while the files were made.
    if (this.state?.wasStopped === true) this.pipeline?.commandImages({ kind: 'end' })
  }

  private failCreation(run: CurrentRun, reason: string): void {
    if (run.hasBegun || this.run !== run || !this.isWriting) return
    for (const [writer, part] of run.parts.entries())
      if (part.isCreated) this.pipeline?.commandWriter(writer, { kind: 'discard', run: run.number })
    this.fail(run, reason)
    this.finish(run)
    run.started.reject(
      new DaqError({
        code: 'DAQ_WRITER_FAILED',
        message: `ERROR: ${reason}`,
        fault: 'environment',
        remedy: 'Check that the folder exists, is writable and has free space.',
        canRetry: true,
      }),
    )
  }

  /** A run that cannot go on ends with what was written. */
  private fail(run: CurrentRun, reason: string): void {
    if (this.run !== run) return
    this.apply({ kind: 'failed', reason })
    if (run.hasBegun) this.pipeline?.commandImages({ kind: 'end' })
  }

  /** The image thread and the writers speak independently; a run is over when both have. */
  private finishWhenClosed(run: CurrentRun): void {
    if (run.hasEnded && run.parts.every((each) => each.isClosed)) this.finish(run)
  }

  private finish(run: CurrentRun): void {
    if (!this.isWriting) return
    const completed = run.parts.reduce((sum, part) => sum + part.images, 0)
    this.finishMeta(run)
    if (run.master !== undefined && completed > 0) this.writeMaster(run)
    this.apply({ kind: 'closed', completed, time: Date.now() / 1000 })
    clearInterval(this.timer)
    this.timer = undefined
    if (this.state === null) return
    this.options.onFinished?.(this.state)
    run.finished.resolve(this.state)
  }

  private createMeta(run: CurrentRun): boolean {
    const { files, metaFile, userId } = run.request
    if (metaFile !== true || files.kind !== 'interleaved') return true
    try {
      run.meta = new MetaFile(join(files.folder, `${files.prefix}Meta.h5`), this.options.detector)
      giveAway(run.meta.path, userId)
      return true
    } catch (error) {
      this.failCreation(run, reasonOf(error))
      return false
    }
  }

  private appendRows(run: CurrentRun, rows: Uint8Array): void {
    try {
      run.meta?.append(rows)
    } catch (error) {
      run.meta = undefined
      this.fail(run, reasonOf(error))
    }
  }

  private finishMeta(run: CurrentRun): void {
    const { meta } = run
    run.meta = undefined
    try {
      meta?.finish()
    } catch (error) {
      this.apply({ kind: 'failed', reason: reasonOf(error) })
    }
  }

  private writeMaster(run: CurrentRun): void {
    const { pipeline } = this
    if (run.master === undefined || pipeline === undefined) return
    try {
      writeVirtualMaster({
        path: run.master,
        spec: this.spec(run.master, run.request, 1),
        parts: run.parts.map((part) => ({ file: basename(part.path), images: part.images })),
      })
      giveAway(run.master, run.request.userId)
    } catch (error) {
      this.apply({ kind: 'failed', reason: reasonOf(error) })
    }
  }

  private spec(path: string, request: RunRequest, parts: number): RunFileSpec {
    const { options, pipeline } = this
    if (pipeline === undefined) throw refused('the detector is being configured', 'Try again in a second.')
    const { width, height, pixelType } = pipeline.model
    const pixelMask = options.pixelMask?.()
    return {
      path,
      layout: request.layout,
      detector: options.detector,
      width,
      height,
      pixelType,
      images: request.images === undefined ? undefined : Math.ceil(request.images / parts),
      compression: options.compression,
      blockBytes: options.blockBytes(),
      ...(pixelMask === undefined ? {} : { pixelMask }),
    }
  }

  private poll(): void {
    const { pipeline, run, state } = this
    if (pipeline === undefined || run === undefined || state === null || !run.hasBegun || !isWriting(state))
      return
    const { recorded: requested } = pipeline.counters.images()
    const written = run.parts.reduce((sum, _part, writer) => sum + pipeline.counters.writer(writer).images, 0)
    const completed = Math.min(requested, written - this.writtenBefore(run))
    if (requested !== state.requested || completed !== state.completed)
      this.apply({ kind: 'progress', requested, completed })
  }

  private readonly before = new WeakMap<CurrentRun, number>()

  /** Images that the writers had written before the run. */
  private writtenBefore(run: CurrentRun): number {
    const known = this.before.get(run)
    if (known !== undefined) return known
    const { pipeline } = this
    const now = run.parts.reduce(
      (sum, _part, writer) => sum + (pipeline?.counters.writer(writer).images ?? 0),
      0,
    )
    this.before.set(run, now)
    return now
  }

  private apply(event: AcquisitionEvent): void {
    const next = acquisitionStep(this.state, event)
    if (event.kind === 'created' && this.run !== undefined) this.writtenBefore(this.run)
    if (next === this.state) return
    this.state = next
    this.changes.emit('change', next)
  }
}
