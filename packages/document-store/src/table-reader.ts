import type { DatabaseSync } from 'node:sqlite'
import type { DataKey, EventDescriptor } from '@beamtime/event-model'
import type { ColumnValues } from './chunk-codec.ts'
import { decimateRows } from './decimate.ts'
import { StoreError } from './error.ts'
import { openStreamRows, type StreamRows } from './stream-rows.ts'

export interface TableOptions {
  /** Names of columns: seq_num, time, data keys, ts_<data key>. Default: seq_num, time and all data keys. */
  readonly cols?: readonly string[] | undefined
  /** First row. Default 0. */
  readonly first?: number | undefined
  /** Rows from there. Default all. */
  readonly n?: number | undefined
  /** Only rows with a greater seq_num; `first` counts from there. */
  readonly sinceSeq?: number | undefined
  /** At most this many rows (20 or more): extremes of each numeric column are kept. */
  readonly decimate?: number | undefined
}

export interface TableColumn {
  readonly name: string
  readonly dtype: DataKey['dtype']
  readonly unit: string | null
  /** Float64Array when every value is a number that a double holds; NaN where there is none. Else a list, undefined
   * where there is none. */
  readonly values: ColumnValues
}

export interface ColumnTable {
  readonly stream: string
  /** Index of the first row of the window. */
  readonly first: number
  /** Rows returned. */
  readonly n: number
  /** Rows of the stream: distinct seq_num. */
  readonly total: number
  /** Rows of the window per row returned, when decimated. */
  readonly reduced?: number
  /** seq_num of the last row of the window, 0 for none; `sinceSeq` of the next call. */
  readonly lastSeq: number
  readonly columns: readonly TableColumn[]
}

/** Reads a stream as columns, by seq_num, of repeated ones the later row. Call it inside a read transaction.
 * Throws STORE_RUN_UNKNOWN, STORE_STREAM_UNKNOWN, STORE_COLUMN_UNKNOWN. */
export function readTable(
  db: DatabaseSync,
  place: { readonly uid: string; readonly stream: string },
  options: TableOptions,
): ColumnTable {
  const stream = findStream(db, place)
  const rows = openStreamRows(db, stream)
  const view = rows.growing ? growingView(rows) : repeatedView(rows)
  const begin = options.sinceSeq === undefined ? 0 : view.firstAfter(options.sinceSeq)
  const first = Math.min(begin + Math.max(Math.trunc(options.first ?? 0), 0), view.total)
  const end = Math.min(first + Math.max(Math.trunc(options.n ?? view.total), 0), view.total)
  const names = columnNames(stream.dataKeys, options.cols)
  const columns = names.map((name) => ({
    ...describe(name, stream.dataKeys),
    values: view.slice(name, first, end),
  }))
  const seqs = view.slice('seq_num', Math.max(end - 1, first), end)
  const table: ColumnTable = {
    stream: place.stream,
    first,
    n: end - first,
    total: view.total,
    lastSeq: Number(seqs[0] ?? 0),
    columns,
  }
  const target = options.decimate === undefined ? Infinity : Math.max(Math.trunc(options.decimate), 20)
  return end - first > target ? decimated(table, target) : table
}

interface FoundStream {
  readonly id: number
  readonly run: number
  readonly chunkedN: number
  readonly repeats: boolean
  readonly dataKeys: Readonly<Record<string, DataKey>>
}

function findStream(db: DatabaseSync, place: { readonly uid: string; readonly stream: string }): FoundStream {
  const run = db
    .prepare('SELECT r.id, j.chunked_n FROM run r JOIN run_json j ON j.run = r.id WHERE r.uid = ?')
    .get(place.uid)
  if (!run) throw unknownRun(place.uid)
  const row = db
    .prepare('SELECT id, repeats FROM stream WHERE run = ? AND name = ?')
    .get(Number(run['id']), place.stream)
  if (!row) {
    const names = db.prepare('SELECT name FROM stream WHERE run = ?').all(Number(run['id']))
    throw new StoreError({
      code: 'STORE_STREAM_UNKNOWN',
      message: `the run ${place.uid} has no stream '${place.stream}'`,
      fault: 'caller',
      remedy: `Its streams are: ${names.map((known) => String(known['name'])).join(', ') || 'none yet'}.`,
    })
  }
  const dataKeys: Record<string, DataKey> = {}
  for (const found of db
    .prepare('SELECT doc FROM descriptor WHERE run = ? AND stream = ? ORDER BY time')
    .all(Number(run['id']), Number(row['id']))) {
    Object.assign(dataKeys, (JSON.parse(String(found['doc'])) as EventDescriptor).data_keys)
  }
  return {
    id: Number(row['id']),
    run: Number(run['id']),
    chunkedN: Number(run['chunked_n']),
    repeats: row['repeats'] === 1,
    dataKeys,
  }
}

interface RowView {
  readonly total: number
  firstAfter(seqNum: number): number
  slice(name: string, from: number, to: number): ColumnValues
}

function growingView(rows: StreamRows): RowView {
  return {
    total: rows.n,
    firstAfter: (seq) => rows.firstAfter(seq),
    slice: (name, from, to) => rows.slice(name, from, to),
  }
}

/* After a rewind: the last row of each seq_num, sorted by seq_num. */
function repeatedView(rows: StreamRows): RowView {
  const seqs = rows.slice('seq_num', 0, rows.n)
  const rowOfSeq = new Map<number, number>()
  for (let i = 0; i < rows.n; i++) rowOfSeq.set(Number(seqs[i]), i)
  const sorted = [...rowOfSeq].toSorted((a, b) => a[0] - b[0])
  return {
    total: sorted.length,
    firstAfter(seqNum) {
      const index = sorted.findIndex(([seq]) => seq > seqNum)
      return index === -1 ? sorted.length : index
    },
    slice(name, from, to) {
      const all = rows.slice(name, 0, rows.n)
      return pick(
        all,
        sorted.slice(from, to).map(([, row]) => row),
      )
    },
  }
}

function pick(values: ColumnValues, rows: ArrayLike<number>): ColumnValues {
  if (values instanceof Float64Array) return Float64Array.from(rows, (row) => values[row] ?? NaN)
  return Array.from(rows, (row) => values[row])
}

function columnNames(
  dataKeys: FoundStream['dataKeys'],
  cols: readonly string[] | undefined,
): readonly string[] {
  const keys = Object.keys(dataKeys).filter((key) => dataKeys[key]?.external !== 'STREAM:')
  if (!cols) return ['seq_num', 'time', ...keys]
  const known = new Set(['seq_num', 'time', ...Object.keys(dataKeys), ...keys.map((key) => `ts_${key}`)])
  const unknown = cols.find((name) => !known.has(name))
  if (unknown === undefined) return cols
  throw new StoreError({
    code: 'STORE_COLUMN_UNKNOWN',
    message: `there is no column '${unknown}'`,
    fault: 'caller',
    remedy: `Choose from seq_num, time, ${keys.join(', ')} and ts_<key>.`,
  })
}

function describe(name: string, dataKeys: FoundStream['dataKeys']): Omit<TableColumn, 'values'> {
  const dataKey = dataKeys[name]
  if (dataKey) return { name, dtype: dataKey.dtype, unit: dataKey.units ?? null }
  return { name, dtype: name === 'seq_num' ? 'integer' : 'number', unit: name === 'seq_num' ? null : 's' }
}

function decimated(table: ColumnTable, target: number): ColumnTable {
  const curves = table.columns.flatMap((column) =>
    column.values instanceof Float64Array && column.unit !== 's' && column.name !== 'seq_num'
      ? [column.values]
      : [],
  )
  const rows = decimateRows(table.n, curves, target)
  return {
    ...table,
    n: rows.length,
    reduced: table.n / rows.length,
    columns: table.columns.map((column) => ({ ...column, values: pick(column.values, rows) })),
  }
}

export function unknownRun(uid: string): StoreError {
  return new StoreError({
    code: 'STORE_RUN_UNKNOWN',
    message: `no run has the uid ${uid.slice(0, 60)}`,
    fault: 'caller',
    remedy: 'Look the uid up with find or list.',
  })
}
