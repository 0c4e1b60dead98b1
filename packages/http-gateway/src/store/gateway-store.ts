import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/*
 * state/http.sqlite holds what the gateway itself remembers: logins, audit, preferences, layouts.
 * The audit table only grows: triggers refuse to change or remove a row.
 */
const schema = `
CREATE TABLE IF NOT EXISTS login (
  secret_hash BLOB PRIMARY KEY, user TEXT NOT NULL, csrf TEXT NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY, t INTEGER NOT NULL, user TEXT NOT NULL, user_group TEXT NOT NULL, address TEXT NOT NULL,
  method TEXT NOT NULL, item_uid TEXT, ok INTEGER NOT NULL, msg TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS audit_method ON audit (method, id);
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TABLE IF NOT EXISTS prefs (user TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS layout (
  name TEXT PRIMARY KEY, json TEXT NOT NULL, user TEXT NOT NULL, t INTEGER NOT NULL
) WITHOUT ROWID;
`

/** Opens (and makes) the database. Readers and the one writer are this process. */
export function openGatewayStore(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path, { timeout: 2_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
  database.exec(schema)
  return database
}
