import type { UnixSeconds } from '@beamtime/event-model'
import { parseMoment } from './search-time.ts'

/** Columns and lists that a word can name. */
export type SearchField = 'plan' | 'sample' | 'user' | 'status' | 'motor' | 'detector'
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** One condition of a search; all of them must hold. */
export type SearchTerm =
  | { readonly kind: 'text'; readonly text: string; readonly not: boolean }
  | {
      readonly kind: 'field'
      readonly field: SearchField
      readonly value: string
      /** false: letters of any case, `*` for anything, a sample matches by a part of it. */
      readonly exact: boolean
      readonly not: boolean
    }
  | { readonly kind: 'scan'; readonly from: number; readonly to: number; readonly not: boolean }
  | { readonly kind: 'since' | 'until'; readonly time: UnixSeconds }
  | {
      readonly kind: 'metadata'
      readonly key: string
      readonly operator: ComparisonOperator
      readonly value: string
      readonly not: boolean
    }

export interface ParsedSearch {
  readonly terms: readonly SearchTerm[]
  /** Words that look like a condition and are not one; they are left out of the search. */
  readonly problems: readonly string[]
}

export interface SearchContext {
  readonly now: UnixSeconds
  /** Stands for `user:me`. */
  readonly me?: string | undefined
}

const token = /(-)?(?:([A-Za-z]+|md\.[A-Za-z0-9_.-]+?)(:|!=|>=|<=|=|>|<))?("(?:[^"\\]|\\.)*"?|[^\s"]+)?\s*/y
const maxTerms = 40

/** Splits what was typed into the search box: `plan: sample: user: status: scan: motor: detector: since: until:`,
 * `md.KEY=VALUE` (also != > >= < <=), `"quoted text"`, free words; a leading `-` excludes. Never throws. */
export function parseSearch(text: string, context: SearchContext): ParsedSearch {
  const terms: SearchTerm[] = []
  const problems: string[] = []
  const source = text.replaceAll('\0', ' ').trim().slice(0, 2000)
  token.lastIndex = 0
  while (token.lastIndex < source.length && terms.length < maxTerms) {
    const start = token.lastIndex
    const match = token.exec(source)
    if (!match || match[0] === '') {
      token.lastIndex = start + 1
      continue
    }
    const [, minus, word, operator, raw = ''] = match
    const quoted = raw.startsWith('"')
    const value = quoted
      ? raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined).replace(/\\(.)/g, '$1')
      : raw
    const parsed = toTerm(
      { not: minus !== undefined, word: word ?? '', operator: operator ?? '', value, quoted },
      context,
    )
    if (parsed.kind === 'problem') problems.push(parsed.text)
    else if (parsed.kind !== 'nothing') terms.push(parsed)
  }
  return { terms, problems }
}

interface Token {
  readonly not: boolean
  readonly word: string
  readonly operator: string
  readonly value: string
  readonly quoted: boolean
}
type Parsed = SearchTerm | { readonly kind: 'nothing' } | { readonly kind: 'problem'; readonly text: string }

const fields: ReadonlySet<string> = new Set(['plan', 'sample', 'user', 'status', 'motor', 'detector'])

function toTerm(t: Token, context: SearchContext): Parsed {
  if (t.word.startsWith('md.')) return metadataTerm(t)
  if (t.operator === ':' && fields.has(t.word)) return fieldTerm(t, context)
  if (t.operator === ':' && t.word === 'scan') return scanTerm(t)
  if (t.operator === ':' && (t.word === 'since' || t.word === 'until')) {
    if (t.value === '') return { kind: 'nothing' }
    const time = parseMoment(t.value, context.now)
    return time === null
      ? { kind: 'problem', text: `${t.word}:${t.value} is not a time: write 7d, today or 2026-11-21` }
      : { kind: t.word, time }
  }
  const text = t.word === '' ? t.value : `${t.word}${t.operator}${t.value}`
  return /[\p{L}\p{N}]/u.test(text) ? { kind: 'text', text, not: t.not } : { kind: 'nothing' }
}

function fieldTerm(t: Token, context: SearchContext): Parsed {
  if (t.value === '') return { kind: 'nothing' }
  const field = t.word as SearchField
  const value = field === 'user' && t.value === 'me' && !t.quoted ? (context.me ?? 'me') : t.value
  if (field === 'status' && statusOf(value) === null) {
    return { kind: 'problem', text: `status:${value} is unknown: success, abort, fail or running` }
  }
  return { kind: 'field', field, value, exact: t.quoted, not: t.not }
}

function scanTerm(t: Token): Parsed {
  if (t.value === '') return { kind: 'nothing' }
  const range = /^(\d{1,15})(?:(?:-|\.\.)(\d{1,15}))?$/.exec(t.value)
  if (!range)
    return { kind: 'problem', text: `scan:${t.value} is not a number: write scan:2041 or scan:2000-2041` }
  const from = Number(range[1])
  return { kind: 'scan', from, to: Number(range[2] ?? from), not: t.not }
}

function metadataTerm(t: Token): Parsed {
  if (t.value === '') return { kind: 'nothing' }
  const operator = t.operator === ':' || t.operator === '' ? '=' : (t.operator as ComparisonOperator)
  return { kind: 'metadata', key: t.word.slice(3), operator, value: t.value, not: t.not }
}

/** 'running', an exit status, or null for a word that is neither. */
export function statusOf(word: string): 'running' | 'success' | 'abort' | 'fail' | null {
  switch (word.toLowerCase()) {
    case 'running':
    case 'open':
      return 'running'
    case 'success':
    case 'ok':
    case 'completed':
      return 'success'
    case 'abort':
    case 'aborted':
      return 'abort'
    case 'fail':
    case 'failed':
    case 'error':
      return 'fail'
  }
  return null
}
