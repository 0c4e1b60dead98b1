import type { MessageDecoder, MessageEncoder } from '../core/codec.ts'
import type { Checksum } from '../core/crc32c.ts'
import type { FramePool } from '../core/frame-pool.ts'
import type { AnswerMemory } from '../answer-memory.ts'
import type { GroupCoordinator } from '../groups/group-coordinator.ts'
import type { ReadAhead } from '../log/read-ahead.ts'
import type { ReadBuffers } from '../log/read-buffers.ts'
import type { TopicStore } from '../log/topic-store.ts'
import {
  type AccessOperation,
  type AccessResource,
  type AccessRules,
  mayAccess,
} from '../security/access-rules.ts'
import type { SaslSession } from '../security/sasl-session.ts'
import type { TransactionCoordinator } from '../transactions/transaction-coordinator.ts'
import type { UserStore } from '../security/user-store.ts'

/** What a handler may use of the broker. */
export interface BrokerCore {
  readonly store: TopicStore
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
  readonly users: UserStore
  readonly access: AccessRules
  readonly clusterId: string
  readonly nodeId: number
  readonly autoCreateTopics: boolean
  readonly defaultPartitions: number
  readonly strictReplicationFactor: boolean
  readonly dataDirectory: string
  readonly nowMs: () => number
  readonly checksum: Checksum
  readonly onEvent: (event: BrokerCoreEvent) => void
  /** The table itself, for ApiVersions. */
  readonly apis: ReadonlyMap<number, Api>
  readonly answers: AnswerMemory
  readonly readBuffers: ReadBuffers
  readonly readAhead: ReadAhead
  readonly frames: FramePool
}

export type BrokerCoreEvent =
  | {
      readonly kind: 'topic-created'
      readonly topic: string
      readonly partitions: number
      readonly by: string
    }
  | { readonly kind: 'topic-deleted'; readonly topic: string; readonly by: string }
  | { readonly kind: 'topic-configured'; readonly topic: string; readonly by: string }
  | { readonly kind: 'topic-names-collide'; readonly topic: string; readonly other: string }
  | { readonly kind: 'replication-reduced'; readonly topic: string; readonly wanted: number }
  | { readonly kind: 'produced'; readonly topic: string; readonly records: number; readonly bytes: number }
  | {
      readonly kind: 'produce-refused'
      readonly topic: string
      readonly partition: number
      readonly errorCode: number
      readonly message: string
    }
  | { readonly kind: 'logged-in'; readonly user: string; readonly remote: string }
  | { readonly kind: 'login-failed'; readonly remote: string; readonly message: string }
  | { readonly kind: 'user-changed'; readonly user: string; readonly by: string }
  | { readonly kind: 'fetched'; readonly topic: string; readonly records: number; readonly bytes: number }

/** One request, beside its fields. */
export interface Call {
  readonly core: BrokerCore
  readonly version: number
  readonly clientId: string
  readonly peer: Peer
  /** Checksums of large batches, by their bytes. */
  readonly checksums: Map<Uint8Array, number>
  /** Counts record data of the answer, until they are sent. */
  hold(bytes: number): void
  /** Called when the answer is sent, or will never be. Only after {@link hold}. */
  onSent(done: () => void): void
}

/** The connection that a request came on. */
export interface Peer {
  readonly remoteHost: string
  /** Address that this client reached, and which it is told to come back to. */
  readonly advertisedHost: string
  readonly advertisedPort: number
  /** The login of this connection; null where the listener asks for none. */
  readonly sasl: SaslSession | null
  /** Who is at the other end: the user, the subject of the certificate, or ANONYMOUS. */
  principal: string
  /** The connection closes after the answers that are due. */
  isEnding: boolean
  /** Set by ApiVersions, for status and logs. */
  software: string
  /** Grows with each fetch, to rotate the partition that is served first. */
  fetchCount: number
  /** Aborts when the connection closes. */
  readonly signal: AbortSignal
}

/** Whether the client of a call may do something. `name` is '' for the cluster. */
export function may(
  { core, peer }: Pick<Call, 'core' | 'peer'>,
  operation: AccessOperation,
  on: readonly [resource: AccessResource, name: string],
): boolean {
  const [resource, name] = on
  return mayAccess(core.access, peer.principal, { operation, resource, name })
}

/** Answers of a handler that are not a response. */
export const noResponse = Symbol('no response')
export const closeConnection = Symbol('close connection')

export interface Api<Request = unknown, Response = unknown> {
  readonly name: string
  readonly key: number
  /** Versions that ApiVersions tells. */
  readonly versions: readonly [first: number, last: number]
  readonly request: MessageDecoder<Request>
  readonly response: MessageEncoder<Response>
  /**
   * What takes long and has to be done before the request is handled; null = nothing. The requests that follow on the
   * connection wait meanwhile, so that their order is kept, those of others do not.
   */
  prepare?(request: Request, call: Call): Promise<void> | null
  /** When it is answered, nothing refers to the bytes of the request but who retains them in the frame pool. */
  readonly keepsNothing?: true
  /** Runs up to its first await before the next request of the connection is looked at; answers keep the order of requests. */
  handle(request: Request, call: Call): HandlerResult<Response> | Promise<HandlerResult<Response>>
}

type HandlerResult<Response> = Response | typeof noResponse | typeof closeConnection

export function defineApi<Request, Response>(api: Omit<Api<Request, Response>, 'key'>): Api {
  return { ...api, key: api.request.shape.key } as Api
}
