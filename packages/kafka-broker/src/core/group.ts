import { type KafkaErrorCode, kafkaError } from './error-codes.ts'
import { answerWaiting, joinRefused, noBytes, rejoinPlease, syncRefused } from './group-replies.ts'
import { GroupRoster } from './group-roster.ts'
import {
  chooseProtocol,
  type GroupAction,
  type GroupEvent,
  type GroupMember,
  type GroupSettings,
  type GroupState,
  type GroupTrigger,
  groupTransitions,
  type MemberClaim,
  type PersistedGroup,
  type RebalanceReason,
  sameProtocols,
} from './group-model.ts'

type JoinEvent = Extract<GroupEvent, { kind: 'join' }>
type SyncEvent = Extract<GroupEvent, { kind: 'sync' }>

/* The classic consumer group protocol, by made-up time: `step` takes an event and returns what to do; `deadlineMs` says
 * when the next tick is due. Source: Kafka's GroupCoordinator; clients that rely on a detail are named beside it. */
export class Group {
  readonly groupId: string
  readonly #settings: GroupSettings
  readonly #roster = new GroupRoster()
  /** Ids given out with MEMBER_ID_REQUIRED, by the time when they are forgotten. They never hold up a rebalance. */
  readonly #pending = new Map<string, number>()
  #state: GroupState = 'Empty'
  /** In PreparingRebalance: who has not joined by then is removed. In CompletingRebalance: who has not synced. */
  #phaseDeadlineMs = 0
  /** First rebalance of an empty group: not before this. */
  #notBeforeMs = 0

  constructor(groupId: string, settings: GroupSettings) {
    this.groupId = groupId
    this.#settings = settings
  }

  get state(): GroupState {
    return this.#state
  }

  get generation(): number {
    return this.#roster.generation
  }

  get protocolType(): string {
    return this.#roster.protocolType
  }

  get protocol(): string | null {
    return this.#roster.protocol
  }

  get members(): readonly GroupMember[] {
    return this.#roster.all()
  }

  /** Time of the next tick that can change anything, or null. */
  get deadlineMs(): number | null {
    let earliest = this.#roster.sessionDeadlineMs()
    for (const untilMs of this.#pending.values()) earliest = Math.min(earliest, untilMs)
    if (this.#state === 'PreparingRebalance') {
      const opens = this.#roster.everyoneJoined() ? this.#notBeforeMs : this.#phaseDeadlineMs
      earliest = Math.min(earliest, opens)
    }
    if (this.#state === 'CompletingRebalance') earliest = Math.min(earliest, this.#phaseDeadlineMs)
    return earliest === Number.POSITIVE_INFINITY ? null : earliest
  }

  step(event: GroupEvent): readonly GroupAction[] {
    switch (event.kind) {
      case 'join':
        return this.#join(event)
      case 'sync':
        return this.#sync(event)
      case 'heartbeat':
        return [
          { kind: 'code-reply', token: event.token, errorCode: this.#heartbeat(event.member, event.nowMs) },
        ]
      case 'commit':
        return [
          { kind: 'code-reply', token: event.token, errorCode: this.#commit(event.member, event.nowMs) },
        ]
      case 'leave':
        return this.#leave(event)
      case 'tick':
        return this.#tick(event.nowMs)
    }
  }

  /** Legal in Empty only. */
  delete(): void {
    this.#move('deleted')
  }

  persisted(): PersistedGroup {
    return { groupId: this.groupId, ...this.#roster.persisted() }
  }

  /** After a restart members go on with their ids and generation; their session timers start anew. */
  restore(from: PersistedGroup, nowMs: number): void {
    this.#roster.restore(from, nowMs)
    this.#state = this.#roster.size > 0 ? 'Stable' : 'Empty'
  }

  #move(trigger: GroupTrigger): void {
    const next: GroupState | undefined = (
      groupTransitions[this.#state] as Partial<Record<GroupTrigger, GroupState>>
    )[trigger]
    if (next === undefined) throw new Error(`group ${this.groupId}: ${trigger} in state ${this.#state}`)
    this.#state = next
  }

  // ---- joining

  #join(event: JoinEvent): readonly GroupAction[] {
    const { request, token } = event
    const refusal = this.#roster.joinRefusal(request, {
      settings: this.#settings,
      isEmpty: this.#state === 'Empty',
    })
    if (refusal !== kafkaError.none)
      return [joinRefused(token, { errorCode: refusal, memberId: request.memberId })]
    if (request.memberId === '') return this.#joinNewcomer(event)
    if (this.#pending.delete(request.memberId)) return this.#admit(event, request.memberId)
    const member = this.#roster.get(request.memberId)
    if (member === undefined) {
      const taken = request.instanceId !== null && this.#roster.byInstance(request.instanceId) !== undefined
      const errorCode = taken ? kafkaError.fencedInstanceId : kafkaError.unknownMemberId
      return [joinRefused(token, { errorCode, memberId: request.memberId })]
    }
    return this.#rejoin(event, member)
  }

  #joinNewcomer(event: JoinEvent): readonly GroupAction[] {
    const { request, token, newMemberId, nowMs } = event
    const before = request.instanceId === null ? undefined : this.#roster.byInstance(request.instanceId)
    if (before !== undefined) return this.#takeOver(event, before)
    if (this.#roster.size + this.#pending.size >= this.#settings.maxMembers) {
      return [joinRefused(token, { errorCode: kafkaError.groupMaxSizeReached, memberId: '' })]
    }
    if (request.needsMemberId && request.instanceId === null) {
      this.#pending.set(newMemberId, nowMs + request.sessionTimeoutMs)
      return [joinRefused(token, { errorCode: kafkaError.memberIdRequired, memberId: newMemberId })]
    }
    return this.#admit(event, newMemberId)
  }

  #admit(event: JoinEvent, memberId: string): readonly GroupAction[] {
    const { request, nowMs, token } = event
    const { instanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocols } = request
    const fixed = { memberId, instanceId, clientId, clientHost, assignment: noBytes }
    const timing = { sessionTimeoutMs, rebalanceTimeoutMs, lastSeenMs: nowMs }
    this.#roster.add({ ...fixed, ...timing, protocols, joinToken: token, syncToken: null })
    this.#roster.protocolType = request.protocolType
    return this.#rebalance({ reason: 'member-joined', memberId, nowMs })
  }

  /** A restarted static member: new id, the old one is fenced; without a rebalance when the group is stable and it asks for the same. */
  #takeOver(event: JoinEvent, before: GroupMember): readonly GroupAction[] {
    const { request, newMemberId, nowMs, token } = event
    this.#roster.delete(before.memberId)
    const actions = answerWaiting(before, kafkaError.fencedInstanceId)
    const isUnchanged = sameProtocols(before.protocols, request.protocols)
    const { sessionTimeoutMs, rebalanceTimeoutMs, protocols } = request
    const timing = { sessionTimeoutMs, rebalanceTimeoutMs, lastSeenMs: nowMs }
    const member: GroupMember = {
      ...before,
      ...timing,
      memberId: newMemberId,
      protocols,
      joinToken: token,
      syncToken: null,
    }
    this.#roster.add(member)
    const formerLeader = this.#roster.leader ?? ''
    if (formerLeader === before.memberId) this.#roster.leader = newMemberId
    if (this.#state === 'Stable' && isUnchanged) {
      const answer = this.#roster.takeOverAnswer(member, formerLeader, request.canSkipAssignment)
      return [...actions, { kind: 'persist' }, answer]
    }
    return [...actions, ...this.#rebalance({ reason: 'member-changed', memberId: newMemberId, nowMs })]
  }

  #rejoin(event: JoinEvent, member: GroupMember): readonly GroupAction[] {
    const { request, nowMs, token } = event
    if (request.instanceId !== null && member.instanceId !== request.instanceId) {
      return [joinRefused(token, { errorCode: kafkaError.fencedInstanceId, memberId: request.memberId })]
    }
    const actions = rejoinPlease(member)
    const isUnchanged = sameProtocols(member.protocols, request.protocols)
    member.protocols = request.protocols
    member.sessionTimeoutMs = request.sessionTimeoutMs
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
    member.lastSeenMs = nowMs
    member.joinToken = token
    const isLeader = member.memberId === this.#roster.leader
    if (isUnchanged && (this.#state === 'CompletingRebalance' || (this.#state === 'Stable' && !isLeader))) {
      return [...actions, this.#roster.joinAnswer(member, this.#state !== 'Stable')]
    }
    const reason = isUnchanged && isLeader ? 'leader-rejoined' : 'member-changed'
    return [...actions, ...this.#rebalance({ reason, memberId: member.memberId, nowMs })]
  }

  // ---- rebalancing

  #rebalance(why: { reason: RebalanceReason; memberId: string; nowMs: number }): readonly GroupAction[] {
    const { reason, memberId, nowMs } = why
    const actions: GroupAction[] = []
    if (this.#state === 'PreparingRebalance') {
      if (nowMs < this.#notBeforeMs && reason === 'member-joined') this.#delayFirst(nowMs)
    } else {
      for (const member of this.#roster.all()) {
        member.assignment = noBytes
        if (member.syncToken !== null)
          actions.push(syncRefused(member.syncToken, kafkaError.rebalanceInProgress))
        member.syncToken = null
      }
      this.#phaseDeadlineMs = nowMs + this.#roster.longestRebalanceMs()
      this.#notBeforeMs = nowMs
      if (this.#state === 'Empty') this.#delayFirst(nowMs)
      this.#move('membership-changed')
      actions.push({ kind: 'rebalance', reason, memberId })
    }
    return [...actions, ...this.#completeJoin(nowMs)]
  }

  #delayFirst(nowMs: number): void {
    this.#phaseDeadlineMs = Math.max(this.#phaseDeadlineMs, nowMs + this.#roster.longestRebalanceMs())
    this.#notBeforeMs = Math.min(nowMs + this.#settings.initialRebalanceDelayMs, this.#phaseDeadlineMs)
  }

  /** Ends the joining phase when everyone is there or the time is over. */
  #completeJoin(nowMs: number): readonly GroupAction[] {
    const isOver = nowMs >= this.#phaseDeadlineMs
    if (
      this.#state !== 'PreparingRebalance' ||
      nowMs < this.#notBeforeMs ||
      !(isOver || this.#roster.everyoneJoined())
    )
      return []
    const actions: GroupAction[] = []
    for (const member of this.#roster.all()) {
      // A static member keeps its place until its session ends (Kafka KIP-345).
      if (member.joinToken !== null || member.instanceId !== null) continue
      this.#roster.delete(member.memberId)
      actions.push({ kind: 'member-removed', reason: 'did-not-rejoin', memberId: member.memberId })
    }
    this.#roster.generation++
    const joined = this.members.filter((member) => member.joinToken !== null)
    const [first] = joined
    if (first === undefined) return [...actions, ...this.#becomeEmpty()]
    if (this.#roster.leader === null || !joined.some((member) => member.memberId === this.#roster.leader))
      this.#roster.leader = first.memberId
    this.#roster.protocol = chooseProtocol(this.members)
    this.#phaseDeadlineMs = nowMs + this.#roster.longestRebalanceMs()
    this.#move('all-joined')
    for (const member of joined) {
      member.lastSeenMs = nowMs
      actions.push(this.#roster.joinAnswer(member, true))
    }
    return actions
  }

  #becomeEmpty(): readonly GroupAction[] {
    this.#move('nobody-left')
    this.#roster.clear()
    this.#roster.leader = null
    this.#roster.protocol = null
    return [{ kind: 'persist' }]
  }

  // ---- the rest of a member's life

  #sync(event: SyncEvent): readonly GroupAction[] {
    const { token, member: claim, nowMs } = event
    const refuse = (errorCode: KafkaErrorCode): readonly GroupAction[] => [syncRefused(token, errorCode)]
    const claimError = this.#roster.claimError(claim)
    if (claimError !== kafkaError.none) return refuse(claimError)
    if (this.#state === 'PreparingRebalance') return refuse(kafkaError.rebalanceInProgress)
    const isTypeOther = event.protocolType !== null && event.protocolType !== this.#roster.protocolType
    if (isTypeOther || (event.protocolName !== null && event.protocolName !== this.#roster.protocol)) {
      return refuse(kafkaError.inconsistentGroupProtocol)
    }
    const member = this.#roster.get(claim.memberId)
    if (member === undefined) return refuse(kafkaError.unknownMemberId)
    member.lastSeenMs = nowMs
    const actions: GroupAction[] =
      member.syncToken === null ? [] : [syncRefused(member.syncToken, kafkaError.rebalanceInProgress)]
    member.syncToken = token
    if (this.#state === 'Stable') return [...actions, this.#roster.syncAnswer(member)]
    if (claim.memberId !== this.#roster.leader) return actions
    for (const { memberId, assignment } of event.assignments) {
      const assigned = this.#roster.get(memberId)
      if (assigned !== undefined) assigned.assignment = assignment
    }
    this.#move('leader-synced')
    actions.push({ kind: 'persist' })
    for (const waiting of this.#roster.all()) {
      waiting.lastSeenMs = nowMs
      if (waiting.syncToken !== null) actions.push(this.#roster.syncAnswer(waiting))
    }
    return actions
  }

  #heartbeat(claim: MemberClaim, nowMs: number): KafkaErrorCode {
    const claimError = this.#roster.claimError(claim)
    if (claimError !== kafkaError.none) return claimError
    this.#roster.touch(claim.memberId, nowMs)
    return this.#state === 'PreparingRebalance' ? kafkaError.rebalanceInProgress : kafkaError.none
  }

  /** Whether a member, or a consumer that only stores offsets here, may commit. */
  #commit(claim: MemberClaim, nowMs: number): KafkaErrorCode {
    if (claim.generation < 0 && claim.memberId === '') {
      return this.#roster.size === 0 ? kafkaError.none : kafkaError.unknownMemberId
    }
    if (this.#state === 'Empty') return kafkaError.illegalGeneration
    const claimError = this.#roster.claimError(claim)
    if (claimError !== kafkaError.none) return claimError
    if (this.#state === 'CompletingRebalance') return kafkaError.rebalanceInProgress
    this.#roster.touch(claim.memberId, nowMs)
    return kafkaError.none
  }

  #leave(event: Extract<GroupEvent, { kind: 'leave' }>): readonly GroupAction[] {
    const { token, nowMs } = event
    const named =
      event.memberId === '' && event.instanceId !== null
        ? this.#roster.byInstance(event.instanceId)
        : undefined
    const memberId = named?.memberId ?? event.memberId
    const reply = (errorCode: KafkaErrorCode): GroupAction => ({ kind: 'code-reply', token, errorCode })
    if (this.#pending.delete(memberId)) return [reply(kafkaError.none)]
    const member = this.#roster.get(memberId)
    if (member === undefined) return [reply(kafkaError.unknownMemberId)]
    if (event.instanceId !== null && member.instanceId !== event.instanceId)
      return [reply(kafkaError.fencedInstanceId)]
    return [...this.#remove(member, { reason: 'left', nowMs }), reply(kafkaError.none)]
  }

  #remove(
    member: GroupMember,
    why: { reason: 'left' | 'expired' | 'did-not-sync'; nowMs: number },
  ): readonly GroupAction[] {
    const { memberId } = member
    this.#roster.delete(memberId)
    const actions: GroupAction[] = [
      ...answerWaiting(member, kafkaError.unknownMemberId),
      { kind: 'member-removed', reason: why.reason, memberId },
    ]
    if (this.#roster.size === 0) {
      this.#roster.generation++
      return [...actions, ...this.#becomeEmpty()]
    }
    return [
      ...actions,
      ...this.#rebalance({ reason: rebalanceReasons[why.reason], memberId, nowMs: why.nowMs }),
    ]
  }

  #tick(nowMs: number): readonly GroupAction[] {
    for (const [memberId, untilMs] of this.#pending) if (nowMs >= untilMs) this.#pending.delete(memberId)
    const actions: GroupAction[] = []
    for (const member of this.members) {
      const isWaiting = member.joinToken !== null || member.syncToken !== null
      if (isWaiting || nowMs < member.lastSeenMs + member.sessionTimeoutMs) continue
      actions.push(...this.#remove(member, { reason: 'expired', nowMs }))
    }
    if (this.#state === 'CompletingRebalance' && nowMs >= this.#phaseDeadlineMs) {
      for (const member of this.members) {
        if (member.syncToken === null && member.joinToken === null) {
          actions.push(...this.#remove(member, { reason: 'did-not-sync', nowMs }))
        }
      }
    }
    return [...actions, ...this.#completeJoin(nowMs)]
  }
}

const rebalanceReasons = {
  left: 'member-left',
  expired: 'member-expired',
  'did-not-sync': 'sync-timed-out',
} as const satisfies Record<string, RebalanceReason>
