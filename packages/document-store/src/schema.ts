import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from './error.ts'

/** Format of the file (`PRAGMA user_version`); a reader refuses a higher one. */
const catalogFormat = 1

/* run        one row a run, narrow, so that counting and grouping 100 000 of them reads 20 MB and not 400
 * run_json   the wide part of the same row: start, stop, motor ranges, sparkline
 * run_fts    all texts of start and stop; rowid = run.id
 * run_kv     start flattened: path 'a.b' (by id, see kv_path), number or text; a list gives a row per element
 * stream     one row a stream of a run
 * descriptor event_chunk asset   what belongs to a run
 * doc_log    the documents as received, in order; n counts from 0 within the run; uid_hash makes a document unique
 * position   last record of each topic partition whose document is in this file
 * rejected   what went to the dead-letter topic
 * Documents up to run_json.chunked_n are in event_chunk as columns; readers take later rows from doc_log. */
const tables = `
CREATE TABLE run (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, scan_id INTEGER, time REAL NOT NULL, stop_time REAL, exit_status TEXT,
  plan_name TEXT NOT NULL, sample TEXT, title TEXT, user TEXT, data_session TEXT, owner TEXT, num_points INTEGER,
  points INTEGER NOT NULL, devices TEXT NOT NULL, changed INTEGER NOT NULL, archived INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX run_time ON run (time, id);
CREATE INDEX run_scan ON run (scan_id, time);
CREATE INDEX run_changed ON run (changed);
CREATE INDEX run_open ON run (time) WHERE exit_status IS NULL;
CREATE INDEX run_archived ON run (id) WHERE archived <> 0;
CREATE TABLE run_json (
  run INTEGER PRIMARY KEY, start TEXT NOT NULL, stop TEXT, progress TEXT NOT NULL, chunked_n INTEGER NOT NULL
);
CREATE VIRTUAL TABLE run_fts USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
CREATE TABLE kv_path (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE run_kv (run INTEGER NOT NULL, path INTEGER NOT NULL, num REAL, text TEXT);
CREATE INDEX run_kv_num ON run_kv (path, num, run) WHERE num IS NOT NULL;
CREATE INDEX run_kv_text ON run_kv (path, text, run) WHERE text IS NOT NULL;
CREATE INDEX run_kv_run ON run_kv (run);
CREATE TABLE stream (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, name TEXT NOT NULL, num_rows INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  repeats INTEGER NOT NULL, UNIQUE (run, name)
);
CREATE TABLE descriptor (
  uid TEXT PRIMARY KEY, run INTEGER NOT NULL, stream INTEGER NOT NULL, time REAL NOT NULL, doc TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX descriptor_run ON descriptor (run, time);
CREATE TABLE event_chunk (
  stream INTEGER NOT NULL, chunk INTEGER NOT NULL, first_seq INTEGER NOT NULL, n INTEGER NOT NULL, codec TEXT NOT NULL, columns BLOB NOT NULL,
  PRIMARY KEY (stream, chunk)
);
CREATE TABLE asset (
  uid TEXT PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL, parent TEXT, doc TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX asset_run ON asset (run, kind);
CREATE TABLE doc_log (
  run INTEGER NOT NULL, n INTEGER NOT NULL, name TEXT NOT NULL, uid_hash INTEGER NOT NULL, msgpack BLOB NOT NULL,
  PRIMARY KEY (run, n), UNIQUE (run, uid_hash)
) WITHOUT ROWID;
CREATE TABLE position (
  topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE rejected (
  id INTEGER PRIMARY KEY, time REAL NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
  code TEXT NOT NULL, message TEXT NOT NULL
);
`

/** Opens the file for the one writer, and makes it when it is not there. Throws STORE_UNWRITABLE, STORE_FORMAT_NEWER. */
export function openForWriting(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const db = new DatabaseSync(path, { timeout: 5_000 })
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000')
    db.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864')
    if (formatOf(db) === 0) {
      db.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${catalogFormat}; COMMIT`)
    }
    refuseNewer(db, path)
    return db
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    throw new StoreError({
      code: 'STORE_UNWRITABLE',
      message: `cannot open ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      fault: 'environment',
      remedy: 'Make the folder writable for this user, free disk space, or change paths.data.',
      cause,
    })
  }
}

/** Opens an existing file for reading; null while there is none yet. Throws STORE_FORMAT_NEWER. */
export function openForReading(path: string): DatabaseSync | null {
  if (!existsSync(path)) return null
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  db.exec('PRAGMA cache_size = -16000; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY')
  // The writer makes file and tables in two steps.
  if (formatOf(db) === 0) {
    db.close()
    return null
  }
  refuseNewer(db, path)
  return db
}

function formatOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}

function refuseNewer(db: DatabaseSync, path: string): void {
  const format = formatOf(db)
  if (format <= catalogFormat) return
  db.close()
  throw new StoreError({
    code: 'STORE_FORMAT_NEWER',
    message: `${path} has the format ${format}, this version reads up to ${catalogFormat}`,
    fault: 'caller',
    remedy: 'Use the version that wrote the file, or a newer one.',
  })
}
