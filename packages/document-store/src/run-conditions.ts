import { unixSecondsNow } from '@beamtime/event-model'
import { StoreError } from './error.ts'
import type { MetadataCondition, RunQuery } from './run-query.ts'
import { parseSearch, statusOf, type SearchField, type SearchTerm } from './search-words.ts'

export type SqlValue = string | number

/** A WHERE clause over `run r`. */
export interface Conditions {
  readonly sql: string
  readonly params: readonly SqlValue[]
  readonly problems: readonly string[]
  /** No condition but "not archived". */
  readonly all: boolean
  /** Archived runs match too. */
  readonly archived: boolean
}

interface Clause {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

const columns: Readonly<Record<'plan' | 'sample' | 'user', string>> = {
  plan: 'r.plan_name',
  sample: 'r.sample',
  user: 'r.user',
}

/** The SQL of a query. Throws STORE_QUERY for conditions that cannot be. */
export function conditionsOf(query: RunQuery): Conditions {
  const { terms, problems } = parseSearch(query.q ?? '', { now: query.now ?? unixSecondsNow(), me: query.me })
  const clauses: Clause[] = terms.map(termClause)
  for (const field of ['plan', 'sample', 'user', 'status', 'motor', 'detector'] as const) {
    const values = listOf(query[field])
    if (values.length > 0) clauses.push(anyOf(values.map((value) => fieldClause(field, value, true))))
  }
  const scanIds = listOf(query.scanId)
  if (scanIds.length > 0) clauses.push(inList('r.scan_id', scanIds))
  if (query.since !== undefined) clauses.push({ sql: 'r.time >= ?', params: [query.since] })
  if (query.until !== undefined) clauses.push({ sql: 'r.time < ?', params: [query.until] })
  for (const condition of query.where ?? []) clauses.push(metadataClause(condition))
  const all = clauses.length === 0
  if (query.archived !== true) clauses.push({ sql: 'r.archived = 0', params: [] })
  return {
    sql: clauses.length === 0 ? '1' : clauses.map((clause) => `(${clause.sql})`).join(' AND '),
    params: clauses.flatMap((clause) => clause.params),
    problems,
    all,
    archived: query.archived === true,
  }
}

function termClause(term: SearchTerm): Clause {
  switch (term.kind) {
    case 'text':
      return negate(term.not, {
        sql: 'r.id IN (SELECT rowid FROM run_fts WHERE run_fts MATCH ?)',
        params: [`"${term.text.replaceAll('"', ' ')}"*`],
      })
    case 'field':
      return negate(term.not, fieldClause(term.field, term.value, term.exact))
    case 'scan':
      return negate(term.not, { sql: 'r.scan_id BETWEEN ? AND ?', params: [term.from, term.to] })
    case 'since':
      return { sql: 'r.time >= ?', params: [term.time] }
    case 'until':
      return { sql: 'r.time < ?', params: [term.time] }
    case 'metadata':
      return negate(term.not, metadataClause(term))
  }
}

function fieldClause(field: SearchField, value: string, exact: boolean): Clause {
  switch (field) {
    case 'status': {
      const status = statusOf(value)
      if (status === null) throw badQuery(`unknown status '${value}'`, 'Use success, abort, fail or running.')
      return status === 'running'
        ? { sql: 'r.exit_status IS NULL', params: [] }
        : { sql: 'r.exit_status = ?', params: [status] }
    }
    case 'motor':
    case 'detector':
      return {
        sql: `r.id IN (SELECT run FROM run_kv WHERE path = (SELECT id FROM kv_path WHERE path = ?) AND ${match('text', exact, value)})`,
        params: [`${field}s`, exact ? value : likePattern(value, false)],
      }
    case 'plan':
    case 'sample':
    case 'user': {
      const column = columns[field]
      return {
        sql: match(column, exact, value),
        params: [exact ? value : likePattern(value, field === 'sample')],
      }
    }
  }
}

function match(column: string, exact: boolean, _value: string): string {
  return exact ? `${column} = ?` : `${column} LIKE ? ESCAPE '\\'`
}

/* LIKE ignores the case of ASCII letters. */
function likePattern(value: string, part: boolean): string {
  const pattern = value.replace(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%')
  return part && !value.includes('*') ? `%${pattern}%` : pattern
}

const orders: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>='])

/** Texts that read as numbers are compared with numbers too. */
function metadataClause(condition: MetadataCondition): Clause {
  const key = condition.key.replace(/^start\./, '')
  const { operator, value } = condition
  const inside = (clause: Clause): Clause => ({
    sql: `r.id IN (SELECT run FROM run_kv WHERE path = (SELECT id FROM kv_path WHERE path = ?) AND (${clause.sql}))`,
    params: [key, ...clause.params],
  })
  if (operator === 'in' || operator === 'not in') {
    const clause = inside(anyOf(listOf<string | number>(value).map((item) => valueClause('=', item))))
    return negate(operator === 'not in', clause)
  }
  if (typeof value === 'object') throw badQuery(`'${operator}' takes one value`, "Use 'in' for a list.")
  if (operator === 'contains') {
    return inside({ sql: `text LIKE ? ESCAPE '\\'`, params: [likePattern(String(value), true)] })
  }
  if (operator === 'regex') return inside({ sql: 'text REGEXP ?', params: [checkedRegex(String(value))] })
  if (!orders.has(operator))
    throw badQuery(`unknown operator '${String(operator)}'`, 'Use = != < <= > >= in regex contains.')
  if (operator === '!=') return negate(true, inside(valueClause('=', value)))
  return inside(valueClause(operator, value))
}

function valueClause(operator: string, value: string | number): Clause {
  const number = typeof value === 'number' ? value : value.trim() === '' ? NaN : Number(value)
  if (typeof value === 'number') return { sql: `num ${operator} ?`, params: [value] }
  if (operator === '=') {
    const text = { sql: `text LIKE ? ESCAPE '\\'`, params: [likePattern(value, false)] }
    return Number.isNaN(number) ? text : anyOf([{ sql: 'num = ?', params: [number] }, text])
  }
  return Number.isNaN(number)
    ? { sql: `text ${operator} ?`, params: [value] }
    : { sql: `num ${operator} ?`, params: [number] }
}

function checkedRegex(source: string): string {
  try {
    return new RegExp(source).source
  } catch (cause) {
    throw badQuery(`'${source}' is not a regular expression: ${String(cause)}`, 'Correct the expression.')
  }
}

function anyOf(clauses: readonly Clause[]): Clause {
  if (clauses.length === 0) return { sql: '0', params: [] }
  return {
    sql: clauses.map((clause) => `(${clause.sql})`).join(' OR '),
    params: clauses.flatMap((clause) => clause.params),
  }
}

function inList(column: string, values: readonly SqlValue[]): Clause {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, params: values }
}

/* A row whose column is null does not match, so it stays when the match is excluded. */
function negate(not: boolean, clause: Clause): Clause {
  return not ? { sql: `(${clause.sql}) IS NOT 1`, params: clause.params } : clause
}

function listOf<T extends string | number>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return typeof value === 'object' ? value.slice(0, 200) : [value]
}

export function badQuery(message: string, remedy: string): StoreError {
  return new StoreError({ code: 'STORE_QUERY', message, fault: 'caller', remedy })
}
