import type { KafkaErrorCode } from './error-codes.ts'

/** Spelled as clients see them in DescribeGroups. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

export type GroupTrigger = 'membership-changed' | 'all-joined' | 'leader-synced' | 'nobody-left' | 'deleted'

export const groupTransitions = {
  Empty: { 'membership-changed': 'PreparingRebalance', deleted: 'Dead' },
  PreparingRebalance: { 'all-joined': 'CompletingRebalance', 'nobody-left': 'Empty' },
  CompletingRebalance: {
    'leader-synced': 'Stable',
    'membership-changed': 'PreparingRebalance',
    'nobody-left': 'Empty',
  },
  Stable: { 'membership-changed': 'PreparingRebalance', 'nobody-left': 'Empty' },
  Dead: {},
} as const satisfies Record<GroupState, Partial<Record<GroupTrigger, GroupState>>>

/** An assignor that a member offers, with what it says to it. The broker never looks into the metadata. */
export interface OfferedProtocol {
  readonly name: string
  readonly metadata: Uint8Array
}

export interface GroupMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: readonly OfferedProtocol[]
  assignment: Uint8Array
  /** Request that waits for the rebalance, or null. */
  joinToken: number | null
  /** Request that waits for the leader's assignment, or null. */
  syncToken: number | null
  lastSeenMs: number
}

export interface JoinRequest {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly OfferedProtocol[]
  /** JoinGroup v4 and later: a newcomer gets its id first and joins with it. */
  readonly needsMemberId: boolean
  /** JoinGroup v9 and later: a leader can be told that there is nothing to assign. */
  readonly canSkipAssignment: boolean
}

export type GroupEvent =
  | {
      readonly kind: 'join'
      readonly nowMs: number
      readonly token: number
      readonly request: JoinRequest
      /** Id for a newcomer; random, so it comes from outside. */
      readonly newMemberId: string
    }
  | {
      readonly kind: 'sync'
      readonly nowMs: number
      readonly token: number
      readonly member: MemberClaim
      readonly protocolType: string | null
      readonly protocolName: string | null
      readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[]
    }
  | {
      readonly kind: 'heartbeat'
      readonly nowMs: number
      readonly token: number
      readonly member: MemberClaim
    }
  | {
      readonly kind: 'leave'
      readonly nowMs: number
      readonly memberId: string
      readonly instanceId: string | null
      readonly token: number
    }
  | { readonly kind: 'commit'; readonly nowMs: number; readonly token: number; readonly member: MemberClaim }
  | { readonly kind: 'tick'; readonly nowMs: number }

/** Who a request says that it is. */
export interface MemberClaim {
  readonly memberId: string
  readonly instanceId: string | null
  readonly generation: number
}

export interface JoinReply {
  readonly errorCode: KafkaErrorCode
  readonly generation: number
  readonly protocolType: string | null
  readonly protocol: string | null
  readonly leader: string
  /** The leader gets its members and assigns nothing: what it assigned before still holds. */
  readonly skipAssignment: boolean
  readonly memberId: string
  readonly members: readonly {
    readonly memberId: string
    readonly instanceId: string | null
    readonly metadata: Uint8Array
  }[]
}

export interface SyncReply {
  readonly errorCode: KafkaErrorCode
  readonly protocolType: string | null
  readonly protocol: string | null
  readonly assignment: Uint8Array
}

export type RebalanceReason =
  | 'member-joined'
  | 'member-changed'
  | 'leader-rejoined'
  | 'member-left'
  | 'member-expired'
  | 'sync-timed-out'

export type GroupAction =
  | { readonly kind: 'join-reply'; readonly token: number; readonly reply: JoinReply }
  | { readonly kind: 'sync-reply'; readonly token: number; readonly reply: SyncReply }
  /** Answer to heartbeat, leave and commit: a code is all there is. */
  | { readonly kind: 'code-reply'; readonly token: number; readonly errorCode: KafkaErrorCode }
  /** The membership as it is now has to be durable before the replies that follow are sent. */
  | { readonly kind: 'persist' }
  | { readonly kind: 'rebalance'; readonly reason: RebalanceReason; readonly memberId: string }
  | {
      readonly kind: 'member-removed'
      readonly reason: 'left' | 'expired' | 'did-not-rejoin' | 'did-not-sync'
      readonly memberId: string
    }

export interface GroupSettings {
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly initialRebalanceDelayMs: number
  readonly maxMembers: number
}

export const defaultGroupSettings: GroupSettings = {
  minSessionTimeoutMs: 6_000,
  maxSessionTimeoutMs: 1_800_000,
  initialRebalanceDelayMs: 200,
  maxMembers: 10_000,
}

/** What survives a restart of the broker. */
export interface PersistedGroup {
  readonly groupId: string
  readonly generation: number
  readonly protocolType: string
  readonly protocol: string | null
  readonly leader: string | null
  readonly members: readonly {
    readonly memberId: string
    readonly instanceId: string | null
    readonly clientId: string
    readonly clientHost: string
    readonly sessionTimeoutMs: number
    readonly rebalanceTimeoutMs: number
    readonly protocols: readonly OfferedProtocol[]
    readonly assignment: Uint8Array
  }[]
}

/** The protocol that all members support and most put first; null when they have none in common. */
export function chooseProtocol(members: readonly Pick<GroupMember, 'protocols'>[]): string | null {
  const [first] = members
  if (first === undefined) return null
  const common = first.protocols
    .map((protocol) => protocol.name)
    .filter((name) => members.every((member) => member.protocols.some((p) => p.name === name)))
  const votes = new Map<string, number>(common.map((name) => [name, 0]))
  for (const member of members) {
    const vote = member.protocols.find((protocol) => votes.has(protocol.name))
    if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1)
  }
  let best: string | null = null
  for (const name of common) {
    if (best === null || (votes.get(name) ?? 0) > (votes.get(best) ?? 0)) best = name
  }
  return best
}

export function sameProtocols(a: readonly OfferedProtocol[], b: readonly OfferedProtocol[]): boolean {
  if (a.length !== b.length) return false
  return a.every((protocol, index) => {
    const other = b[index]
    return other !== undefined && protocol.name === other.name && sameBytes(protocol.metadata, other.metadata)
  })
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index])
}
