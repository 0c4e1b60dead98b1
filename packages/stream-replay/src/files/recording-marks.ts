import type { Recording } from '../recording/recording.ts'
import type { RecordBatch } from '../batch/batch-header.ts'
import { recordsOf } from '../batch/batch-records.ts'
import { Breather } from '../browse/breather.ts'
import { documentOf } from '../source/place-finder.ts'
import type { TimeProfile } from './time-profile.ts'

/** A place of a recording that a person looks for. */
export interface RecordingMark {
  readonly kind: 'start' | 'stop' | 'gap'
  /** ms since 1970 */
  readonly ts: number
  /** Share of the messages before it, 0 to 100. */
  readonly pct: number
  /** Of the run; null for a gap. */
  readonly uid: string | null
  /** `scan 41, count` of a start, `success` of a stop, empty for a gap. */
  readonly label: string
  /** Of a gap; else 0. */
  readonly durationMs: number
}

const maxMarks = 500
/** Documents of a larger recording are looked into up to here. */
const maxLooked = 500_000
/** A gap is at least this share of the time. */
const gapShare = 1 / 50
const shortestGapMs = 1_000

/** Topics whose messages are looked into one by one. */
export function hasRuns({ format }: { readonly format: string }): boolean {
  return format === 'document'
}

/** Runs (start and stop documents of Bluesky) and gaps, in the order of time. Adds what has runs to the profile. */
export async function recordingMarks(
  recording: Recording,
  profile: TimeProfile,
): Promise<readonly RecordingMark[]> {
  const { firstMs, lastMs } = profile
  const runs = await runMarks(recording, profile)
  const gaps = profile
    .gaps(Math.max(shortestGapMs, (lastMs - firstMs) * gapShare))
    .map(({ fromMs, durationMs }) => ({ kind: 'gap', ts: fromMs, uid: null, label: '', durationMs }) as const)
  const marks = [...runs, ...gaps].toSorted((a, b) => a.ts - b.ts).slice(0, maxMarks)
  const shares = profile.sharesBefore(marks.map(({ ts }) => ts))
  return marks.map((mark, index) => ({ ...mark, pct: shares[index] ?? 0 }))
}

async function runMarks(
  recording: Recording,
  profile: TimeProfile,
): Promise<readonly Omit<RecordingMark, 'pct'>[]> {
  const marks: Omit<RecordingMark, 'pct'>[] = []
  const breather = new Breather()
  let looked = 0
  for (const { name: topic, partitions } of recording.manifest.topics.filter(hasRuns))
    for (const { partition, first, last, count } of partitions) {
      if (count === 0) continue
      for await (const batch of recording.batches({ topic, partition, from: first })) {
        const { header, release } = batch
        if (header.baseOffset > last) break
        looked += header.recordsCount
        if (looked > maxLooked)
          profile.add(header.baseTimestampMs, header.maxTimestampMs, header.recordsCount)
        else if (!header.isControl) marks.push(...marksIn(batch, profile))
        release?.()
        await breather.breathe()
      }
    }
  return marks.slice(0, maxMarks)
}

function marksIn(batch: RecordBatch, profile: TimeProfile): Omit<RecordingMark, 'pct'>[] {
  return recordsOf(batch).flatMap((record) => {
    profile.add(record.timestampMs, record.timestampMs, 1)
    const document = documentOf(record)
    if (document?.name === 'start') return [startMark(document.doc, record.timestampMs)]
    if (document?.name === 'stop') return [stopMark(document.doc, record.timestampMs)]
    return []
  })
}

type Fields = Readonly<Record<string, unknown>>

function startMark(doc: Fields, ts: number): Omit<RecordingMark, 'pct'> {
  const { uid, scan_id: scan, plan_name: plan } = doc
  const label = [scan === undefined ? '' : `scan ${String(scan as number)}`, textOf(plan)]
    .filter(Boolean)
    .join(', ')
  return { kind: 'start', ts, uid: textOf(uid), label, durationMs: 0 }
}

function stopMark(doc: Fields, ts: number): Omit<RecordingMark, 'pct'> {
  return { kind: 'stop', ts, uid: textOf(doc['run_start']), label: textOf(doc['exit_status']), durationMs: 0 }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
