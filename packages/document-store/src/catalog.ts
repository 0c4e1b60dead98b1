import type { DatabaseSync } from 'node:sqlite'
import { decodeDocument, type NamedDocument } from '@beamtime/event-model'
import { StoreError } from './error.ts'
import { FacetIndex } from './facet-index.ts'
import { findRun, findRuns, type FoundRun } from './run-key.ts'
import type { RunList, RunQuery } from './run-query.ts'
import { readRun, verifyRun, type RunRecord, type Verification } from './run-record.ts'
import { listRuns } from './run-search.ts'
import { summaryColumns, summaryOf, type RunSummary, type SummaryRow } from './run-summary.ts'
import { openForReading, openForWriting } from './schema.ts'
import { readTable, unknownRun, type ColumnTable, type TableOptions } from './table-reader.ts'

export interface CatalogOptions {
  /** Default true. Only the store service writes documents; false allows archive and remove. */
  readonly readOnly?: boolean
}

/** Runs changed after a mark, and the next mark. */
export interface RunChanges {
  readonly runs: readonly RunSummary[]
  readonly mark: number
}

/** A catalog file, read while its writer writes. Every call is synchronous and sees one state of the file. A file that is
 * not there yet reads as an empty catalog. */
export class Catalog {
  readonly path: string
  readonly #readOnly: boolean
  readonly #facetIndex = new FacetIndex()
  #db: DatabaseSync | null = null
  #closed = false

  constructor(path: string, options: CatalogOptions = {}) {
    this.path = path
    this.#readOnly = options.readOnly ?? true
    this.#open()
  }

  /** Searches; see RunQuery. Throws STORE_QUERY. */
  list(query: RunQuery = {}): RunList {
    return this.#read((db) => listRuns(db, query, this.#facetIndex), {
      runs: [],
      next: null,
      total: 0,
      problems: [],
    })
  }

  /** `-1` the latest run, a scan_id, a uid or 5 characters of one. */
  find(key: string): FoundRun {
    return this.#read((db) => findRun(db, key), { kind: 'none' })
  }

  /** `a,b,c` or a slice `-5:`; uids. Throws STORE_QUERY. */
  findAll(expression: string): readonly string[] {
    return this.#read((db) => findRuns(db, expression), [])
  }

  /** Everything of a run but its events; null for an unknown uid. */
  run(uid: string): RunRecord | null {
    return this.#read((db) => readRun(db, uid), null)
  }

  /** A stream as columns. Throws STORE_RUN_UNKNOWN, STORE_STREAM_UNKNOWN, STORE_COLUMN_UNKNOWN. */
  // oxlint-disable-next-line max-params -- run and stream name the table, the rest is options
  table(uid: string, stream: string, options: TableOptions = {}): ColumnTable {
    const table = this.#read((db) => readTable(db, { uid, stream }, options), null)
    if (!table) throw unknownRun(uid)
    return table
  }

  /** The documents of a run in the order received. `after`: how many to leave out, so the number read so far goes on
   * where the last call ended. Default limit 25. */
  documents(
    uid: string,
    options: { readonly after?: number; readonly limit?: number } = {},
  ): NamedDocument[] {
    return this.rawDocuments(uid, options).map((bytes) => decodeDocument(bytes, { validate: false }))
  }

  /** The same as the msgpack bytes that were received. */
  rawDocuments(
    uid: string,
    options: { readonly after?: number; readonly limit?: number } = {},
  ): Uint8Array[] {
    const from = Math.max(Math.trunc(options.after ?? 0), 0)
    const limit = Math.max(Math.trunc(options.limit ?? 25), 0)
    return this.#read((db) => {
      const rows = db
        .prepare(
          'SELECT d.msgpack FROM doc_log d JOIN run r ON r.id = d.run WHERE r.uid = ? AND d.n >= ? ORDER BY d.n LIMIT ?',
        )
        .all(uid, from, limit)
      return rows.map((row) => row['msgpack'] as Uint8Array)
    }, [])
  }

  /** Number of documents of a run. */
  documentCount(uid: string): number {
    return this.#read((db) => {
      const row = db
        .prepare('SELECT max(d.n) + 1 AS n FROM doc_log d JOIN run r ON r.id = d.run WHERE r.uid = ?')
        .get(uid)
      return Number(row?.['n'] ?? 0)
    }, 0)
  }

  /** Up to 24 averaged values of the first plotted column. */
  sparkline(uid: string): readonly number[] {
    return this.summary(uid)?.spark ?? []
  }

  /** One row of the list, with sparkline; null for an unknown uid. */
  summary(uid: string): RunSummary | null {
    return this.#read((db) => {
      const row = db
        .prepare(`SELECT ${summaryColumns} FROM run r JOIN run_json j ON j.run = r.id WHERE r.uid = ?`)
        .get(uid)
      return row ? summaryOf(row as unknown as SummaryRow, { spark: true }) : null
    }, null)
  }

  /** Runs that are new or changed since the mark (0 at first, without runs then): for a live list. At most 500 a call,
   * oldest change first. */
  changes(mark: number): RunChanges {
    return this.#read(
      (db) => {
        if (mark === 0) {
          const row = db.prepare('SELECT coalesce(max(changed), 0) AS n FROM run').get()
          return { runs: [], mark: Math.max(Number(row?.['n']), 1) }
        }
        const rows = db
          .prepare(
            `SELECT ${summaryColumns}, r.changed FROM run r JOIN run_json j ON j.run = r.id WHERE r.changed > ?
             ORDER BY r.changed LIMIT 500`,
          )
          .all(mark) as unknown as (SummaryRow & { readonly changed: number })[]
        return {
          runs: rows.map((row) => summaryOf(row, { spark: true })),
          mark: rows.at(-1)?.changed ?? mark,
        }
      },
      { runs: [], mark: 0 },
    )
  }

  /** Compares the counts of the stop document with what is stored; null for an unknown uid. */
  verify(uid: string): Verification | null {
    return this.#read((db) => verifyRun(db, uid), null)
  }

  /** Takes a run out of lists, or puts it back; its documents stay. Throws STORE_READ_ONLY, STORE_RUN_UNKNOWN. */
  archive(uid: string, archived: boolean): void {
    const { changes } = this.#writable()
      .prepare('UPDATE run SET archived = ?, changed = (SELECT max(changed) + 1 FROM run) WHERE uid = ?')
      .run(archived ? 1 : 0, uid)
    if (changes === 0) throw unknownRun(uid)
  }

  /** Deletes a stopped run for good. Throws STORE_READ_ONLY, STORE_RUN_UNKNOWN, STORE_QUERY while the run is open. */
  remove(uid: string): void {
    const db = this.#writable()
    const row = db.prepare('SELECT id, exit_status FROM run WHERE uid = ?').get(uid)
    if (!row) throw unknownRun(uid)
    if (row['exit_status'] === null) {
      throw new StoreError({
        code: 'STORE_QUERY',
        message: `the run ${uid} is still open`,
        fault: 'caller',
        remedy: 'Wait for its stop document, or archive it.',
      })
    }
    const id = Number(row['id'])
    db.exec('BEGIN IMMEDIATE')
    try {
      db.prepare('DELETE FROM event_chunk WHERE stream IN (SELECT id FROM stream WHERE run = ?)').run(id)
      for (const table of ['stream', 'descriptor', 'asset', 'doc_log', 'run_kv', 'run_json']) {
        db.prepare(`DELETE FROM ${table} WHERE run = ?`).run(id)
      }
      db.prepare('DELETE FROM run_fts WHERE rowid = ?').run(id)
      db.prepare('DELETE FROM run WHERE id = ?').run(id)
      db.exec('COMMIT')
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }

  /** May be called twice. */
  close(): void {
    this.#closed = true
    this.#db?.close()
    this.#db = null
  }

  #open(): DatabaseSync | null {
    if (this.#db || this.#closed) return this.#db
    this.#db = this.#readOnly ? openForReading(this.path) : openForWriting(this.path)
    this.#db?.function('regexp', { deterministic: true }, matchesRegex)
    return this.#db
  }

  #read<T>(work: (db: DatabaseSync) => T, whenMissing: T): T {
    if (this.#closed) {
      throw new StoreError({
        code: 'STORE_CLOSED',
        message: `${this.path} is closed`,
        fault: 'caller',
        remedy: 'Open the catalog again.',
      })
    }
    const db = this.#open()
    if (!db) return whenMissing
    db.exec('BEGIN')
    try {
      return work(db)
    } finally {
      db.exec('COMMIT')
    }
  }

  #writable(): DatabaseSync {
    const db = this.#readOnly ? null : this.#open()
    if (db) return db
    throw new StoreError({
      code: 'STORE_READ_ONLY',
      message: `${this.path} was opened for reading`,
      fault: 'caller',
      remedy: 'Open the catalog with readOnly: false.',
    })
  }
}

/** Opens a catalog file. Throws STORE_FORMAT_NEWER; with readOnly false also STORE_UNWRITABLE. */
export function openCatalog(path: string, options: CatalogOptions = {}): Catalog {
  return new Catalog(path, options)
}

let lastRegex: RegExp | null = null

function matchesRegex(pattern: unknown, text: unknown): number {
  if (typeof pattern !== 'string' || typeof text !== 'string') return 0
  if (lastRegex?.source !== pattern) lastRegex = new RegExp(pattern)
  return lastRegex.test(text) ? 1 : 0
}
