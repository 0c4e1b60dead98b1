import type { Logger } from '@beamtime/service-kit'

/** How the client proves who it is. PLAIN and the SCRAM family, as Kafka names them. */
export interface BusSasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  readonly username: string
  readonly password: string
}

/** PEM texts (not paths) of a TLS connection; each may be absent. */
export interface BusTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Whether the certificate of a broker has to name the host that was called. Default true. */
  readonly checkHostname?: boolean
}

export interface BusOptions {
  /** `host:port` of any broker of the cluster, or of the embedded broker. At least one. */
  readonly bootstrapServers: readonly string[]
  readonly security?: 'plaintext' | 'ssl' | 'sasl_plaintext' | 'sasl_ssl'
  readonly sasl?: BusSasl
  readonly tls?: BusTls
  /** Further properties of the client library, such as requestTimeout or maxInflights; not those that the bus decides. */
  readonly client?: Readonly<Record<string, unknown>>
  /** Shown by the broker beside each connection, for example `store`. */
  readonly clientId: string
  readonly log?: Logger
  /** First and longest pause between two attempts to reach the broker. Default 100 and 5000 ms. */
  readonly retry?: { readonly minMs?: number; readonly maxMs?: number }
}

export interface BusHeader {
  readonly key: string
  readonly value: Uint8Array
}

/** One record as read. `offset` is unique within topic and partition and only grows. */
export interface BusRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly timestampMs: number
  /** The time is the broker's, of the append (message.timestamp.type=LogAppendTime); otherwise the writer's. */
  readonly isAppendTime?: true
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly BusHeader[]
}

/** One record to write. Without `partition`, the key decides (or, without a key, partition 0 upwards in turn). */
export interface OutgoingRecord {
  readonly topic: string
  readonly key?: Uint8Array | string | null
  readonly value: Uint8Array | string | null
  readonly partition?: number
  readonly timestampMs?: number
  readonly headers?: readonly BusHeader[]
}

export interface Delivery {
  readonly partition: number
  readonly offset: bigint
}

export interface ProducerOptions {
  /** Retries never double a record. Default true. */
  readonly idempotent?: boolean
  /** How long a record may wait for others to share its request. Default 0: it goes with what is waiting already. */
  readonly lingerMs?: number
  /** Bytes that may wait for their acknowledgement; `send` beyond it waits. Default 33 554 432. */
  readonly maxInFlightBytes?: number
  /** After this time without an acknowledgement a record is rejected with BUS_DELIVERY_TIMEOUT. Default 120 000, 0 = never. */
  readonly deliveryTimeoutMs?: number
  /** How requests are compressed. Default none. */
  readonly compression?: BusCompression
}

export type BusCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

export interface BusProducer {
  /** Resolves when the broker has acknowledged. Records of one producer to one partition keep their order. Rejects with BusError. */
  send(record: OutgoingRecord): Promise<Delivery>
  /** As `send`, for many; resolves in the order given when all are acknowledged. */
  sendBatch(records: readonly OutgoingRecord[]): Promise<readonly Delivery[]>
  /** Resolves when nothing is waiting any more. */
  flush(): Promise<void>
  /** Flushes, then closes the connections. May be called twice. */
  close(): Promise<void>
}

/** Records of one topic and partition, in order. */
export interface ConsumedBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly BusRecord[]
}

export interface ConsumeOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Where a group starts that has no committed offset yet. */
  readonly from: 'earliest' | 'latest'
  readonly signal: AbortSignal
  /**
   * Offsets are committed only after it resolves. When it rejects, `consume` rejects with the same error and nothing is committed.
   * A reader that stops in the middle of a batch aborts `signal` and resolves with how many records it has handled: only
   * those are committed.
   */
  onBatch(batch: ConsumedBatch): Promise<void | number>
  onState?(state: BusConnectionState): void
  /** The broker removes a silent member after this time. Default 30 000. */
  readonly sessionTimeoutMs?: number
  /**
   * Name of this member that outlives its process (static membership): after a crash the next one with the same name
   * takes its place at once, without waiting for the session to end. Two at a time with one name take each other's
   * place in turn, or reject with BUS_GROUP_BUSY: give each its own. Default: none.
   */
  readonly instanceId?: string
}

export type BusConnectionState = 'connected' | 'disconnected'

export type TailFrom =
  | 'earliest'
  | 'latest'
  | { readonly last: number }
  | { readonly offset: bigint }
  | { readonly timestampMs: number }

export interface TailOptions {
  readonly topic: string
  readonly from: TailFrom
  /** Default: all partitions, also those added later (from their beginning). */
  readonly partitions?: readonly number[]
  readonly signal: AbortSignal
  /** Called again only after it resolved. When it rejects, `tail` rejects with the same error. */
  onRecords(records: readonly BusRecord[]): void | Promise<void>
  /** 'connected' for the first time when the start is found: what is written after that is read. */
  onState?(state: BusConnectionState): void
}

export interface TopicToEnsure {
  readonly name: string
  /** Default 1; -1 = as many as the broker makes by default. */
  readonly partitions?: number
  /** Default: that of the broker. */
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
}

/** Where the partitions of a topic are, and which settings it has from where. */
export interface TopicLayout {
  readonly name: string
  readonly id: string
  readonly partitions: readonly {
    readonly partition: number
    /** -1: none */
    readonly leader: number
    readonly replicas: readonly number[]
    readonly inSync: readonly number[]
  }[]
  readonly settings: readonly {
    readonly name: string
    readonly value: string | null
    /** Set for this topic. */
    readonly isOwn: boolean
    /** Neither set for the topic nor for the broker. */
    readonly isDefault: boolean
  }[]
}

export interface TopicDescription {
  readonly name: string
  readonly id: string
  readonly partitions: readonly {
    readonly partition: number
    readonly earliest: bigint
    readonly latest: bigint
  }[]
  readonly configs: Readonly<Record<string, string | null>>
}

export interface PartitionOffsets {
  readonly partition: number
  readonly earliest: bigint
  readonly latest: bigint
}

export interface GroupSummary {
  readonly groupId: string
  readonly state: string
  readonly protocolType: string
}

export interface GroupMember {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
  readonly assignments: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
}

export interface GroupDescription {
  readonly groupId: string
  readonly state: string
  readonly protocol: string
  readonly members: readonly GroupMember[]
}

export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  readonly committed: bigint
  readonly latest: bigint
  readonly lag: bigint
}

export interface BusAdmin {
  listTopics(options?: { readonly includeInternal?: boolean }): Promise<readonly string[]>
  /** Rejects with BUS_TOPIC_UNKNOWN. */
  describeTopic(name: string): Promise<TopicDescription>
  /** Rejects with BUS_TOPIC_UNKNOWN. */
  topicLayout(name: string): Promise<TopicLayout>
  /** Names a topic as a writer does: a broker that creates what is named creates it. False when it does not exist after that. */
  nameTopic(name: string): Promise<boolean>
  /** Rejects with BUS_TOPIC_EXISTS. */
  createTopic(topic: TopicToEnsure): Promise<void>
  /** Rejects with BUS_TOPIC_UNKNOWN when one of them does not exist. */
  deleteTopics(names: readonly string[]): Promise<void>
  offsets(topic: string): Promise<readonly PartitionOffsets[]>
  /** Sets settings of a topic; null takes one back to its default. The others stay. */
  alterConfigs(topic: string, configs: Readonly<Record<string, string | null>>): Promise<void>
  /** Raises the number of partitions. */
  addPartitions(topic: string, total: number): Promise<void>
  /** Deletes the records before these offsets, by partition; 'latest' deletes all. */
  deleteRecords(topic: string, before: 'latest' | ReadonlyMap<number, bigint>): Promise<void>
  listGroups(): Promise<readonly GroupSummary[]>
  describeGroup(groupId: string): Promise<GroupDescription>
  deleteGroup(groupId: string): Promise<void>
  /** Where the group goes on reading, by partition. Rejects with BUS_GROUP_BUSY while it has members. */
  resetGroup(groupId: string, topic: string, offsets: ReadonlyMap<number, bigint>): Promise<void>
  /** Of the partitions that the group has committed to. */
  groupLag(groupId: string): Promise<readonly PartitionLag[]>
}

/** One process's access to the bus. Every part reconnects by itself; `close` ends all of them. */
export interface Bus {
  /** Creates what is missing and leaves what exists alone. Waits for the broker until `signal` aborts. */
  ensureTopics(topics: readonly TopicToEnsure[], options?: { readonly signal?: AbortSignal }): Promise<void>
  producer(options?: ProducerOptions): BusProducer
  /** Consumes as a member of a group until `signal` aborts (then it resolves). Survives a broker restart. */
  consume(options: ConsumeOptions): Promise<void>
  /** Reads without a group until `signal` aborts (then it resolves). Never skips or doubles a record. */
  tail(options: TailOptions): Promise<void>
  readonly admin: BusAdmin
  /** May be called twice. */
  close(): Promise<void>
}
