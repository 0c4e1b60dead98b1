import type { PlaySummary, RecordProgress } from '@beamtime/stream-replay/client'
import type { JsonValue } from '@beamtime/queue-client/wire'

/** One topic, as the channel `topics` tells it once a second. */
export interface TopicSummary {
  readonly name: string
  /** Of Kafka itself, e.g. `__consumer_offsets`. */
  readonly isInternal: boolean
  readonly partitions: number
  /** Upper bound: what compaction took away is counted. */
  readonly messages: number
  /** Messages a second; null until there are two looks. */
  readonly rate: number | null
  /** Unix ms when the newest message was first seen to be there; null before that. */
  readonly lastMs: number | null
  /** Largest lag of a group that reads it; null when none does. */
  readonly lagMax: number | null
  readonly groups: number
  /** What its newest message was found to be, e.g. `ev44`, `bluesky`, `json`, `alert`; null before that. */
  readonly format: string | null
}

export interface GroupTopicLag {
  readonly topic: string
  readonly lag: number
  readonly partitions: readonly {
    readonly partition: number
    readonly committed: number
    readonly latest: number
    readonly lag: number
  }[]
}

export interface GroupState {
  readonly id: string
  /** `Stable`, `Empty`, ... */
  readonly state: string
  readonly members: number
  readonly lag: number
  readonly topics: readonly GroupTopicLag[]
}

/** Snap of the channel `topics`, sent whole each second while somebody looks. */
export interface TopicsSnap {
  readonly topics: readonly TopicSummary[]
  readonly groups: readonly GroupState[]
  readonly rate: number
  /** Why nothing newer is known; null when all is well. */
  readonly error: string | null
}

/** One message of GET /api/streams/topics/{topic}/messages and of the channel `tail`. */
export interface MessageRow {
  readonly topic: string
  readonly partition: number
  /** Exact up to 2^53. */
  readonly offset: number
  /** Unix ms */
  readonly t: number
  readonly key: string | null
  readonly bytes: number
  /** `document:start`, `ev44`, `avro:704`, `alert`, `json`, `text`, `bytes`, `none`. */
  readonly format: string
  /** One line for reading. */
  readonly summary: string
  /** Values of the columns that were asked for with `cols`, in that order. */
  readonly cols?: readonly JsonValue[]
}

/** GET /api/streams/topics/{topic}/messages?dir=&from=&partition=&filter=&limit=&cursor=&cols= */
export interface MessagesPage {
  readonly messages: readonly MessageRow[]
  readonly scanned: number
  readonly bytes: number
  /** Nothing is left in this direction. */
  readonly done: boolean
  /** For the next page; also when the budget ended a search. */
  readonly cursor: string
  /** Messages of the topic, for `scanned x of y`. */
  readonly total: number
}

export interface AlertStamp {
  readonly name: 'science' | 'template' | 'difference'
  readonly width: number
  readonly height: number
  /** 8-bit grey with zscale limits, rows from the bottom, base64. */
  readonly grey: string
}
export interface AlertPoint {
  readonly days: number
  readonly band: string
  readonly mag: number
  readonly magErr: number | null
  readonly isLimit: boolean
}
export interface AlertDetail {
  readonly id: string
  readonly objectId: string | null
  readonly band: string | null
  readonly mag: number | null
  readonly magErr: number | null
  readonly score: number | null
  readonly raDeg: number | null
  readonly decDeg: number | null
  readonly takenMs: number | null
  readonly historyLength: number
  readonly firstSeenDays: number | null
  readonly lightCurve: readonly AlertPoint[]
  readonly stamps: readonly AlertStamp[]
}

/** GET /api/streams/topics/{topic}/messages/{partition}/{offset} */
export interface MessageDetail extends MessageRow {
  readonly headers: readonly { readonly key: string; readonly value: string | null }[]
  /** Decoded, vectors shortened to 32 values; null when it is no text and no format is known. */
  readonly value: JsonValue
  /** First 4096 bytes of the value. */
  readonly hex: string
  readonly alert: AlertDetail | null
}

/** GET /api/streams/topics/{topic} */
export interface TopicDetail {
  readonly name: string
  readonly partitions: readonly {
    readonly partition: number
    readonly earliest: number
    readonly latest: number
  }[]
  readonly configs: Readonly<Record<string, string | null>>
}

/** GET /api/streams/groups/{group} */
export interface GroupDetail extends GroupState {
  readonly protocol: string
  readonly memberList: readonly {
    readonly id: string
    readonly client: string
    readonly host: string
    readonly assigned: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
  }[]
}

/** Events of the channel `tail`; args `{topic, partitions?, filter?, cols?, maxRate?}`. */
export interface TailEvent {
  readonly rows: readonly MessageRow[]
  /** Messages that fitted but were not sent because more than `maxRate` a second came. */
  readonly left: number
  /** All messages that came, fitting or not. */
  readonly seen: number
}

/** Snap of the channels `plays` and `recordings`. */
export interface ReplaySnap {
  /** The replay service does not answer. */
  readonly isAway: boolean
  readonly plays?: readonly PlaySummary[]
  readonly recordings?: readonly RecordProgress[]
}

/** One subject of GET /api/streams/schemas; null: not looked at, there are many. */
export interface SchemaSubject {
  readonly name: string
  /** The latest version. */
  readonly version: number | null
  readonly id: number | null
  /** `AVRO`, `JSON` or `PROTOBUF`. */
  readonly type: string | null
}
export interface SchemasPage {
  /** Address of the registry; null: there is none. */
  readonly registry: string | null
  readonly subjects: readonly SchemaSubject[]
}

export interface SchemaVersion {
  readonly version: number
  readonly id: number
  readonly type: string
  readonly schema: string
  readonly references: readonly {
    readonly name: string
    readonly subject: string
    readonly version: number
  }[]
}

/** GET /api/streams/schemas/{subject} */
export interface SchemaDetail {
  readonly name: string
  /** `BACKWARD`, `FULL_TRANSITIVE`, ...; null: the registry does not say. */
  readonly compatibility: string | null
  /** False: that of the whole registry. */
  readonly isCompatibilityOwn: boolean
  /** Newest first. */
  readonly versions: readonly SchemaVersion[]
  /** Versions before those, not listed. */
  readonly older: number
}

/** An alert of GET /api/streams/topics/{topic}/alerts. */
export interface AlertCard {
  readonly row: MessageRow
  /** Null: the message is no alert. */
  readonly alert: AlertDetail | null
}

/** GET /api/streams/topics/{topic}/alerts?dir=&from=&partition=&filter=&limit=&cursor= */
export interface AlertsPage extends Omit<MessagesPage, 'messages'> {
  readonly cards: readonly AlertCard[]
}
