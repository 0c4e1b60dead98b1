import { usage } from '../error.ts'
import { type TextPattern, textPattern } from '../rules/text-pattern.ts'
import {
  parseBytes,
  parseDurationMs,
  parsePosition,
  parseRing,
  type Position,
  type RingLimit,
} from '../positions.ts'

export interface RecordOptions {
  readonly topics: readonly string[]
  /** Topics whose names match, also those that come later. */
  readonly match?: TextPattern
  /** Default: latest. */
  readonly from?: Position
  /** Default: until something else ends the recording. */
  readonly to?: Position
  readonly count?: number
  readonly durationMs?: number
  readonly bytes?: number
  /** Ends behind the next stop document (Bluesky) or run stop (6s4t). */
  readonly untilRunStop?: boolean
  /** Ends when nothing came for so long. */
  readonly idleMs?: number
  readonly ring?: RingLimit
  /** A file of the recording is closed at this size. */
  readonly splitBytes?: number
  /** Begins where this group stopped reading, and moves the group along. */
  readonly group?: string
}

/** The same options as texts, as a command line or a JSON body gives them. */
export interface RecordOptionTexts {
  readonly topics: readonly string[]
  readonly match?: string
  readonly from?: string
  readonly to?: string
  readonly count?: string
  readonly duration?: string
  readonly bytes?: string
  readonly untilRunStop?: boolean
  readonly idle?: string
  readonly ring?: string
  readonly split?: string
  readonly group?: string
}

/** Throws REPLAY_USAGE. */
export function parseRecordOptions(texts: RecordOptionTexts): RecordOptions {
  const { topics, untilRunStop, group } = texts
  if (topics.length === 0 && texts.match === undefined)
    throw usage('no topic is named', 'Name topics, or give --match with a regular expression.')
  const place = (text: string, what: string): Position =>
    // A plain number is an offset here, as kcat has it; times are longer.
    /^\d{1,8}$/.test(text) ? { kind: 'offset', offset: Number(text) } : parsePosition(text, what)
  const options: { [K in keyof RecordOptions]: RecordOptions[K] | undefined } = {
    topics,
    match: texts.match === undefined ? undefined : pattern(texts.match),
    from: texts.from === undefined ? undefined : place(texts.from, '--from'),
    to: texts.to === undefined ? undefined : place(texts.to, '--to'),
    count: texts.count === undefined ? undefined : positiveInteger(texts.count, '--count'),
    durationMs: texts.duration === undefined ? undefined : parseDurationMs(texts.duration, '--duration'),
    bytes: texts.bytes === undefined ? undefined : parseBytes(texts.bytes, '--bytes'),
    untilRunStop,
    idleMs: texts.idle === undefined ? undefined : parseDurationMs(texts.idle, '--idle'),
    ring: texts.ring === undefined ? undefined : parseRing(texts.ring),
    splitBytes: texts.split === undefined ? undefined : parseBytes(texts.split, '--split'),
    group,
  }
  for (const [what, position] of [
    ['--from', options.from],
    ['--to', options.to],
  ] as const)
    if (position !== undefined && ['number', 'percent', 'run'].includes(position.kind))
      throw usage(
        `${what} cannot be a message number, a share or a run`,
        'Give earliest, latest, an offset, a time, or -10m.',
      )
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as RecordOptions
}

function pattern(text: string): TextPattern {
  try {
    return textPattern(text)
  } catch (error) {
    const reason = error instanceof SyntaxError ? ` (${error.message})` : ''
    throw usage(`--match ${text} is no regular expression${reason}`, "Give e.g. --match '^alerts-'.")
  }
}

function positiveInteger(text: string, name: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw usage(`${name} ${text} is no positive whole number`, `Give e.g. ${name} 1000.`)
}
