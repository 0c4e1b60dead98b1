import type { DatabaseSync } from 'node:sqlite'
import type {
  EventDescriptor,
  Resource,
  RunStart,
  RunStop,
  StreamDatum,
  StreamResource,
} from '@beamtime/event-model'
import { summaryColumns, summaryOf, type RunSummary, type SummaryRow } from './run-summary.ts'

/** External data of a run. */
export type RunAsset =
  | { readonly kind: 'resource'; readonly doc: Resource }
  | {
      readonly kind: 'stream_resource'
      readonly doc: StreamResource
      /** The stream_datum that reaches furthest: how much is there. */
      readonly last: StreamDatum | null
    }

export interface RunStream {
  readonly name: string
  /** Distinct seq_num so far. */
  readonly rows: number
}

export interface RunRecord {
  readonly summary: RunSummary
  readonly start: RunStart
  /** null while the run is open. */
  readonly stop: RunStop | null
  /** In order of time. */
  readonly descriptors: readonly EventDescriptor[]
  readonly streams: readonly RunStream[]
  readonly assets: readonly RunAsset[]
}

/** All of a run but its events; null for an unknown uid. */
export function readRun(db: DatabaseSync, uid: string): RunRecord | null {
  const row = db
    .prepare(
      `SELECT ${summaryColumns}, r.id, j.start, j.stop FROM run r JOIN run_json j ON j.run = r.id WHERE r.uid = ?`,
    )
    .get(uid)
  if (!row) return null
  const id = Number(row['id'])
  const documents = <T>(sql: string): T[] =>
    db
      .prepare(sql)
      .all(id)
      .map((found) => JSON.parse(String(found['doc'])) as T)
  return {
    summary: summaryOf(row as unknown as SummaryRow, { spark: true }),
    start: JSON.parse(String(row['start'])) as RunStart,
    stop: row['stop'] === null ? null : (JSON.parse(String(row['stop'])) as RunStop),
    descriptors: documents('SELECT doc FROM descriptor WHERE run = ? ORDER BY time, uid'),
    streams: db
      .prepare('SELECT name, num_rows FROM stream WHERE run = ? ORDER BY id')
      .all(id)
      .map((found) => ({ name: String(found['name']), rows: Number(found['num_rows']) })),
    assets: [
      ...documents<Resource>(`SELECT doc FROM asset WHERE run = ? AND kind = 'resource' ORDER BY uid`).map(
        (doc) => ({ kind: 'resource', doc }) as const,
      ),
      ...documents<StreamResource>(
        `SELECT doc FROM asset WHERE run = ? AND kind = 'stream_resource' ORDER BY uid`,
      ).map((doc) => ({ kind: 'stream_resource', doc, last: lastDatum(db, id, doc.uid) }) as const),
    ],
  }
}

function lastDatum(db: DatabaseSync, run: number, streamResource: string): StreamDatum | null {
  const row = db
    .prepare(
      `SELECT doc FROM asset WHERE run = ? AND kind = 'stream_datum' AND parent = ?
       ORDER BY CAST(doc ->> '$.indices.stop' AS INTEGER) DESC LIMIT 1`,
    )
    .get(run, streamResource)
  return row ? (JSON.parse(String(row['doc'])) as StreamDatum) : null
}

export interface Verification {
  readonly ok: boolean
  /** What does not fit, in words; empty when ok. */
  readonly problems: readonly string[]
}

/** Compares the counts of the stop document with what is stored; null for an unknown uid. */
export function verifyRun(db: DatabaseSync, uid: string): Verification | null {
  const record = readRun(db, uid)
  if (!record) return null
  const problems: string[] = []
  if (!record.stop) problems.push('there is no stop document yet')
  for (const [stream, announced] of Object.entries(record.stop?.num_events ?? {})) {
    const stored = record.streams.find((known) => known.name === stream)?.rows ?? 0
    if (stored !== announced)
      problems.push(`stream '${stream}': ${announced} events announced, ${stored} stored`)
  }
  return { ok: problems.length === 0, problems }
}
