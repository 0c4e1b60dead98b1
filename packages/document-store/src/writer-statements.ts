import type { DatabaseSync, StatementSync } from 'node:sqlite'

const texts = {
  insertRun: `INSERT INTO run (uid, scan_id, time, plan_name, sample, title, user, data_session, owner, num_points, points, devices, changed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
  insertRunJson: `INSERT INTO run_json (run, start, progress, chunked_n) VALUES (?, ?, ?, -1)`,
  insertWords: `INSERT INTO run_fts (rowid, text) VALUES (?, ?)`,
  deleteWords: `DELETE FROM run_fts WHERE rowid = ?`,
  insertPath: `INSERT INTO kv_path (path) VALUES (?)`,
  selectPath: `SELECT id FROM kv_path WHERE path = ?`,
  insertKv: `INSERT INTO run_kv (run, path, num, text) VALUES (?, ?, ?, ?)`,
  selectRun: `SELECT r.id, r.uid, j.start, j.stop, j.progress, j.chunked_n FROM run r JOIN run_json j ON j.run = r.id WHERE r.uid = ?`,
  selectRunUid: `SELECT uid FROM run WHERE id = ?`,
  selectLatestOpen: `SELECT uid FROM run WHERE exit_status IS NULL ORDER BY id DESC LIMIT 1`,
  countOpen: `SELECT count(*) AS n FROM run WHERE exit_status IS NULL`,
  maxChanged: `SELECT coalesce(max(changed), 0) AS n FROM run`,
  updateRun: `UPDATE run SET points = ?, changed = ? WHERE id = ?`,
  updateProgress: `UPDATE run_json SET progress = ? WHERE run = ?`,
  updateChunked: `UPDATE run_json SET chunked_n = ? WHERE run = ?`,
  stopRun: `UPDATE run SET stop_time = ?, exit_status = ? WHERE id = ?`,
  stopRunJson: `UPDATE run_json SET stop = ? WHERE run = ?`,
  insertStream: `INSERT INTO stream (run, name, num_rows, last_seq, repeats) VALUES (?, ?, 0, 0, 0)`,
  selectStreams: `SELECT s.id, s.name, s.num_rows, s.last_seq, s.repeats,
    (SELECT coalesce(max(c.chunk), -1) FROM event_chunk c WHERE c.stream = s.id) AS last_chunk FROM stream s WHERE s.run = ?`,
  updateStream: `UPDATE stream SET num_rows = ?, last_seq = ?, repeats = ? WHERE id = ?`,
  insertDescriptor: `INSERT INTO descriptor (uid, run, stream, time, doc) VALUES (?, ?, ?, ?, ?)`,
  selectDescriptor: `SELECT run, stream FROM descriptor WHERE uid = ?`,
  selectDescriptors: `SELECT stream, doc FROM descriptor WHERE run = ?`,
  insertChunk: `INSERT INTO event_chunk (stream, chunk, first_seq, n, codec, columns) VALUES (?, ?, ?, ?, 'columns-1', ?)`,
  insertAsset: `INSERT OR IGNORE INTO asset (uid, run, kind, parent, doc) VALUES (?, ?, ?, ?, ?)`,
  selectAsset: `SELECT run FROM asset WHERE uid = ?`,
  insertDoc: `INSERT INTO doc_log (run, n, name, uid_hash, msgpack) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  selectDocByHash: `SELECT msgpack FROM doc_log WHERE run = ? AND uid_hash = ?`,
  lastN: `SELECT coalesce(max(n), -1) AS n FROM doc_log WHERE run = ?`,
  selectTail: `SELECT msgpack FROM doc_log WHERE run = ? AND n > ? AND name IN ('event', 'event_page', 'bulk_events') ORDER BY n`,
  upsertPosition: `INSERT INTO position (topic, partition, offset) VALUES (?, ?, ?)
    ON CONFLICT (topic, partition) DO UPDATE SET offset = excluded.offset`,
  selectPositions: `SELECT topic, partition, offset FROM position`,
  insertRejected: `INSERT INTO rejected (time, topic, partition, offset, code, message) VALUES (?, ?, ?, ?, ?, ?)`,
  trimRejected: `DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - 10000`,
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  savepoint: 'SAVEPOINT document',
  release: 'RELEASE document',
  undo: 'ROLLBACK TO document',
} as const

export type WriterStatements = { readonly [K in keyof typeof texts]: StatementSync }

/** Every statement of the writer, prepared once. */
export function prepareWriterStatements(db: DatabaseSync): WriterStatements {
  return Object.fromEntries(
    Object.entries(texts).map(([name, sql]) => [name, db.prepare(sql)]),
  ) as WriterStatements
}
