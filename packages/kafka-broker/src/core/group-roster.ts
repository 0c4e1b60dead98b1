import { type KafkaErrorCode, kafkaError } from './error-codes.ts'
import { noBytes } from './group-replies.ts'
import {
  chooseProtocol,
  type GroupAction,
  type GroupMember,
  type GroupSettings,
  type JoinReply,
  type JoinRequest,
  type MemberClaim,
  type PersistedGroup,
} from './group-model.ts'

/** The members of one group, in the order in which they came, and what they agreed on last. */
export class GroupRoster {
  readonly #byId = new Map<string, GroupMember>()
  generation = 0
  protocolType = ''
  protocol: string | null = null
  leader: string | null = null

  get size(): number {
    return this.#byId.size
  }

  get(memberId: string): GroupMember | undefined {
    return this.#byId.get(memberId)
  }

  all(): readonly GroupMember[] {
    return [...this.#byId.values()]
  }

  add(member: GroupMember): void {
    this.#byId.set(member.memberId, member)
  }

  delete(memberId: string): void {
    this.#byId.delete(memberId)
  }

  clear(): void {
    this.#byId.clear()
  }

  /** The holder of a static membership. */
  byInstance(instanceId: string): GroupMember | undefined {
    for (const member of this.#byId.values()) if (member.instanceId === instanceId) return member
    return undefined
  }

  everyoneJoined(): boolean {
    for (const member of this.#byId.values()) if (member.joinToken === null) return false
    return true
  }

  longestRebalanceMs(): number {
    let longest = 0
    for (const member of this.#byId.values()) longest = Math.max(longest, member.rebalanceTimeoutMs)
    return longest
  }

  /** When the first session ends, or Infinity. A member that waits for an answer does not expire. */
  sessionDeadlineMs(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const { joinToken, syncToken, lastSeenMs, sessionTimeoutMs } of this.#byId.values()) {
      if (joinToken === null && syncToken === null)
        earliest = Math.min(earliest, lastSeenMs + sessionTimeoutMs)
    }
    return earliest
  }

  /** Whether someone is who they say, in the generation at hand. */
  claimError(claim: MemberClaim): KafkaErrorCode {
    if (claim.instanceId !== null) {
      const holder = this.byInstance(claim.instanceId)
      if (holder === undefined) return kafkaError.unknownMemberId
      if (holder.memberId !== claim.memberId) return kafkaError.fencedInstanceId
    }
    if (!this.#byId.has(claim.memberId)) return kafkaError.unknownMemberId
    return claim.generation === this.generation ? kafkaError.none : kafkaError.illegalGeneration
  }

  /** A sign of life. */
  touch(memberId: string, nowMs: number): void {
    const member = this.#byId.get(memberId)
    if (member !== undefined) member.lastSeenMs = nowMs
  }

  /** Why a request to join cannot be met by anyone's waiting, or none. */
  joinRefusal(request: JoinRequest, group: { settings: GroupSettings; isEmpty: boolean }): KafkaErrorCode {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = group.settings
    if (request.sessionTimeoutMs < minSessionTimeoutMs || request.sessionTimeoutMs > maxSessionTimeoutMs) {
      return kafkaError.invalidSessionTimeout
    }
    if (request.protocolType === '' || request.protocols.length === 0)
      return kafkaError.inconsistentGroupProtocol
    if (group.isEmpty) return kafkaError.none
    const others = this.all().filter((member) => member.memberId !== request.memberId)
    const isCommon =
      request.protocolType === this.protocolType && chooseProtocol([request, ...others]) !== null
    return isCommon ? kafkaError.none : kafkaError.inconsistentGroupProtocol
  }

  /** Answers a waiting join. The leader of a rebalance sees all members, everyone else none. */
  joinAnswer(member: GroupMember, isRebalance: boolean): GroupAction {
    const seesMembers = isRebalance && member.memberId === this.leader
    return this.#joinReply(member, { leader: this.leader ?? '', seesMembers, skipAssignment: false })
  }

  /**
   * Answers a restarted static member of a stable group. Were it told that it leads, and see nobody, it would assign
   * nothing to nobody: so a new client that leads sees all members and skips the assignment, and an older one is told
   * the leader's former id, which is nobody's (Kafka KIP-345 and KIP-814).
   */
  takeOverAnswer(member: GroupMember, formerLeader: string, canSkipAssignment: boolean): GroupAction {
    const leads = canSkipAssignment && member.memberId === this.leader
    const leader = canSkipAssignment ? (this.leader ?? '') : formerLeader
    return this.#joinReply(member, { leader, seesMembers: leads, skipAssignment: leads })
  }

  #joinReply(
    member: GroupMember,
    told: { leader: string; seesMembers: boolean; skipAssignment: boolean },
  ): GroupAction {
    const { leader, seesMembers, skipAssignment } = told
    const token = member.joinToken ?? -1
    member.joinToken = null
    const reply: JoinReply = {
      errorCode: kafkaError.none,
      generation: this.generation,
      protocolType: this.protocolType,
      protocol: this.protocol,
      leader,
      skipAssignment,
      memberId: member.memberId,
      members: seesMembers ? this.all().map((one) => this.#offer(one)) : [],
    }
    return { kind: 'join-reply', token, reply }
  }

  #offer({ memberId, instanceId, protocols }: GroupMember): JoinReply['members'][number] {
    const chosen = protocols.find((protocol) => protocol.name === this.protocol)
    return { memberId, instanceId, metadata: chosen?.metadata ?? noBytes }
  }

  /** Answers a waiting sync with what the leader assigned. */
  syncAnswer(member: GroupMember): GroupAction {
    const token = member.syncToken ?? -1
    member.syncToken = null
    const { protocolType, protocol } = this
    const reply = { errorCode: kafkaError.none, protocolType, protocol, assignment: member.assignment }
    return { kind: 'sync-reply', token, reply }
  }

  persisted(): Omit<PersistedGroup, 'groupId'> {
    const { generation, protocolType, protocol, leader } = this
    const members = this.all().map(
      ({ joinToken: _join, syncToken: _sync, lastSeenMs: _seen, ...member }) => member,
    )
    return { generation, protocolType, protocol, leader, members }
  }

  restore(from: PersistedGroup, nowMs: number): void {
    this.generation = from.generation
    this.protocolType = from.protocolType
    this.protocol = from.protocol
    this.leader = from.leader
    this.clear()
    for (const member of from.members) {
      this.add({ ...member, joinToken: null, syncToken: null, lastSeenMs: nowMs })
    }
  }
}
