import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parseEntry, type BufferEntry } from './buffer-entry.ts'
import {
  entriesPerPv,
  pageEntries,
  pulsesKept,
  type EntryStore,
  type PulseRecord,
  type StoredEntry,
} from './entry-store.ts'

/* The same entries and limits in a SQLite file, where no Redis is. Times of entries are unique in a PV: at_us = local µs, raised by
 * one where needed. */

export interface SqliteStoreOptions {
  readonly path: string
  /** Entries that a PV keeps. Default 864 000. */
  readonly entriesPerPv?: number
  readonly pulsesKept?: number
}

/** How long writes may wait for their transaction. */
const commitMs = 100
/** Share above the limit at which old entries are deleted. */
const slack = 1.01

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS pvs (pv INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS entries (
    pv INTEGER NOT NULL, at_us INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, shape BLOB NOT NULL,
    value BLOB NOT NULL, status TEXT NOT NULL, connected TEXT NOT NULL, PRIMARY KEY (pv, at_us)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pulses (
    pulse_id INTEGER PRIMARY KEY, buffer_ns TEXT NOT NULL, at_ms INTEGER NOT NULL, epics_us INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS pulses_by_time ON pulses (at_ms);
`

type Row = Readonly<Record<string, unknown>>

/** Opens or makes the file. */
export function openSqliteEntryStore(options: SqliteStoreOptions): EntryStore {
  return new SqliteEntryStore(options)
}

class SqliteEntryStore implements EntryStore {
  private readonly database: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()
  private readonly pvs = new Map<string, { readonly number: number; lastUs: number; count: number }>()
  private readonly limits: { readonly entries: number; readonly pulses: number }
  private pulses: number
  private timer: NodeJS.Timeout | undefined
  private isOpen = true

  constructor(options: SqliteStoreOptions) {
    mkdirSync(dirname(options.path), { recursive: true })
    this.database = new DatabaseSync(options.path, { timeout: 5_000 })
    this.database.exec(schema)
    this.limits = {
      entries: options.entriesPerPv ?? entriesPerPv,
      pulses: options.pulsesKept ?? pulsesKept,
    }
    this.pulses = Number(this.one('SELECT count(*) AS n FROM pulses')?.['n'] ?? 0)
  }

  addEntry(pv: string, entry: BufferEntry): Promise<void> {
    this.begin()
    const place = this.placeOf(pv)
    place.lastUs = Math.max(place.lastUs + 1, Date.now() * 1000)
    const { id, type, shape, value, status, connected } = entry
    this.statement('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
      place.number,
      place.lastUs,
      id,
      type,
      shape,
      value,
      status,
      connected,
    )
    place.count += 1
    if (place.count > this.limits.entries * slack) {
      this.statement(
        'DELETE FROM entries WHERE pv = ? AND at_us <= (SELECT at_us FROM entries WHERE pv = ? ORDER BY at_us DESC LIMIT 1 OFFSET ?)',
      ).run(place.number, place.number, this.limits.entries)
      place.count = this.limits.entries
    }
    return Promise.resolve()
  }

  addPulse({ pulseId, bufferNs, epicsUs }: PulseRecord): Promise<'stored' | 'stale'> {
    const newest = this.one('SELECT max(pulse_id) AS id FROM pulses')?.['id']
    if (typeof newest === 'number' && pulseId <= newest) return Promise.resolve('stale')
    this.begin()
    this.statement('INSERT INTO pulses VALUES (?, ?, ?, ?)').run(
      pulseId,
      bufferNs.toString(),
      Number(bufferNs / 1_000_000n),
      epicsUs,
    )
    this.pulses += 1
    if (this.pulses > this.limits.pulses * slack) {
      this.statement(
        'DELETE FROM pulses WHERE pulse_id <= (SELECT pulse_id FROM pulses ORDER BY pulse_id DESC LIMIT 1 OFFSET ?)',
      ).run(this.limits.pulses)
      this.pulses = this.limits.pulses
    }
    return Promise.resolve('stored')
  }

  pulseBefore(pulseId: number): Promise<PulseRecord | undefined> {
    return this.pulse('WHERE pulse_id <= ? ORDER BY pulse_id DESC', pulseId)
  }

  pulseAfter(pulseId: number): Promise<PulseRecord | undefined> {
    return this.pulse('WHERE pulse_id >= ? ORDER BY pulse_id', pulseId)
  }

  newestPulse(): Promise<PulseRecord | undefined> {
    return this.pulse('WHERE pulse_id >= ? ORDER BY pulse_id DESC', 0)
  }

  async *pulsesBetween(fromMs: number, toMs: number): AsyncIterable<readonly PulseRecord[]> {
    const sql =
      'SELECT * FROM pulses WHERE at_ms >= ? AND at_ms <= ? AND pulse_id > ? ORDER BY pulse_id LIMIT ?'
    let after = -1
    for (;;) {
      const page = this.statement(sql).all(fromMs, toMs, after, pageEntries).map(pulseOf)
      const last = page.at(-1)
      if (last === undefined) return
      yield page
      after = last.pulseId
    }
  }

  async *entriesAround(
    pv: string,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  ): AsyncIterable<readonly StoredEntry[]> {
    const number = this.one('SELECT pv FROM pvs WHERE name = ?', pv)?.['pv']
    if (typeof number !== 'number') return
    const select = 'SELECT * FROM entries WHERE pv = ? AND '
    const fromUs = (fromMs + 1) * 1000
    yield this.statement(`${select} at_us < ? ORDER BY at_us DESC LIMIT 1`)
      .all(number, fromUs)
      .flatMap(storedOf)
    const between = this.statement(`${select} at_us >= ? AND at_us < ? ORDER BY at_us LIMIT ?`)
    for (let from = fromUs; ;) {
      const rows = between.all(number, from, toMs * 1000, pageEntries)
      const last = rows.at(-1)
      if (last === undefined) break
      yield rows.flatMap(storedOf)
      from = Number(last['at_us']) + 1
    }
    const until = Math.max(toMs * 1000, fromUs)
    yield this.statement(`${select} at_us >= ? ORDER BY at_us LIMIT 1`).all(number, until).flatMap(storedOf)
  }

  close(): Promise<void> {
    if (this.isOpen) {
      this.isOpen = false
      this.commit()
      this.database.close()
    }
    return Promise.resolve()
  }

  private placeOf(pv: string): { readonly number: number; lastUs: number; count: number } {
    const known = this.pvs.get(pv)
    if (known !== undefined) return known
    this.statement('INSERT OR IGNORE INTO pvs (name) VALUES (?)').run(pv)
    const number = Number(this.one('SELECT pv FROM pvs WHERE name = ?', pv)?.['pv'])
    const found = this.one('SELECT count(*) AS n, max(at_us) AS last FROM entries WHERE pv = ?', number)
    const place = { number, lastUs: Number(found?.['last'] ?? 0), count: Number(found?.['n'] ?? 0) }
    this.pvs.set(pv, place)
    return place
  }

  private async pulse(where: string, value: number): Promise<PulseRecord | undefined> {
    const row = this.one(`SELECT * FROM pulses ${where} LIMIT 1`, value)
    return row === undefined ? undefined : pulseOf(row)
  }

  private one(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.statement(sql).get(...values)
  }

  private statement(sql: string): StatementSync {
    const known = this.statements.get(sql)
    if (known !== undefined) return known
    const made = this.database.prepare(sql)
    this.statements.set(sql, made)
    return made
  }

  /** Writes of 100 ms share one transaction. */
  private begin(): void {
    if (this.timer !== undefined) return
    this.database.exec('BEGIN')
    this.timer = setTimeout(() => this.commit(), commitMs)
  }

  private commit(): void {
    if (this.timer === undefined) return
    clearTimeout(this.timer)
    this.timer = undefined
    this.database.exec('COMMIT')
  }
}

function pulseOf(row: Row): PulseRecord {
  return {
    pulseId: Number(row['pulse_id']),
    bufferNs: BigInt(String(row['buffer_ns'])),
    epicsUs: Number(row['epics_us']),
  }
}

function storedOf(row: Row): readonly StoredEntry[] {
  const fields = new Map(
    ['id', 'type', 'shape', 'value', 'status', 'connected'].map((name) => {
      const value = row[name]
      return [name, value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))] as const
    }),
  )
  const entry = parseEntry(fields)
  return entry === undefined ? [] : [{ atMs: Math.floor(Number(row['at_us']) / 1000), entry }]
}
