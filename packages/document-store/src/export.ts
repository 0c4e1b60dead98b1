import { setImmediate as nextTurn } from 'node:timers/promises'
import { documentToJson } from '@beamtime/event-model'
import type { Catalog } from './catalog.ts'
import { csvRecord, csvRows } from './csv.ts'
import { unknownRun } from './table-reader.ts'

export type ExportFormat = 'json' | 'jsonl' | 'csv' | 'msgpack'

export interface ExportOptions {
  readonly format: ExportFormat
  /** Stream of a CSV. Default primary, or the only other one. */
  readonly stream?: string | undefined
  /** A CSV gets a column ts_<key> for each key. Default false. */
  readonly timestamps?: boolean | undefined
}

/** Documents or rows a piece. */
const pieceSize = 500

/** Exports a run piece by piece, with a pause for other work between pieces. jsonl: one `{"name","doc"}` a line; json: the
 * same as an array; csv: one stream, `seq_num,time,<keys>[,ts_<keys>]`; msgpack: the bytes as received, one after another.
 * A run that is still open is exported as far as it is. Throws STORE_RUN_UNKNOWN, STORE_STREAM_UNKNOWN. */
export function exportRun(
  catalog: Catalog,
  uid: string,
  options: ExportFormat | ExportOptions,
): AsyncIterable<Uint8Array> {
  const o = typeof options === 'string' ? { format: options } : options
  const record = catalog.run(uid)
  if (!record) throw unknownRun(uid)
  switch (o.format) {
    case 'jsonl':
      return exportJson(catalog, uid, { open: '', between: '', close: '' })
    case 'json':
      return exportJson(catalog, uid, { open: '[\n', between: ',', close: ']\n' })
    case 'csv': {
      const stream = o.stream ?? defaultStream(record.streams.map((known) => known.name))
      return exportCsv(catalog, uid, { stream, timestamps: o.timestamps ?? false })
    }
    case 'msgpack':
      return exportMsgpack(catalog, uid)
  }
}

function defaultStream(names: readonly string[]): string {
  if (names.includes('primary')) return 'primary'
  return names.length === 1 ? (names[0] ?? 'primary') : 'primary'
}

async function* exportJson(
  catalog: Catalog,
  uid: string,
  marks: { readonly open: string; readonly between: string; readonly close: string },
): AsyncGenerator<Uint8Array> {
  const total = catalog.documentCount(uid)
  if (marks.open !== '') yield Buffer.from(marks.open)
  for (let at = 0; at < total; at += pieceSize) {
    const documents = catalog.documents(uid, { after: at, limit: Math.min(pieceSize, total - at) })
    const lines = documents.map(
      (named, i) => `${documentToJson(named)}${at + i < total - 1 ? marks.between : ''}\n`,
    )
    yield Buffer.from(lines.join(''))
    await nextTurn()
  }
  if (marks.close !== '') yield Buffer.from(marks.close)
}

async function* exportMsgpack(catalog: Catalog, uid: string): AsyncGenerator<Uint8Array> {
  const total = catalog.documentCount(uid)
  for (let at = 0; at < total; at += pieceSize) {
    yield Buffer.concat(catalog.rawDocuments(uid, { after: at, limit: Math.min(pieceSize, total - at) }))
    await nextTurn()
  }
}

async function* exportCsv(
  catalog: Catalog,
  uid: string,
  o: { readonly stream: string; readonly timestamps: boolean },
): AsyncGenerator<Uint8Array> {
  const head = catalog.table(uid, o.stream, { n: 0 })
  const names = head.columns.map((column) => column.name)
  const cols = o.timestamps ? [...names, ...names.slice(2).map((name) => `ts_${name}`)] : names
  yield Buffer.from(csvRecord(cols))
  for (let first = 0; first < head.total; first += pieceSize * 4) {
    const n = Math.min(pieceSize * 4, head.total - first)
    yield Buffer.from(csvRows(catalog.table(uid, o.stream, { cols, first, n })))
    await nextTurn()
  }
}
