import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { isQueueItem, type HistoryEntry, type QueueItem } from './core/item.ts'
import { isPlainObject } from './core/plain-object.ts'
import {
  storedValueNames,
  type StoreChange,
  type StoredState,
  type StoredValueName,
} from './core/store-change.ts'
import { QueueManagerError } from './error.ts'
import { parseJson } from './json-codec.ts'
import { itemJson } from './item-json.ts'
import type { QueueStore } from './queue-store.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, rank REAL NOT NULL, item TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS history (n INTEGER PRIMARY KEY AUTOINCREMENT, item_uid TEXT NOT NULL, entry TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS link (n INTEGER PRIMARY KEY AUTOINCREMENT, item_from TEXT NOT NULL, item_to TEXT NOT NULL);
`
const schemaVersion = 1
/** Distance between neighbours of a fresh queue. Insertions halve it; below 2^-20 all ranks are given anew. */
const rankGap = 1024
const minGap = 2 ** -20
const maxLinks = 10_000

/**
 * One SQLite file in WAL mode: a change that was applied survives kill -9 of this process at any moment. A power cut may
 * take the changes of the last moments with it, but never leaves half of one.
 * Throws QUEUE_STORE_UNUSABLE.
 */
export function openSqliteStore(path: string): QueueStore {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return new SqliteStore(openDatabase(path))
  } catch (cause) {
    throw new QueueManagerError({
      code: 'QUEUE_STORE_UNUSABLE',
      message: `cannot use ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      fault: 'environment',
      remedy: 'Check that the data directory is writable and that no other manager uses it.',
      cause,
    })
  }
}

function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path)
  // The time to wait comes first: to find the journal after a crash takes a lock of its own.
  db.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  const version = db.prepare('PRAGMA user_version').get()?.['user_version']
  if (typeof version === 'number' && version > schemaVersion) {
    db.close()
    throw new Error(`the file was written by a newer version (schema ${version}, known ${schemaVersion})`)
  }
  db.exec(schema)
  db.exec(`PRAGMA user_version = ${schemaVersion}`)
  return db
}

class SqliteStore implements QueueStore {
  readonly #db: DatabaseSync
  /** The queue in order: where each item stands in the table. An index in the file would cost four times the insert. */
  #ranks: { readonly uid: string; readonly id: number; readonly rank: number }[] = []
  #nextId = 1
  readonly #statements: Record<
    'insertItem' | 'replaceItem' | 'deleteItem' | 'setRank' | 'appendHistory' | 'setValue' | 'link',
    StatementSync
  >

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#statements = {
      insertItem: db.prepare('INSERT INTO queue (id, rank, item) VALUES (?, ?, ?)'),
      replaceItem: db.prepare('UPDATE queue SET item = ? WHERE id = ?'),
      deleteItem: db.prepare('DELETE FROM queue WHERE id = ?'),
      setRank: db.prepare('UPDATE queue SET rank = ? WHERE id = ?'),
      appendHistory: db.prepare('INSERT INTO history (item_uid, entry) VALUES (?, ?)'),
      setValue: db.prepare('INSERT OR REPLACE INTO value (name, json) VALUES (?, ?)'),
      link: db.prepare('INSERT INTO link (item_from, item_to) VALUES (?, ?)'),
    }
  }

  load(): StoredState {
    const rows = this.#db.prepare('SELECT id, rank, item FROM queue ORDER BY rank').all()
    const items: QueueItem[] = []
    this.#ranks = []
    for (const row of rows) {
      const item = parseJson(String(row['item']))
      if (!isQueueItem(item)) continue
      items.push(item)
      const id = Number(row['id'])
      this.#ranks.push({ uid: item.item_uid, id, rank: Number(row['rank']) })
      this.#nextId = Math.max(this.#nextId, id + 1)
    }
    const running = this.#value('running_plan')
    return {
      items,
      running: isQueueItem(running) ? running : null,
      history: this.#history(),
      values: Object.fromEntries(
        storedValueNames.flatMap((name) => {
          const value = this.#value(name)
          return value === undefined ? [] : [[name, value]]
        }),
      ),
      links: this.#db
        .prepare('SELECT item_from, item_to FROM link ORDER BY n')
        .all()
        .map((row) => [String(row['item_from']), String(row['item_to'])] as const),
    }
  }

  #history(): HistoryEntry[] {
    const rows = this.#db.prepare('SELECT entry FROM history ORDER BY n').all()
    return rows.flatMap((row) => {
      const entry = parseJson(String(row['entry']))
      return isQueueItem(entry) && isPlainObject(entry['result']) ? [entry as HistoryEntry] : []
    })
  }

  #value(name: StoredValueName | 'running_plan'): unknown {
    const json = this.#db.prepare('SELECT json FROM value WHERE name = ?').get(name)?.['json']
    return typeof json === 'string' ? parseJson(json) : undefined
  }

  apply(changes: readonly StoreChange[]): void {
    const before = this.#ranks
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const change of changes) this.#apply(change)
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#ranks = before
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'insert-items':
        return this.#insert(change.index, change.items)
      case 'remove-items':
        return this.#remove(new Set(change.uids))
      case 'replace-item':
        return this.#replace(change.uid, change.item)
      case 'clear-items':
        this.#ranks = []
        return this.#db.exec('DELETE FROM queue')
      case 'set-running':
        return this.#set('running_plan', change.item ?? {})
      case 'set-value':
        return this.#set(change.name, change.value ?? null)
      case 'append-history':
        this.#statements.appendHistory.run(change.entry.item_uid, itemJson(change.entry))
        return
      case 'drop-oldest-history':
        this.#db
          .prepare('DELETE FROM history WHERE n IN (SELECT n FROM history ORDER BY n LIMIT ?)')
          .run(change.count)
        return
      case 'clear-history':
        return this.#db.exec('DELETE FROM history')
      case 'link-items':
        return this.#link(change.from, change.to)
    }
  }

  #set(name: string, value: unknown): void {
    this.#statements.setValue.run(name, JSON.stringify(value))
  }

  #link(from: string, to: string): void {
    this.#statements.link.run(from, to)
    this.#db.prepare('DELETE FROM link WHERE n <= (SELECT max(n) FROM link) - ?').run(maxLinks)
  }

  #remove(uids: ReadonlySet<string>): void {
    for (const { uid, id } of this.#ranks) if (uids.has(uid)) this.#statements.deleteItem.run(id)
    this.#ranks = this.#ranks.filter(({ uid }) => !uids.has(uid))
  }

  #replace(uid: string, item: QueueItem): void {
    const index = this.#ranks.findIndex((entry) => entry.uid === uid)
    const entry = this.#ranks[index]
    if (entry === undefined) return
    this.#statements.replaceItem.run(itemJson(item), entry.id)
    this.#ranks = this.#ranks.with(index, { ...entry, uid: item.item_uid })
  }

  #insert(index: number, items: readonly QueueItem[]): void {
    const after = this.#ranks[index - 1]?.rank
    const before = this.#ranks[index]?.rank
    const count = items.length
    const start = after ?? (before ?? 0) - rankGap * (count + 1)
    const step = after !== undefined && before !== undefined ? (before - after) / (count + 1) : rankGap
    const added = items.map((item, position) => {
      const entry = { uid: item.item_uid, id: this.#nextId++, rank: start + step * (position + 1) }
      this.#statements.insertItem.run(entry.id, entry.rank, itemJson(item))
      return entry
    })
    this.#ranks = this.#ranks.toSpliced(index, 0, ...added)
    if (step < minGap) this.#renumber()
  }

  #renumber(): void {
    this.#ranks = this.#ranks.map(({ uid, id }, index) => ({ uid, id, rank: index * rankGap }))
    for (const { id, rank } of this.#ranks) this.#statements.setRank.run(rank, id)
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }
}
