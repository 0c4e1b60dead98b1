import { chmod } from 'node:fs/promises'
import { Pull, Push, Subscriber } from 'zeromq'
import type { DetectorConfig } from '../core/detector-config.ts'
import {
  detectorModel,
  type DetectorModel,
  type DetectorPort,
  type ModelOptions,
} from '../core/detector-model.ts'
import { DaqError } from '../error.ts'
import { PublishSocket } from '../image/publish-socket.ts'

/* What every stage of the data plane has when it runs as a process of its own (daq contract 5): local sockets named like the streams,
 * rings in a memory file system, a line of statistics every period. */

export interface StageOptions {
  readonly config: DetectorConfig
  /** Ends the stage. */
  readonly signal: AbortSignal
  /** Takes a line of statistics. */
  readonly onStatistics: (line: string) => void
  /** Default /tmp. */
  readonly ipcDirectory?: string
  /** Default /dev/shm. */
  readonly shmDirectory?: string
}

const highWaterMark = 50_000

/** Sockets and places of one stage; `close` ends them all. */
export class Stage {
  readonly config: DetectorConfig
  readonly signal: AbortSignal
  readonly shmDirectory: string
  private readonly options: StageOptions
  private readonly open: { close(): void }[] = []
  private readonly startedAt = performance.now()
  private timer: NodeJS.Timeout | undefined
  private lastProcessed = 0

  constructor(options: StageOptions) {
    this.options = options
    this.config = options.config
    this.signal = options.signal
    this.shmDirectory = options.shmDirectory ?? '/dev/shm'
  }

  model(options: ModelOptions = {}): DetectorModel {
    return detectorModel(this.config, options)
  }

  /** `ipc://` address of a stream of the detector. */
  address(suffix: string, prefix = ''): string {
    return `ipc://${this.options.ipcDirectory ?? '/tmp'}/${prefix}${this.config.detector_name}-${suffix}`
  }

  async publisher(address: string, limit = highWaterMark): Promise<PublishSocket> {
    return this.keep(await PublishSocket.bind(address, limit))
  }

  subscriber(address: string, limit = highWaterMark): Subscriber {
    const socket = new Subscriber({ receiveHighWaterMark: limit, linger: 0, reconnectInterval: 50 })
    socket.connect(address)
    socket.subscribe()
    return this.keep(socket)
  }

  push(address: string): Push {
    const socket = new Push({ sendHighWaterMark: highWaterMark, linger: 0, reconnectInterval: 50 })
    socket.connect(address)
    return this.keep(socket)
  }

  async pull(address: string): Promise<Pull> {
    const socket = this.keep(new Pull({ receiveHighWaterMark: highWaterMark, linger: 0 }))
    await socket.bind(address)
    if (address.startsWith('ipc://'))
      await chmod(address.slice('ipc://'.length), 0o777).catch(() => undefined)
    return socket
  }

  keep<T extends { close(): void }>(part: T): T {
    this.open.push(part)
    return part
  }

  /** Writes `detector=NAME,key=value,... ns` every period; `processed` gives what was done so far. */
  statistics(fields: () => Readonly<Record<string, number | string>>, processed: () => number): void {
    const { detector_name: detector, stats_collection_period: periodS } = this.config
    if (periodS <= 0) return
    this.timer = setInterval(() => {
      const count = processed()
      const rate = (count - this.lastProcessed) / periodS
      this.lastProcessed = count
      const all = { detector, ...fields(), processed_times: count, repetition_rate_hz: rate.toFixed(1) }
      const text = Object.entries(all).map(([key, value]) => `${key}=${value}`)
      const ns = BigInt(Math.round((performance.now() - this.startedAt) * 1e6))
      this.options.onStatistics(`${text.join(',')} ${ns}`)
    }, periodS * 1000)
  }

  /** Runs `work` on the messages of a socket until the stage ends. */
  async each(
    socket: AsyncIterable<Buffer[]>,
    work: (parts: readonly Buffer[]) => Promise<void> | void,
  ): Promise<void> {
    const stop = (): void => this.close()
    this.signal.addEventListener('abort', stop, { once: true })
    try {
      if (this.signal.aborted) return
      for await (const parts of socket) {
        if (this.signal.aborted) return
        await work(parts)
      }
    } catch (error) {
      // A socket that is closed under its reader is the end of the stage.
      if (!this.signal.aborted) throw error
    } finally {
      this.signal.removeEventListener('abort', stop)
      this.close()
    }
  }

  close(): void {
    clearInterval(this.timer)
    for (const part of this.open.splice(0)) part.close()
  }
}

/** The port of a module id. Throws DAQ_CONFIG_INVALID. */
export function portOf(model: DetectorModel, module: number): DetectorPort {
  const port = model.ports.find(({ index }) => index === module)
  if (port !== undefined) return port
  throw new DaqError({
    code: 'DAQ_CONFIG_INVALID',
    message: `module_id: ${module} is no module of ${model.name}`,
    fault: 'caller',
    remedy: `Modules are ${model.ports.map(({ index }) => index).join(', ')}.`,
    key: 'module_id',
  })
}

/** Bytes of a frame in the ring of its module. */
export function frameBytes(port: DetectorPort): number {
  return port.format.rows * port.format.rowBytes
}
