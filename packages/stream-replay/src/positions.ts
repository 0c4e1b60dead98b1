import { usage } from './error.ts'

const durationUnitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `250ms`, `37s`, `10m`, `2h`, `1d`, or a plain number of seconds. Throws REPLAY_USAGE. */
export function parseDurationMs(text: string, what: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim())
  const value = Number(match?.[1]) * (durationUnitsMs[match?.[2] ?? 's'] ?? 1)
  if (match !== null && Number.isFinite(value)) return value
  throw usage(`${what} ${text} is no duration`, 'Give e.g. 250ms, 37s, 10m or 2h.')
}

/** `64k`, `10M`, `2G` (binary), or a plain number of bytes. Throws REPLAY_USAGE. */
export function parseBytes(text: string, what: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMGT])?i?B?$/.exec(text.trim())
  const power = match?.[2] === undefined ? 0 : 'kMGT'.indexOf(match[2]) + 1
  const value = Math.round(Number(match?.[1]) * 1_024 ** power)
  if (match !== null && Number.isSafeInteger(value)) return value
  throw usage(`${what} ${text} is no number of bytes`, 'Give e.g. 64k, 10M or 2G.')
}

/** How much of a stream a ring keeps; null where there is no such limit. */
export interface RingLimit {
  readonly ageMs: number | null
  readonly bytes: number | null
}

/** `10m`, `2G`, or both: `10m,2G`. Sizes end in k, M, G or T. Throws REPLAY_USAGE. */
export function parseRing(text: string): RingLimit {
  const parts = text.split(',').map((part) => part.trim())
  const isSize = (part: string): boolean => /[kMGT](i?B)?$/.test(part)
  const age = parts.find((part) => !isSize(part))
  const size = parts.find(isSize)
  if (parts.length > [age, size].filter((one) => one !== undefined).length)
    throw usage(`--ring ${text} names a limit twice`, 'Give e.g. 10m, 2G or 10m,2G.')
  return {
    ageMs: age === undefined ? null : parseDurationMs(age, '--ring'),
    bytes: size === undefined ? null : parseBytes(size, '--ring'),
  }
}

/** A place in a stream. */
export type Position =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly timestampMs: number }
  /** Back from the end (of a recording), or from now (of a live topic). */
  | { readonly kind: 'before-end'; readonly ms: number }
  /** Number of the message in the merged order, from 0. */
  | { readonly kind: 'number'; readonly index: number }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'percent'; readonly percent: number }
  /** The start document of a run. */
  | { readonly kind: 'run'; readonly uid: string }

/** ISO 8601, epoch ms, `-10m`, `#N`, `@offset`, `P%`, `run:UID`, earliest, latest, end. Throws REPLAY_USAGE. */
export function parsePosition(given: string, what: string): Position {
  const text = given.trim()
  if (text === 'earliest' || text === 'begin') return { kind: 'earliest' }
  if (text === 'latest' || text === 'end') return { kind: 'latest' }
  if (/^#\d{1,15}$/.test(text)) return { kind: 'number', index: Number(text.slice(1)) }
  if (/^@\d{1,15}$/.test(text)) return { kind: 'offset', offset: Number(text.slice(1)) }
  if (text.startsWith('-')) return { kind: 'before-end', ms: parseDurationMs(text.slice(1), what) }
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)
  if (percent !== null && Number(percent[1]) <= 100) return { kind: 'percent', percent: Number(percent[1]) }
  if (/^run:[\w-]+$/.test(text)) return { kind: 'run', uid: text.slice(4) }
  if (/^\d{9,15}$/.test(text)) return { kind: 'time', timestampMs: Number(text) }
  const timestampMs = Date.parse(text)
  if (/^\d{4}-/.test(text) && !Number.isNaN(timestampMs)) return { kind: 'time', timestampMs }
  throw usage(
    `${what} ${given} is no place in a stream`,
    'Give a time (2026-01-31T12:00:00Z or epoch ms), -10m, #N, @OFFSET, 50% or run:UID.',
  )
}
