import { appendFile } from 'node:fs/promises'
import { createHdf5Reader, type Hdf5Reader } from '@beamtime/hdf5'
import type { Logger } from '@beamtime/service-kit'
import type { BrokerStatus } from '../amqp/broker-message.ts'

/* Hears the statuses of an EPICS writer and tells in the run log of each request how it went and what is in the file (14.3). */

interface Known {
  readonly channels: readonly string[]
  readonly startPulseId: number
  readonly stopPulseId: number
  readonly outputFile: string
  readonly runLog: string
}

const rememberedRequests = 1_000

function known(request: unknown): Known | undefined {
  const table = (typeof request === 'object' && request !== null ? request : {}) as Readonly<
    Record<string, unknown>
  >
  const { run_log_file: runLog, output_file: outputFile, channels } = table
  if (typeof runLog !== 'string' || typeof outputFile !== 'string') return undefined
  return {
    runLog,
    outputFile,
    channels: Array.isArray(channels) ? channels.map(String) : [],
    startPulseId: Number(table['start_pulse_id']),
    stopPulseId: Number(table['stop_pulse_id']),
  }
}

/** What a file holds of each channel, one line a channel. Rejects when it cannot be read. */
export async function analyseEpicsFile(request: {
  readonly outputFile: string
  readonly channels: readonly string[]
  readonly startPulseId: number
  readonly stopPulseId: number
}): Promise<readonly string[]> {
  const reader = createHdf5Reader()
  try {
    const paths = new Set(await reader.paths(request.outputFile))
    const lines: string[] = []
    for (const channel of request.channels) {
      const path = `/data/${channel}/pulse_id`
      if (paths.has(path)) lines.push(await countLine(reader, request, channel))
      else lines.push(`[${channel}] ${paths.has(`/${channel}`) ? 'Missing pulse_id mapping' : 'No data'}`)
    }
    return lines
  } finally {
    await reader.close()
  }
}

async function countLine(
  reader: Hdf5Reader,
  request: { readonly outputFile: string; readonly startPulseId: number; readonly stopPulseId: number },
  channel: string,
): Promise<string> {
  const values = await reader.read(request.outputFile, `/data/${channel}/pulse_id`)
  const data: Iterable<number | bigint> = values.kind === 'numbers' ? values.data : []
  const pulses = Array.from(data, Number)
  const first = pulses.findIndex((pulse) => pulse >= request.startPulseId)
  const before = first < 0 ? pulses.length : first
  const last = pulses.findLastIndex((pulse) => pulse < request.stopPulseId)
  const after = Math.max(0, Math.min(pulses.length - 1 - last, pulses.length - before))
  const inside = pulses.length - before - after
  return `[${channel}] Point count ${pulses.length} (${before}[${inside})${after})`
}

export interface ValidatorOptions {
  /** Name of the service whose files are looked at. */
  readonly primary: string
  readonly log: Logger
}

/** Writes the run logs; statuses are taken one after the other. */
export class EpicsValidator {
  private readonly options: ValidatorOptions
  private readonly started = new Map<string, number>()
  private working: Promise<void> = Promise.resolve()

  constructor(options: ValidatorOptions) {
    this.options = options
  }

  hear(status: BrokerStatus): void {
    if (status.source !== this.options.primary) return
    this.working = this.working
      .then(() => this.tell(status))
      .catch((error: unknown) =>
        this.options.log.error('run-log.failed', {
          id: status.id,
          message: error instanceof Error ? error.message : String(error),
        }),
      )
  }

  /** Resolves when everything that was heard is told. */
  close(): Promise<void> {
    return this.working
  }

  private async tell(status: BrokerStatus): Promise<void> {
    const request = known(status.request)
    if (request === undefined) return
    const lines = await this.lines(status, request)
    await appendFile(request.runLog, lines.map((line) => `[${status.source}] ${line}\n`).join(''))
  }

  private async lines(status: BrokerStatus, request: Known): Promise<readonly string[]> {
    const { id, action, source } = status
    switch (action) {
      case 'request_start': {
        this.started.set(id, Date.now())
        const [oldest] = this.started.keys()
        if (this.started.size > rememberedRequests && oldest !== undefined) this.started.delete(oldest)
        const { outputFile, startPulseId, stopPulseId, channels } = request
        return [
          `Processing of ${id} started in service ${source}.`,
          `Requesting file ${outputFile} for pulse_id range ${startPulseId} to ${stopPulseId} with ${channels.length} channels.`,
        ]
      }
      case 'request_success': {
        const analysis = await analyseEpicsFile(request).catch((error: unknown) => [
          `Could not process output file: ${error instanceof Error ? error.message : String(error)}`,
        ])
        const seconds = this.secondsOf(id)
        return [
          `Request ${id} completed in ${seconds} seconds.`,
          'Output file analysis:',
          ...analysis.map((line) => `\t${line}`),
        ]
      }
      case 'request_fail':
        this.started.delete(id)
        return [`Request ${id} failed. Error:`, status.message ?? '']
    }
  }

  private secondsOf(id: string): string {
    const startedMs = this.started.get(id)
    this.started.delete(id)
    return startedMs === undefined ? 'unknown' : ((Date.now() - startedMs) / 1000).toFixed(2)
  }
}
