import type { DatabaseSync } from 'node:sqlite'
import { facetsOf } from './run-facets.ts'
import { badQuery, conditionsOf, type SqlValue } from './run-conditions.ts'
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

/** One page of runs, newest first unless sorted otherwise. Throws STORE_QUERY. */
export function listRuns(db: DatabaseSync, query: RunQuery): RunList {
  const conditions = conditionsOf(query)
  const { column, descending, name } = sortOf(query.sort ?? '-time')
  const limit = Math.min(Math.max(Math.trunc(query.limit ?? defaultLimit), 1), maxLimit)
  const after = query.cursor === undefined ? null : parseCursor(query.cursor, name)
  const direction = descending ? 'DESC' : 'ASC'
  const seek = after ? ` AND (${column}, r.id) ${descending ? '<' : '>'} (?, ?)` : ''
  const offset = after ? 0 : Math.max(Math.trunc(query.offset ?? 0), 0)
  // The ids first: sorting and skipping then touch the narrow table only.
  const rows = db
    .prepare(
      `SELECT ${summaryColumns}, r.id, p.sort_value FROM
         (SELECT r.id, ${column} AS sort_value FROM run r WHERE ${conditions.sql}${seek}
          ORDER BY ${column} ${direction}, r.id ${direction} LIMIT ? OFFSET ?) p
       JOIN run r ON r.id = p.id JOIN run_json j ON j.run = r.id
       ORDER BY p.sort_value ${direction}, r.id ${direction}`,
    )
    .all(...conditions.params, ...(after ?? []), limit + 1, offset) as unknown as (SummaryRow & {
    readonly id: number
    readonly sort_value: SqlValue
  })[]
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const counted = db
    .prepare(`SELECT count(*) AS n FROM run r WHERE ${conditions.sql}`)
    .get(...conditions.params)
  return {
    runs: page.map((row) => summaryOf(row, { spark: query.spark ?? false })),
    next: rows.length > limit && last ? makeCursor(name, last.sort_value, last.id) : null,
    total: Number(counted?.['n'] ?? 0),
    problems: conditions.problems,
    ...(query.facets === true ? { facets: facetsOf(db, conditions) } : {}),
  }
}

function sortOf(sort: string): {
  readonly column: string
  readonly descending: boolean
  readonly name: string
} {
  const descending = sort.startsWith('-')
  const name = descending ? sort.slice(1) : sort
  if (!Object.hasOwn(sortColumns, name)) {
    throw badQuery(`cannot sort by '${name}'`, `Sort by ${Object.keys(sortColumns).join(', ')}.`)
  }
  return { column: sortColumns[name as RunSort], descending, name: sort }
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
