import type { UnixSeconds } from '@beamtime/event-model'
import type { RunSummary } from './run-summary.ts'
import type { ComparisonOperator } from './search-words.ts'

export type RunSort = 'time' | 'scan_id' | 'plan' | 'sample' | 'user' | 'status' | 'duration' | 'points'

/** A condition on a start field; key is dotted, a leading `start.` is ignored. */
export interface MetadataCondition {
  readonly key: string
  readonly operator: ComparisonOperator | 'in' | 'not in' | 'regex' | 'contains'
  /** A list for in and not in. */
  readonly value: string | number | readonly (string | number)[]
}

/** What to list. Everything given must hold; each name takes one value or several of which one must match. */
export interface RunQuery {
  /** The words of the search box. */
  readonly q?: string | undefined
  readonly plan?: string | readonly string[] | undefined
  readonly sample?: string | readonly string[] | undefined
  readonly user?: string | readonly string[] | undefined
  /** success, abort, fail, running. */
  readonly status?: string | readonly string[] | undefined
  readonly motor?: string | readonly string[] | undefined
  readonly detector?: string | readonly string[] | undefined
  readonly scanId?: number | readonly number[] | undefined
  /** since ≤ time < until. */
  readonly since?: UnixSeconds | undefined
  readonly until?: UnixSeconds | undefined
  readonly where?: readonly MetadataCondition[] | undefined
  /** Archived runs too. Default false. */
  readonly archived?: boolean | undefined
  /** A leading '-' turns it round. Default '-time'. */
  readonly sort?: RunSort | `-${RunSort}` | undefined
  /** Default 50, at most 1000. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly cursor?: string | undefined
  /** Rows to leave out, for jumps; ignored with a cursor. */
  readonly offset?: number | undefined
  /** Top values with counts, runs per day. */
  readonly facets?: boolean | undefined
  readonly spark?: boolean | undefined
  /** Stands for user:me in q. */
  readonly me?: string | undefined
  /** For 7d and today in q. Default: now. */
  readonly now?: UnixSeconds | undefined
}

export interface FacetValue {
  readonly value: string
  readonly count: number
}

/** At most 50 values each, the most frequent first; `day` has local days `YYYY-MM-DD`, newest first, at most 400. */
export interface RunFacets {
  readonly plan: readonly FacetValue[]
  readonly sample: readonly FacetValue[]
  readonly user: readonly FacetValue[]
  readonly status: readonly FacetValue[]
  readonly motor: readonly FacetValue[]
  readonly detector: readonly FacetValue[]
  readonly day: readonly FacetValue[]
}

export interface RunList {
  readonly runs: readonly RunSummary[]
  /** Cursor of the next page, null on the last. */
  readonly next: string | null
  /** Runs that match, on all pages. */
  readonly total: number
  readonly facets?: RunFacets
  /** Words of q that were not understood. */
  readonly problems: readonly string[]
}
