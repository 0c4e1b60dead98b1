import { nearestName } from '@beamtime/service-kit'
import { usage } from '../error.ts'
import type { PlayOptionTexts } from '../play/play-options.ts'
import type { RecordOptionTexts } from '../record/record-options.ts'

/* Bodies of requests: options of the command line in camelCase. Texts may come as numbers. */

type FieldKind = 'text' | 'flag' | 'texts'

const recordFields = {
  name: 'text',
  topics: 'texts',
  match: 'text',
  from: 'text',
  to: 'text',
  count: 'text',
  duration: 'text',
  bytes: 'text',
  untilRunStop: 'flag',
  idle: 'text',
  ring: 'text',
  split: 'text',
  group: 'text',
} as const satisfies Record<keyof RecordOptionTexts | 'name', FieldKind>

const playFields = {
  source: 'text',
  topicMap: 'text',
  prefix: 'text',
  speed: 'text',
  rate: 'text',
  bytesRate: 'text',
  asap: 'flag',
  profile: 'text',
  cap: 'text',
  jitter: 'text',
  seed: 'text',
  slip: 'flag',
  loop: 'text',
  interval: 'text',
  start: 'text',
  stop: 'text',
  select: 'text',
  sample: 'text',
  shift: 'text',
  shiftEmbedded: 'texts',
  renumber: 'texts',
  partition: 'text',
  headers: 'text',
  header: 'texts',
  mark: 'flag',
  timestamps: 'text',
  create: 'flag',
  partitions: 'text',
  force: 'flag',
  acks: 'text',
  resume: 'text',
} as const satisfies Record<keyof PlayOptionTexts, FieldKind>

export type RecordRequest = RecordOptionTexts & { readonly name: string }

/** Throws REPLAY_USAGE. */
export function recordRequest(body: unknown): RecordRequest {
  const found = fieldsOf(body, recordFields)
  const { name, topics = [], ...rest } = found as Partial<RecordRequest>
  return { ...rest, topics, name: recordingName(name) }
}

/** Throws REPLAY_USAGE. Files of this machine are not within reach: a source is a recording of the folder or `topic:NAME`. */
export function playRequest(body: unknown): PlayOptionTexts {
  const { source = '', ...rest } = fieldsOf(body, playFields) as Partial<PlayOptionTexts>
  if (!source.startsWith('topic:')) recordingName(source)
  for (const name of ['resume', 'profile'] as const) if (rest[name] !== undefined) plainName(rest[name], name)
  return { ...rest, source }
}

/** A name that stays within the folder of the recordings. Throws REPLAY_USAGE. */
export function recordingName(name: unknown): string {
  return plainName(name, 'name')
}

function plainName(name: unknown, what: string): string {
  if (typeof name === 'string' && /^[\w-][\w.-]{0,199}$/.test(name)) return name
  throw usage(
    `${what} ${JSON.stringify(name) ?? 'is missing'} is no name of a recording`,
    'Use letters, digits, dot, underscore and hyphen.',
  )
}

/** Throws REPLAY_USAGE. */
export function textField(body: unknown, name: string): string {
  const found = fieldsOf(body, { [name]: 'text' })[name]
  if (typeof found === 'string' && found !== '') return found
  throw usage(`${name} is missing`, `Send {"${name}": "..."}.`)
}

function fieldsOf(
  body: unknown,
  fields: Readonly<Record<string, FieldKind>>,
): Record<string, string | boolean | readonly string[]> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw usage('the body is no JSON object', 'Send an object.')
  const found: Record<string, string | boolean | readonly string[]> = {}
  for (const [name, value] of Object.entries(body)) {
    if (value === null) continue
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (kind === undefined) {
      const near = nearestName(name, Object.keys(fields))
      throw usage(`there is no option ${name}`, near === null ? 'Leave it out.' : `Did you mean ${near}?`)
    }
    found[name] = fieldValue(name, kind, value)
  }
  return found
}

function fieldValue(name: string, kind: FieldKind, value: unknown): string | boolean | readonly string[] {
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value
      if (typeof value === 'number' && Number.isFinite(value)) return String(value)
      break
    case 'flag':
      if (typeof value === 'boolean') return value
      break
    case 'texts':
      if (typeof value === 'string') return [value]
      if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
      break
  }
  const wanted = { text: 'a text or a number', flag: 'true or false', texts: 'a list of texts' }[kind]
  throw usage(`${name} is not ${wanted}`, `Send ${wanted}.`)
}
