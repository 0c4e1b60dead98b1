import { usage } from '../error.ts'
import { parseBytes, parseDurationMs, parsePosition, type Position } from '../positions.ts'
import type { Profile } from './profile.ts'
import type { Pace } from './schedule.ts'

export type PartitionChoice =
  | { readonly kind: 'same' }
  | { readonly kind: 'key' }
  | { readonly kind: 'round-robin' }
  | { readonly kind: 'fixed'; readonly partition: number }

export type HeaderChoice =
  | { readonly kind: 'keep' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'only'; readonly names: readonly string[] }
  | { readonly kind: 'without'; readonly names: readonly string[] }

/** How a stream is played. Everything but `source` has the default of the command line. */
export interface PlayOptions {
  /** Path of a recording, or `topic:NAME`. */
  readonly source: string
  /** New names of topics. */
  readonly topicMap?: Readonly<Record<string, string>>
  /** Put before the names that `topicMap` does not give. */
  readonly prefix?: string
  /** Default: the original pace. */
  readonly pace?: Pace
  readonly cap?: number
  readonly jitterMs?: number
  /** Of the jitter. Default 1. */
  readonly seed?: number
  /** A player that is late moves the rest of the schedule instead of catching up. */
  readonly slip?: boolean
  /** Passes; Infinity plays for ever. Default 1. */
  readonly loop?: number
  /** From the beginning of a pass to that of the next. Default: its length and one median gap. */
  readonly intervalMs?: number
  readonly start?: Position
  readonly stop?: Position
  readonly select?: string
  /** Only every n-th message. */
  readonly sample?: number
  /** Moves times so that the first message has this one: `now`, or ms since 1970. Default: none. */
  readonly shift?: 'none' | 'now' | number
  readonly shiftEmbedded?: readonly string[]
  readonly renumber?: readonly string[]
  readonly partition?: PartitionChoice
  readonly headers?: HeaderChoice
  readonly addHeaders?: readonly { readonly key: string; readonly value: string }[]
  /** Adds the header x-replay = recording/pass. */
  readonly mark?: boolean
  /** Default: shifted when `shift` moves times, else original. */
  readonly timestamps?: 'original' | 'shifted' | 'now'
  /** Creates the topics; they must not exist, unless `force` deletes them first. */
  readonly create?: boolean
  readonly partitions?: number
  readonly force?: boolean
  readonly acks?: 0 | 1 | -1
  /** Progress file: an interrupted play goes on behind the last message that arrived, without doubling any. */
  readonly resume?: string
}

/** The same options as texts, as a command line or a JSON body gives them. */
export interface PlayOptionTexts {
  readonly source: string
  readonly topicMap?: string
  readonly prefix?: string
  readonly speed?: string
  readonly rate?: string
  readonly bytesRate?: string
  readonly asap?: boolean
  readonly profile?: string
  readonly cap?: string
  readonly jitter?: string
  readonly seed?: string
  readonly slip?: boolean
  readonly loop?: string
  readonly interval?: string
  readonly start?: string
  readonly stop?: string
  readonly select?: string
  readonly sample?: string
  readonly shift?: string
  readonly shiftEmbedded?: readonly string[]
  readonly renumber?: readonly string[]
  readonly partition?: string
  readonly headers?: string
  readonly header?: readonly string[]
  readonly mark?: boolean
  readonly timestamps?: string
  readonly create?: boolean
  readonly partitions?: string
  readonly force?: boolean
  readonly acks?: string
  readonly resume?: string
}

/** Reads the texts. `findProfile` gives the profile of a name or file. Throws REPLAY_USAGE. */
export function parsePlayOptions(
  texts: PlayOptionTexts,
  findProfile: (name: string) => Profile,
): PlayOptions {
  const { source, prefix, select, resume } = texts
  const positive = (text: string | undefined, name: string): number | undefined => {
    if (text === undefined) return undefined
    const value = Number(text.replace(/\/s$/, ''))
    if (Number.isFinite(value) && value > 0) return value
    throw usage(`${name} ${text} is no positive number`, `Give e.g. ${name} 10.`)
  }
  return withoutAbsent({
    source,
    prefix,
    select,
    resume,
    topicMap: texts.topicMap === undefined ? undefined : parseTopicMap(texts.topicMap),
    pace: parsePace(texts, positive, findProfile),
    cap: positive(texts.cap, '--cap'),
    jitterMs: texts.jitter === undefined ? undefined : parseDurationMs(texts.jitter, '--jitter'),
    seed: positive(texts.seed, '--seed'),
    slip: texts.slip,
    loop: texts.loop === 'forever' ? Infinity : integer(positive(texts.loop, '--loop'), '--loop'),
    intervalMs: texts.interval === undefined ? undefined : parseDurationMs(texts.interval, '--interval'),
    start: texts.start === undefined ? undefined : parsePosition(texts.start, '--start'),
    stop: texts.stop === undefined ? undefined : parsePosition(texts.stop, '--stop'),
    sample: integer(positive(texts.sample, '--sample'), '--sample'),
    shift: texts.shift === undefined ? undefined : parseShift(texts.shift),
    shiftEmbedded: texts.shiftEmbedded,
    renumber: texts.renumber,
    partition: texts.partition === undefined ? undefined : parsePartition(texts.partition),
    headers: texts.headers === undefined ? undefined : parseHeaders(texts.headers),
    addHeaders: texts.header?.map(parseHeader),
    mark: texts.mark,
    timestamps: choice(texts.timestamps, ['original', 'shifted', 'now'] as const, '--timestamps'),
    create: texts.create,
    partitions: integer(positive(texts.partitions, '--partitions'), '--partitions'),
    force: texts.force,
    acks: parseAcks(texts.acks),
  })
}

/** Leaves out what was not given. */
function withoutAbsent(options: {
  readonly [K in keyof PlayOptions]: PlayOptions[K] | undefined
}): PlayOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as PlayOptions
}

function integer(value: number | undefined, name: string): number | undefined {
  if (value === undefined || Number.isSafeInteger(value)) return value
  throw usage(`${name} ${value} is no whole number`, `Give e.g. ${name} 10.`)
}

function choice<const T extends string>(
  text: string | undefined,
  choices: readonly T[],
  name: string,
): T | undefined {
  const found = choices.find((one) => one === text)
  if (text === undefined || found !== undefined) return found
  throw usage(`${name} ${text} is unknown`, `Give one of ${choices.join(', ')}.`)
}

function parsePace(
  texts: PlayOptionTexts,
  positive: (text: string | undefined, name: string) => number | undefined,
  findProfile: (name: string) => Profile,
): Pace | undefined {
  const { speed, rate, bytesRate, asap, profile } = texts
  const given = [speed, rate, bytesRate, asap === true ? 'asap' : undefined, profile].filter(
    (one) => one !== undefined,
  )
  if (given.length > 1)
    throw usage('--speed, --rate, --bytes-rate, --asap and --profile exclude each other', 'Give one of them.')
  const factor = positive(speed, '--speed')
  if (factor !== undefined) return { kind: 'speed', factor }
  const perSecond = positive(rate, '--rate')
  if (perSecond !== undefined) return { kind: 'rate', perSecond }
  if (bytesRate !== undefined)
    return {
      kind: 'bytes',
      perSecond: Math.max(1, parseBytes(bytesRate.replace(/\/s$/, ''), '--bytes-rate')),
    }
  if (asap === true || profile === 'asap') return { kind: 'asap' }
  return profile === undefined ? undefined : { kind: 'profile', profile: findProfile(profile) }
}

function parseTopicMap(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [from = '', to = '', ...more] = pair.split('=').map((part) => part.trim())
      if (from === '' || to === '' || more.length > 0)
        throw usage(`--topic-map ${pair} is no pair of topics`, 'Give OLD=NEW, several separated by commas.')
      return [from, to] as const
    }),
  )
}

function parseShift(text: string): 'none' | 'now' | number {
  if (text === 'none' || text === 'now') return text
  const position = parsePosition(text, '--shift')
  if (position.kind === 'time') return position.timestampMs
  throw usage(`--shift ${text} is no time`, 'Give now, none, or a time such as 2026-01-31T12:00:00Z.')
}

function parsePartition(text: string): PartitionChoice {
  if (text === 'same' || text === 'key') return { kind: text }
  if (text === 'rr') return { kind: 'round-robin' }
  if (/^\d{1,6}$/.test(text)) return { kind: 'fixed', partition: Number(text) }
  throw usage(`--partition ${text} is unknown`, 'Give same, key, rr or the number of a partition.')
}

function parseHeaders(text: string): HeaderChoice {
  if (text === 'keep' || text === 'drop') return { kind: text }
  const match = /^(only|without):(.+)$/.exec(text)
  if (match === null) throw usage(`--headers ${text} is unknown`, 'Give keep, drop, only:a,b or without:a,b.')
  const [, kind, names = ''] = match
  return { kind: kind === 'only' ? 'only' : 'without', names: names.split(',') }
}

function parseHeader(text: string): { readonly key: string; readonly value: string } {
  const at = text.indexOf('=')
  if (at > 0) return { key: text.slice(0, at), value: text.slice(at + 1) }
  throw usage(`--header ${text} has no value`, 'Give NAME=VALUE.')
}

function parseAcks(text: string | undefined): 0 | 1 | -1 | undefined {
  const found = choice(text, ['0', '1', 'all', '-1'] as const, '--acks')
  return found === undefined ? undefined : found === '0' ? 0 : found === '1' ? 1 : -1
}
