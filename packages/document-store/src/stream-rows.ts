import type { DatabaseSync } from 'node:sqlite'
import { decodeDocument, type Event } from '@beamtime/event-model'
import { eventsOf } from './run-cache.ts'
import { openChunk, type Chunk, type ColumnValues } from './chunk-codec.ts'

/** The rows of a stream in arrival order: chunks, then what is not in chunks yet. */
export interface StreamRows {
  /** Rows as stored; repeats count. */
  readonly n: number
  /** true: seq_num only grows, so row i is the i-th event; false: a rewind repeated some. */
  readonly growing: boolean
  /** Row indices from the first row with seq_num above the given one (growing streams). */
  firstAfter(seqNum: number): number
  /** Values of rows from..to; NaN or undefined where a row has none. Never longer than to − from. */
  slice(name: string, from: number, to: number): ColumnValues
}

interface Segment {
  readonly from: number
  readonly n: number
  readonly firstSeq: number
  readonly chunk: () => Chunk
}

/** Opens the rows of a stream inside a read transaction; blobs are read when their rows are asked for. */
export function openStreamRows(
  db: DatabaseSync,
  stream: { readonly id: number; readonly run: number; readonly chunkedN: number; readonly repeats: boolean },
): StreamRows {
  const segments: Segment[] = []
  let n = 0
  const readBlob = db.prepare('SELECT columns FROM event_chunk WHERE stream = ? AND chunk = ?')
  for (const row of db
    .prepare('SELECT chunk, first_seq, n FROM event_chunk WHERE stream = ? ORDER BY chunk')
    .all(stream.id)) {
    const number = Number(row['chunk'])
    const size = Number(row['n'])
    segments.push({
      from: n,
      n: size,
      firstSeq: Number(row['first_seq']),
      chunk: once(() => openChunk(readBlob.get(stream.id, number)?.['columns'] as Uint8Array)),
    })
    n += size
  }
  const tail = readTail(db, stream)
  if (tail.length > 0) {
    segments.push({
      from: n,
      n: tail.length,
      firstSeq: tail[0]?.seq_num ?? 0,
      chunk: () => chunkOfEvents(tail),
    })
    n += tail.length
  }
  return {
    n,
    growing: !stream.repeats,
    firstAfter(seqNum) {
      const at = segments.findLast((segment) => segment.firstSeq <= seqNum)
      if (!at) return 0
      const seqs = at.chunk().column('seq_num') ?? []
      const inside = Array.prototype.findIndex.call(seqs, (seq: unknown) => Number(seq) > seqNum)
      return at.from + (inside === -1 ? at.n : inside)
    },
    slice: (name, from, to) => sliceColumn(segments, name, { from, to: Math.min(to, n) }),
  }
}

function sliceColumn(
  segments: readonly Segment[],
  name: string,
  range: { readonly from: number; readonly to: number },
): ColumnValues {
  const length = Math.max(range.to - range.from, 0)
  const numbers = new Float64Array(length).fill(NaN)
  let mixed: unknown[] | null = null
  for (const segment of segments) {
    const from = Math.max(range.from, segment.from)
    const to = Math.min(range.to, segment.from + segment.n)
    if (from >= to) continue
    const values = segment.chunk().column(name)
    if (values === null) continue
    const part = values.slice(from - segment.from, to - segment.from)
    if (part instanceof Float64Array && mixed === null) numbers.set(part, from - range.from)
    else {
      mixed ??= Array.from(numbers, (value) => (Number.isNaN(value) ? undefined : value))
      for (let i = 0; i < part.length; i++) mixed[from - range.from + i] = part[i]
    }
  }
  return mixed ?? numbers
}

/* The events in doc_log that the writer has not put into a chunk yet: at most a chunk's worth. */
function readTail(
  db: DatabaseSync,
  stream: { readonly id: number; readonly run: number; readonly chunkedN: number },
): Event[] {
  const descriptors = new Set(
    db
      .prepare('SELECT uid FROM descriptor WHERE run = ? AND stream = ?')
      .all(stream.run, stream.id)
      .map((row) => String(row['uid'])),
  )
  const rows = db
    .prepare(
      `SELECT msgpack FROM doc_log WHERE run = ? AND n > ? AND name IN ('event', 'event_page', 'bulk_events') ORDER BY n`,
    )
    .all(stream.run, stream.chunkedN)
  const events: Event[] = []
  for (const row of rows) {
    for (const event of eventsOf(decodeDocument(row['msgpack'] as Uint8Array, { validate: false }))) {
      if (descriptors.has(event.descriptor)) events.push(event)
    }
  }
  return events
}

/* Decoded events dressed as a chunk. */
function chunkOfEvents(events: readonly Event[]): Chunk {
  return {
    n: events.length,
    names: [],
    column(name) {
      const values = events.map((event) => valueOf(event, name))
      return values.every((value) => typeof value === 'number') ? Float64Array.from(values) : values
    },
  }
}

function valueOf(event: Event, name: string): unknown {
  if (name === 'seq_num') return event.seq_num
  if (name === 'time') return event.time
  if (Object.hasOwn(event.data, name)) return event.data[name]
  return name.startsWith('ts_') ? event.timestamps[name.slice(3)] : undefined
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}
