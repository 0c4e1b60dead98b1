import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@beamtime/service-kit'
import { AcquisitionControl, type RunRequest } from '../control/acquisition-control.ts'
import { detectorModel, type ModelOptions } from '../core/detector-model.ts'
import { parseDetectorConfig, updateDetectorConfig, type DetectorConfig } from '../core/detector-config.ts'
import { DaqError } from '../error.ts'
import { AppliedMask, pixelMask, type PixelMask } from '../masks/applied-mask.ts'
import { checkMask, maskRefusal } from '../masks/mask-check.ts'
import { MaskReader, type MaskImage } from '../masks/mask-file.ts'
import { MaskLibrary } from '../masks/mask-library.ts'
import { Pipeline, type PipelineEvent } from '../pipeline/pipeline.ts'
import { readCorrections } from '../pixels/calibration-file.ts'
import { startSimulatorThread, type SimulatorThread } from '../simulator/simulator-thread.ts'
import { AcquisitionLog } from './acquisition-log.ts'
import { ConfigStore } from './config-store.ts'
import type { DaqSettings } from './daq-settings.ts'
import { RateMeter, type DaqRates } from './rate-meter.ts'
import { recordNext } from './record-next.ts'

export interface DeploymentState {
  readonly config_id: string | null
  readonly status: 'UNKNOWN' | 'SUCCESS' | 'ERROR' | 'RUNNING'
  readonly message: string
  readonly servers: Readonly<Record<string, string>>
  readonly stats: { readonly start_time: number | null; readonly stop_time: number | null }
}

/** One detector: its pipeline, its acquisitions, its configuration. All faces talk to this. */
export class Daq {
  readonly settings: DaqSettings
  readonly control: AcquisitionControl
  readonly history: AcquisitionLog
  /** Masks that are kept by name. */
  readonly masks: MaskLibrary
  private readonly log: Logger
  private readonly store: ConfigStore
  private readonly meter = new RateMeter()
  private readonly timer: NodeJS.Timeout
  private current: DetectorConfig
  private pipelineNow: Pipeline | undefined
  private simulatorNow: SimulatorThread | undefined
  private simulated = 0
  private maskNow = pixelMask(undefined)
  private readonly applied: AppliedMask
  private readonly maskReader: MaskReader
  private deployed: DeploymentState
  private changing: Promise<unknown> = Promise.resolve()

  private constructor(
    settings: DaqSettings,
    config: DetectorConfig,
    parts: {
      log: Logger
      store: ConfigStore
      history: AcquisitionLog
      applied: AppliedMask
      masks: MaskLibrary
      reader: MaskReader
    },
  ) {
    this.settings = settings
    this.current = config
    this.log = parts.log
    this.store = parts.store
    this.history = parts.history
    this.applied = parts.applied
    this.masks = parts.masks
    this.maskReader = parts.reader
    this.control = new AcquisitionControl({
      detector: config.detector_name,
      compression: settings.pipeline.compression,
      blockBytes: () => this.current.gpfs_block_size,
      pixelMask: () => this.maskNow.bytes,
      onFinished: (acquisition) => {
        const { phase, message, completed, info } = acquisition
        const fields = { file: info.output_file, images: completed, message }
        if (phase === 'failed') this.log.error('acquisition.failed', fields)
        else this.log.info('acquisition.finished', fields)
        this.history.add(acquisition)
      },
    })
    this.deployed = {
      config_id: null,
      status: 'UNKNOWN',
      message: 'No config available',
      servers: {},
      stats: { start_time: null, stop_time: null },
    }
    this.timer = setInterval(() => this.sample(), 1_000)
  }

  /** Starts the detector's pipeline. Rejects with DAQ_CONFIG_INVALID, DAQ_CALIBRATION_UNREADABLE, DAQ_PORT_TAKEN, DAQ_RECEIVER_UNAVAILABLE. */
  static async start(options: {
    readonly name: string
    readonly settings: DaqSettings
    readonly dataDir: string
    readonly log: Logger
  }): Promise<Daq> {
    const { settings, log, dataDir, name } = options
    const store = new ConfigStore(join(dataDir, 'state', `daq-${name}.json`), settings.detector)
    const history = new AcquisitionLog(join(dataDir, 'state', `daq-${name}-log.jsonl`))
    await history.load()
    const reader = new MaskReader()
    const applied = new AppliedMask({
      path: join(dataDir, 'state', `daq-${name}-mask.h5`),
      pixelMaskFile: settings.calibration.pixel_mask_file,
      log,
      reader,
    })
    const masks = new MaskLibrary(join(dataDir, 'masks', name), reader)
    const parts = { log, store, history, applied, masks, reader }
    const daq = new Daq(settings, (await store.load()) ?? settings.detector, parts)
    try {
      await daq.deploy(daq.current)
    } catch (error) {
      await daq.close()
      throw error
    }
    if (settings.simulator.enabled && settings.simulator.autoStart) daq.startSimulation()
    return daq
  }

  get config(): DetectorConfig {
    return this.current
  }

  get pipeline(): Pipeline | undefined {
    return this.pipelineNow
  }

  /** What is masked of the whole image. */
  get mask(): PixelMask {
    return this.maskNow
  }

  get deployment(): DeploymentState {
    return this.deployed
  }

  get rates(): DaqRates {
    return this.meter.rates
  }

  /** Changes parts of the configuration and starts the pipeline anew. Rejects with DAQ_CONFIG_INVALID, DAQ_CONFIG_BUSY while a run is written. */
  changeConfig(
    changes: unknown,
    options: { readonly isWhole?: boolean; readonly force?: boolean } = {},
  ): Promise<DetectorConfig> {
    const next = this.changing.then(() => this.applyConfig(changes, options))
    this.changing = next.catch(() => undefined)
    return next
  }

  /**
   * Masks the following images, also after a new start; undefined takes the mask of the configuration again. Rejects with
   * DAQ_CONFIG_BUSY while a run is written, DAQ_REQUEST_REFUSED, DAQ_CALIBRATION_UNREADABLE.
   */
  applyMask(mask: (MaskImage & { readonly name: string }) | undefined): Promise<PixelMask> {
    const next = this.changing.then(async () => {
      const { pipelineNow, control } = this
      if (pipelineNow === undefined) throw maskRefusal('the detector is being configured')
      const bytes = mask?.bytes ?? (await readCorrections(this.settings.calibration, pipelineNow.model)).mask
      checkMask(pipelineNow.model, control.isWriting, mask)
      if (!pipelineNow.setMask(bytes)) throw maskRefusal('another host makes the images of this detector')
      this.maskNow = pixelMask(bytes, mask?.name)
      await this.applied.save(mask)
      this.log.info('mask.applied', { mask: this.maskNow.name, pixels: this.maskNow.pixels })
      return this.maskNow
    })
    this.changing = next.catch(() => undefined)
    return next
  }

  private async applyConfig(
    changes: unknown,
    options: { readonly isWhole?: boolean; readonly force?: boolean },
  ): Promise<DetectorConfig> {
    const before = this.current
    const config =
      options.isWhole === true ? parseDetectorConfig(changes) : updateDetectorConfig(before, changes)
    if (config.detector_name !== before.detector_name)
      throw new DaqError({
        code: 'DAQ_CONFIG_INVALID',
        message: `detector_name: ${config.detector_name} is not ${before.detector_name}, the detector of this service`,
        fault: 'caller',
        remedy: 'Start a service for the other detector.',
        key: 'detector_name',
      })
    // Refused before anything stops.
    detectorModel(config, this.modelOptions())
    if (this.control.isWriting) {
      if (options.force !== true)
        throw new DaqError({
          code: 'DAQ_CONFIG_BUSY',
          message: 'The configuration cannot change while a file is written.',
          fault: 'caller',
          remedy: 'Stop the writer first, or force the change, which ends the run.',
          canRetry: true,
        })
      await this.control.stop()
    }
    try {
      await this.deploy(config)
    } catch (error) {
      await this.deploy(before)
      throw error
    }
    this.current = config
    await this.store.save(config)
    return config
  }

  /** Starts a run; the layout of the settings wins over the face's. */
  startRun(request: RunRequest): ReturnType<AcquisitionControl['start']> {
    const userId = request.userId ?? this.current.writer_user_id
    const layout = this.settings.layout ?? request.layout
    return this.control.start({ ...request, layout, userId, metaFile: this.settings.metaFile })
  }

  /** Makes the folder for files that name none. */
  async prepareDirectory(): Promise<void> {
    await mkdir(this.settings.directory, { recursive: true })
  }

  /** Lets `images` more images into the run and waits until they are written. Rejects with DAQ_TIMEOUT, DAQ_REQUEST_REFUSED. */
  recordNext(images: number, timeoutMs: number): Promise<number> {
    return recordNext(this.control, images, timeoutMs)
  }

  simulation(): { readonly isRunning: boolean; readonly images: number } {
    const { simulatorNow } = this
    return { isRunning: simulatorNow !== undefined, images: this.simulated + (simulatorNow?.images ?? 0) }
  }

  /** Starts the simulated detector. Throws DAQ_REQUEST_REFUSED where it is not enabled. */
  startSimulation(): void {
    const { settings, pipelineNow } = this
    if (!settings.simulator.enabled || pipelineNow === undefined)
      throw new DaqError({
        code: 'DAQ_REQUEST_REFUSED',
        message: 'This detector is not simulated.',
        fault: 'caller',
        remedy: 'Set simulator = { enabled = true }.',
      })
    if (this.simulatorNow !== undefined) return
    const host = settings.pipeline.udpHost === '0.0.0.0' ? '127.0.0.1' : settings.pipeline.udpHost
    const options = {
      config: this.current,
      modelOptions: this.modelOptions(),
      host,
      udpPorts: pipelineNow.udpPorts,
      rateHz: settings.simulator.rateHz,
      firstId: this.simulated + 1,
      faults: settings.simulator.faults,
    }
    this.simulatorNow = startSimulatorThread(options, ({ message }) => {
      this.log.error('simulator.failed', { message })
    })
  }

  async stopSimulation(): Promise<void> {
    const { simulatorNow } = this
    this.simulatorNow = undefined
    if (simulatorNow === undefined) return
    await simulatorNow.close()
    this.simulated += simulatorNow.images
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    await this.stopSimulation()
    await this.control.stop()
    this.control.close()
    await this.pipelineNow?.close()
    await this.history.close()
    await this.maskReader.close()
  }

  private modelOptions(): ModelOptions {
    const { pulseIdEncoding, moduleRotation, gapPixels } = this.settings.pipeline
    return { pulseIdEncoding, moduleRotation, gapPixels }
  }

  private async deploy(config: DetectorConfig): Promise<void> {
    const startedAt = Date.now()
    const host = config.detector_name
    const stats = { start_time: startedAt / 1000, stop_time: null }
    this.deployed = {
      config_id: `${startedAt}-0`,
      status: 'RUNNING',
      message: 'Deploying on servers...',
      servers: { [host]: 'Deploying' },
      stats,
    }
    const wasSimulating = this.simulatorNow !== undefined
    await this.stopSimulation()
    this.control.use(undefined)
    await this.pipelineNow?.close()
    this.pipelineNow = undefined
    try {
      const model = detectorModel(config, this.modelOptions())
      const fromFiles = await readCorrections(this.settings.calibration, model)
      const applied = await this.applied.load(model)
      const corrections = applied === undefined ? fromFiles : { ...fromFiles, mask: applied.bytes }
      this.maskNow = pixelMask(corrections.mask, applied?.name)
      this.pipelineNow = await Pipeline.start(config, { ...this.settings.pipeline, corrections }, (event) =>
        this.hear(event),
      )
    } catch (error) {
      this.deployed = {
        ...this.deployed,
        status: 'ERROR',
        message: 'Deployment failed',
        servers: { [host]: 'Error' },
      }
      throw error
    }
    this.control.use(this.pipelineNow)
    this.meter.reset()
    const { receiverKind, receiveBufferBytes, udpPorts, slots, model } = this.pipelineNow
    this.log.info('detector.ready', {
      receiver: receiverKind,
      firstPort: udpPorts[0],
      ports: udpPorts.length,
      slots,
      image: `${model.width}x${model.height} ${model.pixelType}`,
    })
    this.warnBuffer(receiveBufferBytes)
    this.deployed = {
      ...this.deployed,
      status: 'SUCCESS',
      message: 'Deployment successful',
      servers: { [host]: 'Done' },
      stats: { ...stats, stop_time: Date.now() / 1000 },
    }
    if (wasSimulating) this.startSimulation()
  }

  /** The first cause of loss: a receive buffer that the kernel cut. */
  private warnBuffer(bytes: number): void {
    const wanted = this.settings.pipeline.rcvbufBytes
    if (bytes >= wanted || bytes === 0) return
    this.log.warn('receive-buffer.small', {
      bytes,
      wanted,
      remedy: `sysctl -w net.core.rmem_max=${wanted * 2} net.core.netdev_max_backlog=250000`,
    })
  }

  private hear(event: PipelineEvent): void {
    switch (event.kind) {
      case 'behind':
        this.log.warn('writer.behind', { images: event.waiting, slots: event.slots })
        break
      case 'mirror-failed':
        this.log.error('mirror.failed', { message: event.message })
        break
      case 'thread-failed':
        this.log.error('thread.failed', { thread: event.what, message: event.error.message })
        break
      case 'failed':
      case 'ended':
      case 'rows':
      case 'writer':
        break
    }
    this.control.handle(event)
  }

  private sample(): void {
    const { pipelineNow } = this
    if (pipelineNow !== undefined) this.meter.sample(pipelineNow, performance.now())
  }
}
