import type { DatabaseSync } from 'node:sqlite'
import { badQuery } from './run-conditions.ts'

export type FoundRun =
  | { readonly kind: 'one'; readonly uid: string }
  | { readonly kind: 'none' }
  /** The first 20 uids that match, newest first. */
  | { readonly kind: 'many'; readonly uids: readonly string[] }

/** Finds the run that a person names: `-1` the latest, `-2` the one before; a number is a scan_id, the latest run that has
 * it; 5 characters or more are the beginning of a uid. A number that no run has as scan_id is taken for a uid too. */
export function findRun(db: DatabaseSync, key: string): FoundRun {
  const text = key.trim()
  const back = /^-(\d{1,9})$/.exec(text)
  if (back) {
    const row = db
      .prepare('SELECT uid FROM run WHERE archived = 0 ORDER BY time DESC, id DESC LIMIT 1 OFFSET ?')
      .get(Math.max(Number(back[1]) - 1, 0))
    return row && Number(back[1]) > 0 ? { kind: 'one', uid: String(row['uid']) } : { kind: 'none' }
  }
  if (/^\d{1,15}$/.test(text)) {
    const row = db
      .prepare('SELECT uid FROM run WHERE scan_id = ? ORDER BY time DESC, id DESC LIMIT 1')
      .get(Number(text))
    if (row) return { kind: 'one', uid: String(row['uid']) }
  }
  return text.length < 5 ? { kind: 'none' } : findByPrefix(db, text)
}

function findByPrefix(db: DatabaseSync, prefix: string): FoundRun {
  const exact = db.prepare('SELECT uid FROM run WHERE uid = ?').get(prefix)
  if (exact) return { kind: 'one', uid: prefix }
  const rows = db
    .prepare('SELECT uid FROM run WHERE uid >= ? AND uid < ? ORDER BY time DESC LIMIT 20')
    .all(prefix, `${prefix}\u{10ffff}`)
  const uids = rows.map((row) => String(row['uid']))
  const [first] = uids
  if (first === undefined) return { kind: 'none' }
  return uids.length === 1 ? { kind: 'one', uid: first } : { kind: 'many', uids }
}

/** Runs named by a list `a,b,c` of keys or a slice of the latest `-5:` (oldest first) or `-5:-2`. Throws STORE_QUERY when
 * a key names none or several. */
export function findRuns(db: DatabaseSync, expression: string): readonly string[] {
  const slice = /^-(\d{1,6}):(?:-(\d{1,6}))?$/.exec(expression.trim())
  if (slice) {
    const from = Number(slice[1])
    const to = Number(slice[2] ?? 0)
    return db
      .prepare('SELECT uid FROM run WHERE archived = 0 ORDER BY time DESC, id DESC LIMIT ? OFFSET ?')
      .all(Math.max(from - to, 0), to)
      .map((row) => String(row['uid']))
      .toReversed()
  }
  return expression.split(',').map((key) => {
    const found = findRun(db, key)
    if (found.kind === 'one') return found.uid
    throw found.kind === 'none'
      ? badQuery(`no run is called '${key.trim()}'`, 'Use -1, a scan_id, or the first 5 characters of a uid.')
      : badQuery(
          `'${key.trim()}' names ${found.uids.length} runs or more`,
          'Give more characters of the uid.',
        )
  })
}
