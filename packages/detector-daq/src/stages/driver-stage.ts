import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { Pull, Push } from 'zeromq'
import { acquisitionStep, isWriting, type Acquisition, type AcquisitionEvent } from '../core/acquisition.ts'
import { decodeImageMetadata } from '../core/image-metadata.ts'
import type { RunRequest } from '../control/acquisition-control.ts'
import { DaqError } from '../error.ts'
import { openWebsocketServer, type DriverBackend } from '../faces/websocket-server.ts'
import { Stage, type StageOptions } from './stage.ts'
import { decodeWriterResponse, encodeWriterAction, type WriterAction } from './writer-messages.ts'

/* std_det_driver: a run over writers that are processes of their own (daq contract 7.3). */

const answerMs = 5_000

interface WriterLink {
  readonly path: string
  readonly actions: Push
  readonly answers: Pull
}

interface Run {
  readonly images: number
  readonly startId: number
  readonly writers: readonly WriterLink[]
  readonly finished: PromiseWithResolvers<Acquisition>
  sent: number
  isEnding: boolean
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function failed(message: string): DaqError {
  return new DaqError({
    code: 'DAQ_WRITER_FAILED',
    message: `ERROR: ${message}`,
    fault: 'environment',
    remedy: 'Look at the writers (std_det_writer) and at the folder of the file.',
    canRetry: true,
  })
}

class Driver implements DriverBackend {
  readonly config: DriverBackend['config']
  readonly control: DriverBackend['control']
  private readonly links: readonly Omit<WriterLink, 'path'>[]
  private readonly changes = new EventEmitter()
  private state: Acquisition | null = null
  private run: Run | undefined

  constructor(stage: Stage, links: readonly Omit<WriterLink, 'path'>[]) {
    this.config = stage.config
    this.links = links
    this.changes.setMaxListeners(0)
    const current = (): Acquisition | null => this.state
    this.control = {
      get acquisition() {
        return current()
      },
      get isWriting() {
        return isWriting(current())
      },
      watch: (listener) => {
        this.changes.on('change', listener)
        return () => void this.changes.off('change', listener)
      },
      stop: () => this.stop(),
    }
  }

  async startRun(request: RunRequest): Promise<{ readonly finished: Promise<Acquisition> }> {
    if (request.files.kind !== 'interleaved') throw failed('a driver writes a folder of files')
    const { folder, prefix } = request.files
    const run: Run = {
      images: request.images ?? Infinity,
      startId: request.startId ?? 0,
      writers: this.links.map((link, index) => ({ ...link, path: join(folder, `${prefix}${index}.h5`) })),
      finished: Promise.withResolvers(),
      sent: 0,
      isEnding: false,
    }
    this.run = run
    const output_file = run.writers[0]?.path ?? ''
    const info = { n_images: request.images ?? -1, output_file, run_id: request.runId }
    this.apply({ kind: 'start', info, time: Date.now() / 1000 })
    try {
      const writerId = request.userId ?? 0
      await Promise.all(
        run.writers.map((writer) => this.ask(writer, { kind: 'create', path: writer.path, writerId })),
      )
    } catch (error) {
      this.apply({ kind: 'failed', reason: textOf(error) })
      this.close(run)
      throw failed(textOf(error))
    }
    this.apply({ kind: 'created' })
    if (this.state?.wasStopped === true) void this.end(run)
    return { finished: run.finished.promise }
  }

  /** An image came. */
  async image(bytes: Uint8Array): Promise<void> {
    const { run } = this
    const metadata = decodeImageMetadata(bytes)
    if (run === undefined || run.isEnding || metadata === undefined) return
    if (metadata.image_id < run.startId) return
    if (this.state?.phase !== 'waiting' && this.state?.phase !== 'acquiring') return
    const writer = run.writers[run.sent % run.writers.length]
    run.sent += 1
    const isLast = run.sent >= run.images
    this.apply({ kind: 'progress', requested: run.sent, completed: run.sent })
    await writer?.actions.send(Buffer.from(encodeWriterAction({ kind: 'record', metadata })))
    if (isLast) void this.end(run)
  }

  async stop(): Promise<void> {
    const { run } = this
    if (run === undefined || !isWriting(this.state)) return
    this.apply({ kind: 'stop' })
    if (this.state?.phase !== 'creating') void this.end(run)
    await run.finished.promise
  }

  private async end(run: Run): Promise<void> {
    if (run.isEnding) return
    run.isEnding = true
    this.apply({ kind: 'ended', requested: run.sent })
    for (const kind of ['confirm', 'close'] as const) {
      const results = await Promise.allSettled(run.writers.map((writer) => this.ask(writer, { kind })))
      for (const result of results)
        if (result.status === 'rejected') this.apply({ kind: 'failed', reason: textOf(result.reason) })
    }
    this.close(run)
  }

  private close(run: Run): void {
    this.apply({ kind: 'closed', completed: run.sent, time: Date.now() / 1000 })
    if (this.state !== null) run.finished.resolve(this.state)
  }

  /** Sends an action and waits for its answer. Rejects with the writer's reason. */
  private async ask(writer: WriterLink, action: WriterAction): Promise<void> {
    const late = once(AbortSignal.timeout(answerMs), 'abort').then(() => {
      throw new Error(`${writer.path}: the writer did not answer in ${answerMs} ms`)
    })
    late.catch(() => undefined)
    await Promise.race([writer.actions.send(Buffer.from(encodeWriterAction(action))), late])
    const answer = await Promise.race([writer.answers.receive(), late])
    const [bytes] = Array.isArray(answer) ? answer : []
    const response = bytes === undefined ? undefined : decodeWriterResponse(bytes)
    if (response?.isSuccess !== true) throw new Error(response?.reason ?? 'the writer answered nonsense')
  }

  private apply(event: AcquisitionEvent): void {
    const next = acquisitionStep(this.state, event)
    if (next === this.state) return
    this.state = next
    this.changes.emit('change', next)
  }
}

/** Runs until its signal aborts. Rejects with DAQ_PORT_TAKEN. */
export async function driverStage(
  options: StageOptions & {
    readonly source: string
    readonly host: string
    readonly port: number
    readonly onListening?: (url: string) => void
  },
): Promise<void> {
  const stage = new Stage(options)
  const links: Omit<WriterLink, 'path'>[] = []
  for (let writer = 0; writer < Math.max(1, stage.config.number_of_writers); writer += 1) {
    const actions = stage.keep(new Push({ sendHighWaterMark: 100, linger: 0 }))
    await actions.bind(stage.address(`driver-${writer}`))
    const answers = stage.keep(new Pull({ linger: 0, reconnectInterval: 50 }))
    answers.connect(stage.address(`writer-${writer}`))
    links.push({ actions, answers })
  }
  const driver = new Driver(stage, links)
  const server = await openWebsocketServer(driver, { host: options.host, port: options.port })
  options.onListening?.(server.url)
  let images = 0
  stage.statistics(
    () => ({ source: options.source }),
    () => images,
  )
  await stage.each(stage.subscriber(stage.address(options.source), 1_000), async ([bytes]) => {
    images += 1
    if (bytes !== undefined) await driver.image(bytes)
  })
  await server.close()
}
