import type { Event, EventDescriptor, RunStart } from '@beamtime/event-model'
import { encodeChunk, type ChunkColumn } from './chunk-codec.ts'
import { followEvent, type RunProgress } from './run-progress.ts'

/** Rows that are in doc_log and not yet in a chunk. */
export interface OpenStream {
  readonly id: number
  readonly name: string
  rows: Event[]
  /** Distinct seq_num. */
  numRows: number
  lastSeq: number
  /** A seq_num came again (rewind): readers take the later row. */
  repeats: boolean
  nextChunk: number
  /** Keys whose numbers are floats. */
  floatKeys: Set<string>
}

/** What the writer knows of a run that documents come for. */
export interface OpenRun {
  readonly id: number
  readonly uid: string
  readonly start: RunStart
  stopUid: string | null
  nextN: number
  pendingDocs: number
  pendingBytes: number
  readonly streams: Map<number, OpenStream>
  readonly progress: RunProgress
}

/** A run's rows go into chunks after this many documents, or bytes. */
export const chunkDocs = 2048
export const chunkBytes = 8_388_608

export function appendRow(run: OpenRun, stream: OpenStream, event: Event): void {
  if (event.seq_num > stream.lastSeq) {
    stream.lastSeq = event.seq_num
    stream.numRows++
  } else stream.repeats = true
  stream.rows.push(event)
  if (stream.name === 'primary') followEvent(run.progress, event.data)
}

/** The stream's rows as a chunk blob. */
export function chunkOf(stream: OpenStream): Buffer {
  const rows = stream.rows
  const keys = new Set<string>()
  for (const row of rows) for (const key of Object.keys(row.data)) keys.add(key)
  const columns: ChunkColumn[] = [
    { name: 'seq_num', values: rows.map((row) => row.seq_num), float: false },
    { name: 'time', values: rows.map((row) => row.time), float: true },
  ]
  for (const key of keys) {
    columns.push({ name: key, values: rows.map((row) => row.data[key]), float: stream.floatKeys.has(key) })
  }
  for (const key of keys) {
    columns.push({ name: `ts_${key}`, values: rows.map((row) => row.timestamps[key]), float: true })
  }
  return encodeChunk(rows.length, columns)
}

/** Notes which keys of a stream hold floats. */
export function addFloatKeys(stream: OpenStream, descriptor: EventDescriptor): void {
  for (const [key, dataKey] of Object.entries(descriptor.data_keys)) {
    if (dataKey.dtype === 'number') stream.floatKeys.add(key)
  }
}
