import type { DatabaseSync } from 'node:sqlite'
import type { Conditions } from './run-conditions.ts'
import type { FacetValue, RunFacets } from './run-query.ts'

const maxValues = 50
const maxDays = 400

/** The counts of one state of a file, for the query without conditions: the list page asks for it all the time. */
const cache = new WeakMap<DatabaseSync, { readonly version: number; readonly facets: RunFacets }>()

/** Counts of the runs that match, by plan, sample, user, status, motor, detector and local day. */
export function facetsOf(db: DatabaseSync, conditions: Conditions): RunFacets {
  if (!conditions.all) return count(db, conditions)
  const version = Number(db.prepare('SELECT coalesce(max(changed), 0) AS n FROM run').get()?.['n'] ?? 0)
  const known = cache.get(db)
  if (known?.version === version) return known.facets
  const facets = count(db, conditions)
  cache.set(db, { version, facets })
  return facets
}

function count(db: DatabaseSync, conditions: Conditions): RunFacets {
  const rows = db
    .prepare(
      `SELECT plan_name, sample, user, exit_status, CAST(time / 3600 AS INTEGER) AS hour, count(*) AS n FROM run r
       WHERE ${conditions.sql} GROUP BY 1, 2, 3, 4, 5`,
    )
    .all(...conditions.params) as unknown as FacetRow[]
  const plan = new Map<string, number>()
  const sample = new Map<string, number>()
  const user = new Map<string, number>()
  const status = new Map<string, number>()
  const hours = new Map<number, number>()
  for (const row of rows) {
    add(plan, row.plan_name, row.n)
    if (row.sample !== null) add(sample, row.sample, row.n)
    if (row.user !== null) add(user, row.user, row.n)
    add(status, row.exit_status ?? 'running', row.n)
    add(hours, row.hour, row.n)
  }
  return {
    plan: top(plan),
    sample: top(sample),
    user: top(user),
    status: top(status),
    motor: devices(db, 'motors', conditions),
    detector: devices(db, 'detectors', conditions),
    day: days(hours),
  }
}

interface FacetRow {
  readonly plan_name: string
  readonly sample: string | null
  readonly user: string | null
  readonly exit_status: string | null
  readonly hour: number
  readonly n: number
}

function devices(db: DatabaseSync, path: string, conditions: Conditions): readonly FacetValue[] {
  const matching = conditions.all ? '' : `AND k.run IN (SELECT r.id FROM run r WHERE ${conditions.sql})`
  const params = conditions.all ? [] : conditions.params
  return db
    .prepare(
      `SELECT k.text AS value, count(*) AS count FROM run_kv k
       WHERE k.path = (SELECT id FROM kv_path WHERE path = ?) AND k.text IS NOT NULL ${matching}
       GROUP BY k.text ORDER BY count DESC, value LIMIT ${maxValues}`,
    )
    .all(path, ...params)
    .map((row) => ({ value: String(row['value']), count: Number(row['count']) }))
}

function add<K>(counts: Map<K, number>, key: K, n: number): void {
  counts.set(key, (counts.get(key) ?? 0) + n)
}

function top(counts: ReadonlyMap<string, number>): readonly FacetValue[] {
  return [...counts]
    .map(([value, n]) => ({ value, count: n }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, maxValues)
}

/* Hours are added up to local days: zones differ from UTC by whole hours nearly everywhere, half hours go by the start. */
function days(hours: ReadonlyMap<number, number>): readonly FacetValue[] {
  const counts = new Map<string, number>()
  for (const [hour, n] of hours) {
    const date = new Date(hour * 3_600_000)
    const month = String(date.getMonth() + 1).padStart(2, '0')
    add(counts, `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, '0')}`, n)
  }
  return [...counts]
    .map(([value, n]) => ({ value, count: n }))
    .toSorted((a, b) => (a.value < b.value ? 1 : -1))
    .slice(0, maxDays)
}
