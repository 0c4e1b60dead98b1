import { eventMask, type CaChannel, type CaContext, type CaReading } from '@beamtime/channel-access'
import type { Logger } from '@beamtime/service-kit'
import type { EpicsBufferConfig } from './buffer-config.ts'
import { disconnectedEntry, entryOf, microsecondsOf, type BufferEntry } from './buffer-entry.ts'
import { BufferStatistics } from './buffer-statistics.ts'
import type { EntryStore } from './entry-store.ts'

export interface EpicsBufferOptions {
  readonly name: string
  readonly config: EpicsBufferConfig
  readonly context: CaContext
  readonly store: EntryStore
  readonly log: Logger
  /** Takes a line of statistics every 10 s. */
  readonly onStatistics: (line: string) => void
  readonly statisticsMs?: number
}

export interface EpicsBuffer {
  /** Entries that the store did not take, and updates that were dropped because it was too slow. */
  readonly lost: number
  close(): Promise<void>
}

const defaultStatisticsMs = 10_000
/** Entries of one PV that are under way to the store. */
const underWay = 64

/** Watches PVs and keeps every change. Entries that the store does not take are counted; the buffer goes on. */
export function startEpicsBuffer(options: EpicsBufferOptions): EpicsBuffer {
  const buffer = new Buffering(options)
  const { pvList, pulseIdPv, useArchiverPrecision } = options.config
  const mask = eventMask.value | eventMask.alarm | (useArchiverPrecision ? eventMask.log : 0)
  for (const name of pvList) buffer.watch(options.context.channel(name), mask)
  if (pulseIdPv !== undefined) buffer.watchPulses(options.context.channel(pulseIdPv))
  options.log.info('epics-buffer.started', { pvs: pvList.length, pulse_id_pv: pulseIdPv ?? '' })
  return buffer
}

class Buffering implements EpicsBuffer {
  lost = 0
  private readonly options: EpicsBufferOptions
  private readonly statistics: BufferStatistics
  private readonly channels: CaChannel[] = []
  private readonly tasks: Promise<void>[] = []
  private readonly timer: NodeJS.Timeout
  private isFailing = false

  constructor(options: EpicsBufferOptions) {
    this.options = options
    this.statistics = new BufferStatistics(options.name, Date.now())
    const writeLine = (): void => options.onStatistics(this.statistics.line(Date.now()))
    this.timer = setInterval(writeLine, options.statisticsMs ?? defaultStatisticsMs)
  }

  watch(channel: CaChannel, mask: number): void {
    this.channels.push(channel)
    let isKnownAbsent = true
    void this.keep(channel.name, disconnectedEntry(Date.now()))
    channel.on('connection', (info) => {
      // One entry a disconnection.
      if (info === null && !isKnownAbsent) void this.keep(channel.name, disconnectedEntry(Date.now()))
      isKnownAbsent = info === null
    })
    const take = (reading: CaReading): Promise<void> => this.keep(channel.name, entryOf(reading, Date.now()))
    this.tasks.push(this.follow(channel, { mask, take }))
  }

  watchPulses(channel: CaChannel): void {
    this.channels.push(channel)
    const take = (reading: CaReading): Promise<void> => this.keepPulse(reading)
    this.tasks.push(this.follow(channel, { mask: eventMask.value | eventMask.alarm, take }))
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    for (const channel of this.channels) channel.close()
    await Promise.all(this.tasks)
  }

  private async follow(
    channel: CaChannel,
    { mask, take }: { readonly mask: number; readonly take: (reading: CaReading) => Promise<void> },
  ): Promise<void> {
    const { log } = this.options
    const pending = new Set<Promise<void>>()
    try {
      for await (const { reading, dropped } of channel.monitor({ mask, form: 'time' })) {
        this.lost += dropped
        if (dropped > 0) log.warn('update.dropped', { pv: channel.name, updates: dropped })
        const kept = take(reading).finally(() => pending.delete(kept))
        pending.add(kept)
        // Order is kept by the store; this only bounds what is under way.
        if (pending.size >= underWay) await Promise.race(pending)
      }
    } catch (error) {
      // The server refuses the subscription for good; a channel that was closed ends without an error.
      log.error('monitor.failed', { pv: channel.name, message: textOf(error) })
    }
    await Promise.all(pending)
  }

  private async keep(pv: string, entry: BufferEntry): Promise<void> {
    try {
      await this.options.store.addEntry(pv, entry)
      this.statistics.record(pv, entry.value.length)
      this.isFailing = false
    } catch (error) {
      this.fail(pv, error)
    }
  }

  private async keepPulse(reading: CaReading): Promise<void> {
    const { log, store, config } = this.options
    const pulseId = Number(Array.isArray(reading.value) ? reading.value[0] : reading.value)
    const nowMs = Date.now()
    if (!Number.isSafeInteger(Math.trunc(pulseId)) || pulseId <= 0) {
      log.warn('pulse.empty', { pv: config.pulseIdPv, value: String(reading.value) })
      return
    }
    const bufferNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6))
    const pulse = {
      pulseId: Math.trunc(pulseId),
      bufferNs,
      epicsUs: Number(microsecondsOf(reading, nowMs)),
    }
    try {
      if ((await store.addPulse(pulse)) === 'stale')
        log.warn('pulse.not-increasing', { pv: config.pulseIdPv, pulse_id: pulse.pulseId })
    } catch (error) {
      this.fail('pulse_id', error)
    }
  }

  /** Logged once for a series of failures; each entry is counted. */
  private fail(stream: string, error: unknown): void {
    this.lost += 1
    if (!this.isFailing) this.options.log.error('entry.lost', { stream, message: textOf(error) })
    this.isFailing = true
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
