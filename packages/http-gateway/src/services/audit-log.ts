import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { AuditEntry, AuditPage } from '../ui-types.ts'

/** Characters of a message that are kept. */
const maxMessage = 500

interface AuditQuery {
  readonly limit: number
  readonly before: string | null
  readonly user: string | null
  readonly method: string | null
  readonly q: string | null
}

/** Who did what, from where, with which result. It only grows. */
export interface AuditLog {
  write(entry: AuditEntry): void
  page(query: AuditQuery): AuditPage
  readonly onEntry: Listeners<AuditEntry>['listen']
}

export function openAuditLog(database: DatabaseSync): AuditLog {
  const entries = listeners<AuditEntry>()
  const insert = database.prepare(
    'INSERT INTO audit (t, user, user_group, address, method, item_uid, ok, msg) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  return {
    onEntry: (callback) => entries.listen(callback),
    write(entry) {
      const msg = entry.msg.slice(0, maxMessage)
      const { t, user, group, address, method, item_uid: itemUid, ok } = entry
      insert.run(t, user, group, address, method, itemUid, ok ? 1 : 0, msg)
      entries.emit({ ...entry, msg })
    },
    page(query) {
      const { where, values } = condition(query)
      const rows = database
        .prepare(`SELECT * FROM audit ${where} ORDER BY id DESC LIMIT ?`)
        .all(...values, query.limit + 1)
      const shown = rows.slice(0, query.limit)
      const last = shown.at(-1)
      return {
        entries: shown.map(entryOf),
        next: rows.length > query.limit && last !== undefined ? String(last['id']) : null,
      }
    },
  }
}

function condition(query: AuditQuery): { readonly where: string; readonly values: SQLInputValue[] } {
  const parts: string[] = []
  const values: SQLInputValue[] = []
  const add = (part: string, value: SQLInputValue | null): void => {
    if (value === null) return
    parts.push(part)
    values.push(value)
  }
  add('id < ?', query.before === null ? null : Number(query.before))
  add('user = ?', query.user)
  add('method = ?', query.method)
  add("instr(lower(user || method || msg || coalesce(item_uid, '')), ?) > 0", query.q?.toLowerCase() ?? null)
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values }
}

function entryOf(row: Readonly<Record<string, unknown>>): AuditEntry {
  return {
    t: Number(row['t']),
    user: String(row['user']),
    group: String(row['user_group']),
    address: String(row['address']),
    method: String(row['method']),
    item_uid: typeof row['item_uid'] === 'string' ? row['item_uid'] : null,
    ok: row['ok'] === 1,
    msg: String(row['msg']),
  }
}
