import type { DatabaseSync } from 'node:sqlite'
import type { FacetIndex } from './facet-index.ts'
import { badQuery, conditionsOf, type Conditions, type SqlValue } from './run-conditions.ts'
import type { RunList, RunQuery, RunSort } from './run-query.ts'
import { summaryColumns, summaryOf, type SummaryRow } from './run-summary.ts'

const sortColumns: Readonly<Record<RunSort, string>> = {
  time: 'r.time',
  scan_id: 'coalesce(r.scan_id, -1)',
  plan: 'r.plan_name',
  sample: "coalesce(r.sample, '')",
  user: "coalesce(r.user, '')",
  status: "coalesce(r.exit_status, 'running')",
  duration: 'coalesce(r.stop_time - r.time, -1)',
  points: 'r.points',
}
const defaultLimit = 50
const maxLimit = 1000

interface Page {
  readonly total: number
  /** One more than the page has, when there are more. */
  readonly keys: readonly { readonly id: number; readonly value: SqlValue }[]
}

/** One page of runs, newest first unless sorted otherwise. Throws STORE_QUERY. */
export function listRuns(db: DatabaseSync, query: RunQuery, facetIndex: FacetIndex): RunList {
  const conditions = conditionsOf(query)
  const sort = sortOf(query.sort ?? '-time')
  const limit = Math.min(Math.max(Math.trunc(query.limit ?? defaultLimit), 1), maxLimit)
  const after = query.cursor === undefined ? null : parseCursor(query.cursor, sort.name)
  const offset = after ? 0 : Math.max(Math.trunc(query.offset ?? 0), 0)
  const window = { sort, after, offset, limit: limit + 1 }
  const { total, keys } = conditions.all
    ? allRuns(db, conditions, window)
    : matchingRuns(db, conditions, window)
  const page = keys.slice(0, limit)
  const last = page.at(-1)
  const summary = db.prepare(
    `SELECT ${summaryColumns} FROM run r JOIN run_json j ON j.run = r.id WHERE r.id = ?`,
  )
  return {
    runs: page.map(({ id }) =>
      summaryOf(summary.get(id) as unknown as SummaryRow, { spark: query.spark ?? false }),
    ),
    next: keys.length > limit && last ? makeCursor(sort.name, last.value, last.id) : null,
    total,
    problems: conditions.problems,
    ...(query.facets === true ? { facets: facetIndex.facets(db, conditions) } : {}),
  }
}

interface Window {
  readonly sort: Sort
  readonly after: readonly [SqlValue, number] | null
  readonly offset: number
  readonly limit: number
}

/* Along an index; the count is that of the table. */
function allRuns(db: DatabaseSync, conditions: Conditions, window: Window): Page {
  const { column, direction } = window.sort
  const seek = window.after ? ` AND ${seekClause(column, direction)}` : ''
  const rows = db
    .prepare(
      `SELECT r.id, ${column} AS value FROM run r WHERE ${conditions.sql}${seek}
       ORDER BY ${column} ${direction}, r.id ${direction} LIMIT ? OFFSET ?`,
    )
    .all(...(window.after ?? []), window.limit, window.offset)
  const counted = db
    .prepare(
      'SELECT (SELECT count(*) FROM run) AS n, (SELECT count(*) FROM run WHERE archived <> 0) AS archived',
    )
    .get()
  const archived = conditions.archived ? 0 : Number(counted?.['archived'])
  return { total: Number(counted?.['n']) - archived, keys: keysOf(rows) }
}

/* What matches is looked up once, then counted and sorted. */
function matchingRuns(db: DatabaseSync, conditions: Conditions, window: Window): Page {
  const { column, direction } = window.sort
  const seek = window.after ? `WHERE ${seekClause('value', direction).replace('r.id', 'id')}` : ''
  const rows = db
    .prepare(
      `WITH m AS MATERIALIZED (SELECT r.id AS id, ${column} AS value FROM run r WHERE ${conditions.sql})
       SELECT id, value, (SELECT count(*) FROM m) AS total FROM m ${seek}
       ORDER BY value ${direction}, id ${direction} LIMIT ? OFFSET ?`,
    )
    .all(...conditions.params, ...(window.after ?? []), window.limit, window.offset)
  const total = rows[0]?.['total'] ?? countOf(db, conditions)
  return { total: Number(total), keys: keysOf(rows) }
}

/* Only for a window behind the last row. */
function countOf(db: DatabaseSync, conditions: Conditions): number {
  const row = db.prepare(`SELECT count(*) AS n FROM run r WHERE ${conditions.sql}`).get(...conditions.params)
  return Number(row?.['n'])
}

function seekClause(column: string, direction: string): string {
  return `(${column}, r.id) ${direction === 'DESC' ? '<' : '>'} (?, ?)`
}

function keysOf(rows: readonly Readonly<Record<string, unknown>>[]): Page['keys'] {
  return rows.map((row) => ({ id: Number(row['id']), value: row['value'] as SqlValue }))
}

interface Sort {
  readonly column: string
  readonly direction: 'ASC' | 'DESC'
  readonly name: string
}

function sortOf(sort: string): Sort {
  const descending = sort.startsWith('-')
  const name = descending ? sort.slice(1) : sort
  if (!Object.hasOwn(sortColumns, name)) {
    throw badQuery(`cannot sort by '${name}'`, `Sort by ${Object.keys(sortColumns).join(', ')}.`)
  }
  return { column: sortColumns[name as RunSort], direction: descending ? 'DESC' : 'ASC', name: sort }
}

function makeCursor(sort: string, value: SqlValue, id: number): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')
}

function parseCursor(cursor: string, sort: string): readonly [SqlValue, number] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parsed) && parsed.length === 3 && parsed[0] === sort) {
      const [, value, id] = parsed as readonly unknown[]
      if ((typeof value === 'number' || typeof value === 'string') && typeof id === 'number')
        return [value, id]
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw badQuery('the cursor belongs to another query', 'Start again without a cursor.')
}
