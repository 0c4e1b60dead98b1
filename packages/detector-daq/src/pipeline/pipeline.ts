import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { liveFormatOf, liveSelection, type DetectorConfig } from '../core/detector-config.ts'
import { detectorModel, type DetectorModel, type ModelOptions } from '../core/detector-model.ts'
import type { ImageCommand, ImageData, ImageMessage } from '../image/image-data.ts'
import { forwardedModel, imageParts, type ImageParts } from '../core/image-parts.ts'
import { DaqError } from '../error.ts'
import { partAddress } from '../forward/part-address.ts'
import type { PartReceiverData } from '../forward/receive-worker.ts'
import { writeCalibrations, writeMasks } from '../pixels/calibration.ts'
import type { PixelRules } from '../pixels/frame-converter.ts'
import type { ReceiverData, ReceiverMessage } from '../receiver/receiver-data.ts'
import { compileUdpAddon } from '../receiver/udp-addon.ts'
import type { Bell } from '../ring/descriptor-queue.ts'
import type { Counters } from '../ring/counters.ts'
import {
  createSharedMemory,
  openShared,
  slotPixels,
  type SharedMemory,
  type SharedParts,
} from '../ring/shared-state.ts'
import type { WriterCommand, WriterData, WriterMessage } from '../writer/writer-data.ts'
import { pixelRules, type PipelineOptions } from './pipeline-options.ts'
import { portFailed, workerFailed } from './thread-errors.ts'
import { startThread, type WorkerThread } from './worker-thread.ts'

export type PipelineEvent =
  | Exclude<ImageMessage, { kind: 'ready' | 'unready' | 'stopped' }>
  | { readonly kind: 'writer'; readonly writer: number; readonly message: WriterMessage }
  | { readonly kind: 'thread-failed'; readonly what: string; readonly error: Error }

const imageWorker = new URL('../image/image-worker.ts', import.meta.url)
const receiverWorker = new URL('../receiver/receiver-worker.ts', import.meta.url)
const partReceiverWorker = new URL('../forward/receive-worker.ts', import.meta.url)
const writerWorker = new URL('../writer/writer-worker.ts', import.meta.url)
const startMs = 20_000

/** The data plane of one detector: receivers, image thread and writers around one shared memory. */
export class Pipeline {
  readonly model: DetectorModel
  readonly counters: Counters
  readonly slots: number
  readonly writers: number
  /** Bound ports, in the order of the model's ports. */
  udpPorts: readonly number[] = []
  liveEndpoints: readonly string[] = []
  /** Where parts for another host are, in the order of the parts. */
  sendEndpoints: readonly string[] = []
  /** What receives: the addon or Node's sockets. */
  receiverKind: 'addon' | 'dgram' = 'dgram'
  /** Receive buffer of each socket, bytes. */
  receiveBufferBytes = 0
  private readonly config: DetectorConfig
  private readonly imageParts: ImageParts
  private readonly isForwarded: boolean
  private readonly options: PipelineOptions
  private readonly modelOptions: ModelOptions
  private readonly rules: PixelRules
  private readonly shared: SharedMemory
  private readonly parts: SharedParts
  private readonly onEvent: (event: PipelineEvent) => void
  private readonly threads: WorkerThread[] = []
  private readonly receiverControls: MessagePort[] = []
  private readonly writerControls: MessagePort[] = []
  private readonly writerBells: Bell[] = []
  private image: WorkerThread | undefined
  private closing: Promise<void> | undefined

  private constructor(
    config: DetectorConfig,
    options: PipelineOptions,
    onEvent: (event: PipelineEvent) => void,
  ) {
    this.config = config
    this.options = options
    this.onEvent = onEvent
    const { corrections } = options
    this.modelOptions = {
      pulseIdEncoding: options.pulseIdEncoding,
      moduleRotation: options.moduleRotation,
      gapPixels: options.gapPixels,
      hasFlat: corrections.flat !== undefined,
    }
    const detector = detectorModel(config, this.modelOptions)
    this.imageParts = imageParts(config, detector.imageBytes)
    this.isForwarded = options.receiveAddresses.length > 0
    this.model = this.isForwarded ? forwardedModel(detector, this.imageParts) : detector
    this.rules = pixelRules(this.model, options)
    this.writers = Math.max(1, config.number_of_writers)
    const threads = options.receiverThreads || Math.ceil(availableParallelism() / 2)
    this.shared = createSharedMemory({
      model: this.model,
      receivers: this.isForwarded ? 1 : Math.max(1, Math.min(this.model.ports.length, threads)),
      writers: this.writers,
      compressed: options.compression !== 'none',
      ringBytes: options.ringBytes > 0 ? options.ringBytes : config.ram_buffer_gb * 1_073_741_824,
      corrections: {
        dark: corrections.dark !== undefined,
        flat: corrections.flat !== undefined,
        // Room for one that comes later; where parts come from another host, that one masks.
        mask: !this.isForwarded,
      },
    })
    this.parts = openShared(this.shared)
    this.counters = this.parts.counters
    this.slots = this.shared.plan.slots
  }

  /** Starts all threads. Rejects with DAQ_CONFIG_INVALID, DAQ_PORT_TAKEN, DAQ_RECEIVER_UNAVAILABLE, DAQ_WORKER_FAILED; nothing is left then. */
  static async start(
    config: DetectorConfig,
    options: PipelineOptions,
    onEvent: (event: PipelineEvent) => void,
  ): Promise<Pipeline> {
    const pipeline = new Pipeline(config, options, onEvent)
    try {
      await pipeline.open()
    } catch (error) {
      await pipeline.close()
      throw error
    }
    return pipeline
  }

  /** The newest image, copied; undefined before the first one or when it was overwritten meanwhile. */
  latestImage(): { readonly id: number; readonly pixels: Uint8Array; readonly atMs: number } | undefined {
    const { lastId, lastMs: atMs } = this.counters.images()
    const image = atMs === 0 ? undefined : this.heldImage(lastId)
    return image === undefined ? undefined : { ...image, atMs }
  }

  /** An image of the past, as long as the ring has it. */
  heldImage(id: number): { readonly id: number; readonly pixels: Uint8Array } | undefined {
    const { slots } = this.parts
    const { generation } = slots
    if (!Number.isSafeInteger(id) || id < 0 || !slots.holds(id, generation)) return undefined
    const pixels = slotPixels(this.shared, id, this.model).slice()
    return slots.holds(id, generation) ? { id, pixels } : undefined
  }

  /** Masks the images from the next packet on; undefined masks nothing. False where another host makes the images. */
  setMask(mask: Uint8Array | undefined): boolean {
    return !this.isForwarded && writeMasks(this.shared, this.model, mask)
  }

  /** A command for one writer. */
  commandWriter(writer: number, command: WriterCommand): void {
    this.writerControls[writer]?.postMessage(command)
    this.writerBells[writer]?.ring()
  }

  commandImages(command: ImageCommand): void {
    this.image?.post(command)
    this.parts.imageBell.ring()
  }

  /** Stops the threads: receivers first, so that what was received is still written. May be called twice. */
  close(): Promise<void> {
    this.closing ??= this.stop()
    return this.closing
  }

  private async stop(): Promise<void> {
    for (const control of this.receiverControls) control.postMessage('stop')
    this.commandImages({ kind: 'exit' })
    for (let writer = 0; writer < this.writerControls.length; writer += 1)
      this.commandWriter(writer, { kind: 'exit' })
    const deadline = setTimeout(() => {
      for (const thread of this.threads) void thread.terminate()
    }, 10_000)
    await Promise.all(this.threads.map((thread) => thread.ended))
    clearTimeout(deadline)
    for (const control of [...this.receiverControls, ...this.writerControls]) control.close()
  }

  private async open(): Promise<void> {
    writeCalibrations(this.shared, this.model, this.options.corrections)
    await this.startImages()
    await Promise.all(this.shared.plan.writers.map((_, writer) => this.startWriter(writer)))
    if (this.isForwarded) {
      await this.startPartReceiver()
      return
    }
    const addonPath = await this.addonPath()
    this.receiverKind = addonPath === undefined ? 'dgram' : 'addon'
    await Promise.all(
      this.shared.plan.receivers.map((_, receiver) => this.startReceiver(receiver, addonPath)),
    )
  }

  private async addonPath(): Promise<string | undefined> {
    if (this.options.receiver === 'dgram' || this.options.addonFolder === '') return undefined
    const path = await compileUdpAddon(this.options.addonFolder)
    if (path !== undefined || this.options.receiver === 'auto') return path
    throw new DaqError({
      code: 'DAQ_RECEIVER_UNAVAILABLE',
      message: 'receiver = "addon", but there is no C compiler that makes it',
      fault: 'environment',
      remedy: 'Install a C compiler or set receiver = "auto".',
      key: 'receiver',
    })
  }

  /** Starts a thread and waits for its first word. */
  private begin<Message>(
    what: string,
    start: { file: URL; data: object; transfer?: readonly MessagePort[] },
    first: (message: Message, thread: WorkerThread) => 'ready' | 'later' | DaqError,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(workerFailed(what, new Error(`did not start in ${startMs} ms`))),
        startMs,
      )
      const thread = startThread<Message>(start.file, {
        data: start.data,
        ...(start.transfer === undefined ? {} : { transfer: start.transfer }),
        onMessage: (message) => {
          const answer = first(message, thread)
          if (answer === 'later') return
          clearTimeout(timer)
          if (answer === 'ready') resolve()
          else reject(answer)
        },
        onFailure: (error) => {
          clearTimeout(timer)
          reject(workerFailed(what, error))
          this.onEvent({ kind: 'thread-failed', what, error })
        },
      })
      this.threads.push(thread)
    })
  }

  private startImages(): Promise<void> {
    const { config, options } = this
    const upstreamSlots = Math.max(
      1000,
      Math.floor((config.ram_buffer_gb * 1_073_741_824) / this.model.imageBytes),
    )
    const stream = `${config.detector_name}-image`
    const data: ImageData = {
      shared: this.shared,
      config,
      modelOptions: this.modelOptions,
      rules: this.rules,
      queueSize: config.module_sync_queue_size,
      syncTimeoutMs: options.syncTimeoutMs,
      // A part that never came cannot be filled: what lies there is another image.
      publishIncomplete: options.publishIncomplete && !this.isForwarded,
      resetWindow: options.resetWindow,
      turnMs: 2 * options.frameTimeoutMs,
      doNotStoreBit: options.doNotStoreBit,
      statusEnum: options.statusEnum,
      ...(options.ipcDirectory === ''
        ? {}
        : { metadataAddress: `ipc://${join(options.ipcDirectory, stream)}` }),
      liveStreams: Object.entries(config.live_stream_configs).map(([address, rule]) => ({
        address,
        selection: liveSelection(address, rule),
        format: liveFormatOf(rule),
      })),
      extraHeader: options.extraHeader,
      pedestalFile: options.pedestalFile,
      gainFile: options.gainFile,
      senders: this.senders(),
      ...(this.isForwarded ? { forwarded: this.imageParts } : {}),
      mirror: { mode: options.mirror, path: join(options.shmDirectory, stream), slots: upstreamSlots },
      unlinkMirror: options.cleanup,
    }
    return this.begin<ImageMessage>('image', { file: imageWorker, data }, (message, thread) => {
      this.image = thread
      switch (message.kind) {
        case 'ready':
          this.liveEndpoints = message.liveEndpoints
          this.sendEndpoints = message.sendEndpoints
          return 'ready'
        case 'unready':
          return new DaqError({
            code: 'DAQ_PORT_TAKEN',
            message: `${message.address} cannot be bound: ${message.message}`,
            fault: 'environment',
            remedy: `Change live_stream_configs or stream.send_address of daq.${config.detector_name}, or stop what uses the address.`,
            key: 'live_stream_configs',
          })
        case 'stopped':
          return 'later'
        case 'mirror-failed':
        case 'ended':
        case 'behind':
        case 'failed':
        case 'rows':
          this.onEvent(message)
          return 'later'
      }
    })
  }

  private startWriter(writer: number): Promise<void> {
    const { port1, port2 } = new MessageChannel()
    this.writerControls[writer] = port1
    this.writerBells[writer] = this.parts.writerBell(writer)
    const data: WriterData = {
      shared: this.shared,
      writer,
      imageBytes: this.model.imageBytes,
      control: port2,
    }
    const start = { file: writerWorker, data, transfer: [port2] }
    return this.begin<WriterMessage>(`writer ${writer}`, start, (message) => {
      if (message.kind === 'ready') return 'ready'
      this.onEvent({ kind: 'writer', writer, message })
      return 'later'
    })
  }

  private senders(): ImageData['senders'] {
    const { sendAddress } = this.options
    if (sendAddress === '') return []
    const { isWhole, parts } = this.imageParts
    return parts.map((part) => ({
      address: partAddress('stream.send_address', sendAddress, part.part),
      part,
      every: isWhole ? parts.length : 0,
    }))
  }

  /** Images come from another host: one thread takes all parts. */
  private startPartReceiver(): Promise<void> {
    const { options, imageParts: forwarded } = this
    const { port1, port2 } = new MessageChannel()
    this.receiverControls[0] = port1
    const [first = '', ...others] = options.receiveAddresses
    const data: PartReceiverData = {
      shared: this.shared,
      model: withoutFunctions(this.model),
      receiver: 0,
      parts: forwarded.parts,
      statusEnum: options.statusEnum,
      doNotStoreBit: options.doNotStoreBit,
      resetWindow: options.resetWindow,
      addresses: forwarded.parts.map(({ part }) =>
        others.length === 0
          ? partAddress('stream.receive_address', first, part)
          : partAddress('stream.receive_address', options.receiveAddresses[part] ?? '', 0),
      ),
      control: port2,
    }
    const start = { file: partReceiverWorker, data, transfer: [port2] }
    return this.begin<ReceiverMessage>('part receiver', start, ({ kind }) =>
      kind === 'ready' ? 'ready' : 'later',
    )
  }

  private startReceiver(receiver: number, addonPath: string | undefined): Promise<void> {
    const { options, config } = this
    const { port1, port2 } = new MessageChannel()
    this.receiverControls[receiver] = port1
    const ports = this.shared.plan.receivers[receiver]?.ports ?? []
    const first = config.start_udp_port
    const data: ReceiverData = {
      shared: this.shared,
      config,
      modelOptions: this.modelOptions,
      receiver,
      rules: this.rules,
      openFrames: options.openFrames,
      frameTimeoutMs: options.frameTimeoutMs,
      resetWindow: options.resetWindow,
      host: options.udpHost,
      udpPorts: ports.map((at) => (first === 0 ? 0 : first + (this.model.ports[at]?.index ?? at))),
      bufferBytes: options.rcvbufBytes,
      ...(addonPath === undefined ? {} : { addonPath }),
      control: port2,
    }
    const start = { file: receiverWorker, data, transfer: [port2] }
    return this.begin<ReceiverMessage>(`receiver ${receiver}`, start, (message) => {
      switch (message.kind) {
        case 'ready': {
          const bound = [...this.udpPorts]
          for (const [at, port] of message.ports.entries()) bound[ports[at] ?? 0] = port
          this.udpPorts = bound
          this.receiveBufferBytes = message.bufferBytes
          return 'ready'
        }
        case 'failed':
          return portFailed(config.detector_name, options.udpHost, message)
        case 'stopped':
          return 'later'
      }
    })
  }
}

/** Plain data, as it can be sent to a thread. */
function withoutFunctions(model: DetectorModel): PartReceiverData['model'] {
  return { ...model, ports: model.ports.map(({ format: _format, ...port }) => port) }
}
