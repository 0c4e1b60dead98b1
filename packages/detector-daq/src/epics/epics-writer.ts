import type { Logger } from '@beamtime/service-kit'
import type { PrimaryService } from '../services/service-functions.ts'
import { createEpicsFile, epicsFileTree } from './epics-file.ts'
import type { EntryStore, PulseRecord } from './entry-store.ts'
import { PulseTimeline } from './pulse-timeline.ts'
import { summarisePv, valuePages, type PvSummary, type TimeRange } from './pv-data.ts'

/* Writes the buffered values of a range of pulses to a file (daq contract 14.2). Error texts are those that users know. */

export interface EpicsWriteRequest {
  readonly startPulseId: number
  readonly stopPulseId: number
  readonly channels: readonly string[]
  readonly outputFile: string
  readonly metadata: Readonly<Record<string, string>>
}

/** Pulses that the nearest stored one may be away. */
const mostPulsesAway = 1_000
/** Time before the first and after the last pulse that is read for the mapping. */
const padMs = 5
const mostChannels = 100_000

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPulse(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function channelsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  const isList = Array.isArray(value) && list.every((name) => typeof name === 'string' && name !== '')
  if (!isList || list.length > mostChannels)
    throw new Error(`channels is not a list of at most ${mostChannels} names.`)
  return [...new Set(list.map(String))]
}

function metadataOf(value: unknown): Readonly<Record<string, string>> {
  if (value === null || value === undefined) return {}
  if (!isTable(value)) throw new Error('metadata is not an object.')
  return Object.fromEntries(
    Object.entries(value).map(([path, each]) => [
      path,
      typeof each === 'string' ? each : JSON.stringify(each),
    ]),
  )
}

function fileOf(value: unknown): string {
  if (typeof value === 'string' && value.startsWith('/') && !value.split('/').includes('..')) return value
  throw new Error(`output_file ${JSON.stringify(value)} is not an absolute path of a file.`)
}

/** Reads a request. Throws with the text that its sender is told. */
export function epicsWriteRequest(request: unknown): EpicsWriteRequest {
  const table = isTable(request) ? request : {}
  const { start_pulse_id: start, stop_pulse_id: stop, channels, output_file: file } = table
  if ([start, stop, channels, file].includes(undefined))
    throw new Error('Invalid request from broker. Missing required fields.')
  if (!isPulse(start) || !isPulse(stop) || stop < start)
    throw new Error(
      `start_pulse_id ${JSON.stringify(start)} and stop_pulse_id ${JSON.stringify(stop)} are no range.`,
    )
  return {
    startPulseId: start,
    stopPulseId: stop,
    channels: channelsOf(channels),
    outputFile: fileOf(file),
    metadata: metadataOf(table['metadata']),
  }
}

function near(found: PulseRecord | undefined, wanted: number): number {
  if (found === undefined) throw new Error(`Cannot map ${wanted} to timestamp.`)
  if (Math.abs(found.pulseId - wanted) > mostPulsesAway)
    throw new Error(`Received pulse_id ${found.pulseId} too far away from requested pulse_id ${wanted}.`)
  return Number(found.bufferNs / 1_000_000n)
}

/** When the pulses of a request came. */
async function rangeOf(store: EntryStore, request: EpicsWriteRequest): Promise<TimeRange> {
  const fromMs = near(await store.pulseBefore(request.startPulseId), request.startPulseId)
  const toMs = near(await store.pulseAfter(request.stopPulseId), request.stopPulseId)
  return { fromMs, toMs }
}

async function timelineOf(store: EntryStore, range: TimeRange): Promise<PulseTimeline> {
  const timeline = new PulseTimeline()
  for await (const page of store.pulsesBetween(Math.max(0, range.fromMs - padMs), range.toMs + padMs))
    timeline.add(page)
  return timeline
}

function checkKilled(signal: AbortSignal): void {
  if (signal.aborted) throw new Error('User requested interruption.')
}

/** Writes one request. Rejects with the text for its sender; then there is no file. */
export async function writeEpicsFile(
  store: EntryStore,
  request: EpicsWriteRequest,
  signal: AbortSignal,
): Promise<void> {
  const range = await rangeOf(store, request)
  const timeline = await timelineOf(store, range)
  const summaries: PvSummary[] = []
  for (const pv of request.channels) {
    checkKilled(signal)
    summaries.push(await summarisePv(store, timeline, { pv, range }))
  }
  checkKilled(signal)
  const file = createEpicsFile(request.outputFile, epicsFileTree(summaries, request.metadata))
  try {
    for (const { pv, values, points } of summaries) {
      checkKilled(signal)
      if (values?.kind !== 'numbers' || points === 0) continue
      let left = points * values.bytes
      for await (const page of valuePages(store, { pv, range }, values.bytes)) {
        // Entries that came since the first look stay out.
        const part = page.subarray(0, left)
        if (part.length > 0) file.write(pv, part)
        left -= part.length
      }
    }
    file.finish()
  } catch (error) {
    file.discard()
    throw error
  }
}

/** The primary service that writes EPICS files. */
export function epicsWriterService(store: EntryStore, log: Logger): PrimaryService {
  return {
    kind: 'primary',
    async onRequest(requestId, body, signal) {
      const request = epicsWriteRequest(body)
      const { startPulseId, stopPulseId, outputFile, channels } = request
      log.info('epics-write.started', {
        requestId,
        startPulseId,
        stopPulseId,
        outputFile,
        channels: channels.length,
      })
      const startedMs = performance.now()
      await writeEpicsFile(store, request, signal)
      log.info('epics-write.done', { requestId, outputFile, seconds: (performance.now() - startedMs) / 1000 })
    },
  }
}
