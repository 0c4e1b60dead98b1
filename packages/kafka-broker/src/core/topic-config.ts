/* Topic settings under Kafka's names: what each accepts, its default and whether it has an effect here.
 * Source: Kafka documentation, "Topic-Level Configs". */

export const configType = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  password: 9,
} as const
export const configSource = { topic: 1, dynamicBroker: 2, staticBroker: 4, defaultValue: 5 } as const

type ConfigType = (typeof configType)[keyof typeof configType]

interface TopicSetting {
  readonly type: ConfigType
  readonly default: string
  readonly doc: string
  /** Null when the value is right, else what would be. */
  check(value: string): string | null
}

const maxLong = '9223372036854775807'

function whole(range: { min: number; max?: string }): (value: string) => string | null {
  const max = BigInt(range.max ?? maxLong)
  return (value) => {
    const isNumber = /^-?\d{1,19}$/.test(value)
    const isInRange = isNumber && BigInt(value) >= BigInt(range.min) && BigInt(value) <= max
    return isInRange ? null : `a whole number from ${range.min} to ${max}`
  }
}

function oneOf(...values: readonly string[]): (value: string) => string | null {
  return (value) => (values.includes(value) ? null : `one of ${values.join(', ')}`)
}

function fraction(value: string): string | null {
  const number = Number(value)
  return value.trim() !== '' && number >= 0 && number <= 1 ? null : 'a number from 0 to 1'
}

function anyText(): string | null {
  return null
}

const int32Max = '2147483647'
const isBoolean = oneOf('true', 'false')

export const topicSettings: Readonly<Record<string, TopicSetting>> = {
  'cleanup.policy': {
    type: configType.list,
    default: 'delete',
    doc: 'What happens to old segments: delete, compact (the last record of each key stays), or both.',
    check: oneOf('delete', 'compact', 'delete,compact', 'compact,delete'),
  },
  'compression.type': {
    type: configType.string,
    default: 'producer',
    doc: 'Batches are stored as the producer sent them, whatever stands here.',
    check: oneOf('producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'),
  },
  'delete.retention.ms': {
    type: configType.long,
    default: '86400000',
    doc: 'A tombstone stays at least this long after it was compacted.',
    check: whole({ min: 0 }),
  },
  'file.delete.delay.ms': {
    type: configType.long,
    default: '60000',
    doc: 'No effect: open reads finish anyway.',
    check: whole({ min: 0 }),
  },
  'flush.messages': {
    type: configType.long,
    default: maxLong,
    doc: '1 = acknowledged after fdatasync.',
    check: whole({ min: 1 }),
  },
  'flush.ms': {
    type: configType.long,
    default: maxLong,
    doc: 'Written to the disk at least this often.',
    check: whole({ min: 0 }),
  },
  'index.interval.bytes': {
    type: configType.int,
    default: '4096',
    doc: 'Distance of index entries.',
    check: whole({ min: 0, max: int32Max }),
  },
  'max.compaction.lag.ms': {
    type: configType.long,
    default: maxLong,
    doc: 'Older records are compacted, whatever the dirty ratio is.',
    check: whole({ min: 1 }),
  },
  'max.message.bytes': {
    type: configType.int,
    default: '134217728',
    doc: 'Largest record batch.',
    check: whole({ min: 0, max: int32Max }),
  },
  'message.timestamp.after.max.ms': {
    type: configType.long,
    default: maxLong,
    doc: 'How far ahead of now a record may be.',
    check: whole({ min: 0 }),
  },
  'message.timestamp.before.max.ms': {
    type: configType.long,
    default: maxLong,
    doc: 'How far behind now a record may be.',
    check: whole({ min: 0 }),
  },
  'message.timestamp.type': {
    type: configType.string,
    default: 'CreateTime',
    doc: 'Whose clock stamps the records.',
    check: oneOf('CreateTime', 'LogAppendTime'),
  },
  'min.cleanable.dirty.ratio': {
    type: configType.double,
    default: '0.5',
    doc: 'Compaction runs when at least this share of the closed segments is new.',
    check: fraction,
  },
  'min.compaction.lag.ms': {
    type: configType.long,
    default: '0',
    doc: 'Younger records are not compacted.',
    check: whole({ min: 0 }),
  },
  'min.insync.replicas': {
    type: configType.int,
    default: '1',
    doc: 'No effect with one broker.',
    check: whole({ min: 1, max: int32Max }),
  },
  preallocate: { type: configType.boolean, default: 'false', doc: 'No effect.', check: isBoolean },
  'retention.bytes': {
    type: configType.long,
    default: '-1',
    doc: 'Size limit of a partition, -1 = none.',
    check: whole({ min: -1 }),
  },
  'retention.ms': {
    type: configType.long,
    default: '604800000',
    doc: 'Age limit of records, -1 = none.',
    check: whole({ min: -1 }),
  },
  'segment.bytes': {
    type: configType.int,
    default: '268435456',
    doc: 'A segment is closed at this size.',
    check: whole({ min: 14, max: int32Max }),
  },
  'segment.index.bytes': {
    type: configType.int,
    default: '10485760',
    doc: 'A segment is closed when its index has this size.',
    check: whole({ min: 4, max: int32Max }),
  },
  'segment.jitter.ms': { type: configType.long, default: '0', doc: 'No effect.', check: whole({ min: 0 }) },
  'segment.ms': {
    type: configType.long,
    default: '604800000',
    doc: 'A segment is closed at this age.',
    check: whole({ min: 1 }),
  },
  'unclean.leader.election.enable': {
    type: configType.boolean,
    default: 'false',
    doc: 'No effect with one broker.',
    check: isBoolean,
  },
  // Known to Kafka 4.0, kept and given back without an effect.
  'follower.replication.throttled.replicas': {
    type: configType.list,
    default: '',
    doc: 'No effect.',
    check: anyText,
  },
  'leader.replication.throttled.replicas': {
    type: configType.list,
    default: '',
    doc: 'No effect.',
    check: anyText,
  },
  'local.retention.bytes': {
    type: configType.long,
    default: '-2',
    doc: 'No effect.',
    check: whole({ min: -2 }),
  },
  'local.retention.ms': {
    type: configType.long,
    default: '-2',
    doc: 'No effect.',
    check: whole({ min: -2 }),
  },
  'remote.log.copy.disable': {
    type: configType.boolean,
    default: 'false',
    doc: 'No effect.',
    check: isBoolean,
  },
  'remote.log.delete.on.disable': {
    type: configType.boolean,
    default: 'false',
    doc: 'No effect.',
    check: isBoolean,
  },
  'remote.storage.enable': {
    type: configType.boolean,
    default: 'false',
    doc: 'No effect.',
    check: isBoolean,
  },
  'message.format.version': {
    type: configType.string,
    default: '3.0-IV1',
    doc: 'No effect: format 2 always.',
    check: anyText,
  },
  'message.downconversion.enable': {
    type: configType.boolean,
    default: 'true',
    doc: 'No effect.',
    check: isBoolean,
  },
  'message.timestamp.difference.max.ms': {
    type: configType.long,
    default: maxLong,
    doc: 'No effect: use the before and after settings.',
    check: whole({ min: 0 }),
  },
}

/** Null when all is well, else one sentence. */
export function checkTopicConfig(name: string, value: string | null): string | null {
  const setting = topicSettings[name]
  if (setting === undefined) return `unknown topic setting ${name}`
  if (value === null) return null
  const expected = setting.check(value)
  return expected === null ? null : `${name} = ${value}: must be ${expected}`
}

/** The settings that the log works with, as numbers; "no limit" is Infinity or -1 as noted. */
export interface LogSettings {
  readonly maxMessageBytes: number
  readonly segmentBytes: number
  readonly segmentMs: number
  readonly segmentIndexBytes: number
  readonly indexIntervalBytes: number
  /** -1 = for ever. */
  readonly retentionMs: number
  /** -1 = none. */
  readonly retentionBytes: number
  /** cleanup.policy has delete: retention by time and size holds. */
  readonly isDeleted: boolean
  /** cleanup.policy has compact. */
  readonly isCompacted: boolean
  readonly deleteRetentionMs: number
  readonly minCompactionLagMs: number
  readonly maxCompactionLagMs: number
  readonly minDirtyRatio: number
  readonly isAppendTime: boolean
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
  readonly flush: FlushPolicy
}

export type FlushPolicy =
  | { readonly kind: 'os' }
  | { readonly kind: 'always' }
  | { readonly kind: 'interval'; readonly intervalMs: number }

/** Reads `os`, `always` or `interval:100ms`. */
export function parseFlushPolicy(text: string): FlushPolicy {
  const interval = /^interval:(\d+)ms$/.exec(text)
  if (interval !== null) return { kind: 'interval', intervalMs: Number(interval[1]) }
  return text === 'always' ? { kind: 'always' } : { kind: 'os' }
}

type Overrides = Readonly<Record<string, string>>

/** Settings of a topic: its own values over the broker's defaults over Kafka's. */
export function logSettings(
  overrides: Overrides,
  brokerDefaults: Overrides,
  brokerFlush: FlushPolicy,
): LogSettings {
  const text = (name: string): string =>
    overrides[name] ?? brokerDefaults[name] ?? topicSettings[name]?.default ?? ''
  const number = (name: string): number =>
    text(name) === maxLong ? Number.POSITIVE_INFINITY : Number(text(name))
  return {
    maxMessageBytes: number('max.message.bytes'),
    segmentBytes: number('segment.bytes'),
    segmentMs: number('segment.ms'),
    segmentIndexBytes: number('segment.index.bytes'),
    indexIntervalBytes: number('index.interval.bytes'),
    retentionMs: number('retention.ms') === Number.POSITIVE_INFINITY ? -1 : number('retention.ms'),
    retentionBytes: number('retention.bytes') === Number.POSITIVE_INFINITY ? -1 : number('retention.bytes'),
    isDeleted: text('cleanup.policy').includes('delete'),
    isCompacted: text('cleanup.policy').includes('compact'),
    deleteRetentionMs: number('delete.retention.ms'),
    minCompactionLagMs: number('min.compaction.lag.ms'),
    maxCompactionLagMs: number('max.compaction.lag.ms'),
    minDirtyRatio: number('min.cleanable.dirty.ratio'),
    isAppendTime: text('message.timestamp.type') === 'LogAppendTime',
    timestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
    timestampAfterMaxMs: number('message.timestamp.after.max.ms'),
    flush: flushOf(number('flush.messages'), number('flush.ms')) ?? brokerFlush,
  }
}

function flushOf(messages: number, intervalMs: number): FlushPolicy | null {
  if (messages === 1) return { kind: 'always' }
  return Number.isFinite(intervalMs) ? { kind: 'interval', intervalMs } : null
}
