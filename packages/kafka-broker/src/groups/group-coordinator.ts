import { randomUUID } from 'node:crypto'
import { type KafkaErrorCode, kafkaError } from '../core/error-codes.ts'
import { Group } from '../core/group.ts'
import type {
  GroupAction,
  GroupEvent,
  GroupSettings,
  JoinReply,
  JoinRequest,
  MemberClaim,
  SyncReply,
} from '../core/group-model.ts'
import type { PendingOffset } from '../core/transaction.ts'
import { noBytes } from '../core/group-replies.ts'
import { type CommittedOffset, encodeGroup, GroupJournal, offsetRow, partitionKey } from './group-journal.ts'

/** What a person or a metric wants to know of the groups. */
export type CoordinatorEvent =
  | {
      readonly kind: 'rebalance'
      readonly groupId: string
      readonly reason: string
      readonly memberId: string
    }
  | {
      readonly kind: 'member-removed'
      readonly groupId: string
      readonly reason: string
      readonly memberId: string
    }
  | { readonly kind: 'write-failed'; readonly groupId: string; readonly error: unknown }

export interface CoordinatorOptions {
  readonly directory: string
  readonly settings: GroupSettings
  readonly nowMs: () => number
  readonly onEvent: (event: CoordinatorEvent) => void
}

/** Groups are named by clients, so there is a bound; a group beyond it is refused with GROUP_MAX_SIZE_REACHED. */
const maxGroups = 10_000
/** Offsets of a group without members are kept for seven days, as Kafka does. */
const offsetsRetentionMs = 7 * 86_400_000

type Reply = JoinReply | SyncReply | KafkaErrorCode

/** The shell of the group state machines: their timers, their durable part and the requests that wait for them. */
export class GroupCoordinator {
  readonly #options: CoordinatorOptions
  readonly #journal: GroupJournal
  readonly #groups = new Map<string, Group>()
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #nextToken = 1
  #timer: NodeJS.Timeout | null = null
  #timerMs = Number.POSITIVE_INFINITY
  #closed = false

  private constructor(options: CoordinatorOptions, journal: GroupJournal) {
    this.#options = options
    this.#journal = journal
  }

  static async open(options: CoordinatorOptions): Promise<GroupCoordinator> {
    const coordinator = new GroupCoordinator(options, await GroupJournal.open(options.directory))
    for (const [groupId, stored] of coordinator.#journal.groups()) {
      const group = coordinator.#newGroup(groupId)
      if (stored.membership !== null) group.restore(stored.membership, options.nowMs())
    }
    for (const group of coordinator.#groups.values()) coordinator.#wakeAt(group.deadlineMs)
    return coordinator
  }

  #newGroup(groupId: string): Group {
    const group = new Group(groupId, this.#options.settings)
    this.#groups.set(groupId, group)
    return group
  }

  groups(): Iterable<Group> {
    return this.#groups.values()
  }

  group(groupId: string): Group | undefined {
    return this.#groups.get(groupId)
  }

  offsets(groupId: string): ReadonlyMap<string, CommittedOffset> {
    return this.#journal.groups().get(groupId)?.offsets ?? new Map<string, CommittedOffset>()
  }

  async join(groupId: string, request: JoinRequest): Promise<JoinReply> {
    if (!this.#groups.has(groupId) && request.memberId === '' && this.#groups.size < maxGroups)
      this.#newGroup(groupId)
    const newMemberId = request.memberId === '' ? `${request.clientId}-${randomUUID()}` : ''
    const reply = await this.#ask<JoinReply>(groupId, (token, nowMs) => ({
      kind: 'join',
      token,
      nowMs,
      request,
      newMemberId,
    }))
    if (reply !== null) return reply
    const errorCode = request.memberId === '' ? kafkaError.groupMaxSizeReached : kafkaError.unknownMemberId
    return {
      errorCode,
      generation: -1,
      protocolType: null,
      protocol: null,
      leader: '',
      skipAssignment: false,
      memberId: request.memberId,
      members: [],
    }
  }

  async sync(
    groupId: string,
    event: Omit<Extract<GroupEvent, { kind: 'sync' }>, 'kind' | 'nowMs' | 'token'>,
  ): Promise<SyncReply> {
    const reply = await this.#ask<SyncReply>(groupId, (token, nowMs) => ({
      kind: 'sync',
      token,
      nowMs,
      ...event,
    }))
    const errorCode = kafkaError.unknownMemberId
    return reply ?? { errorCode, protocolType: null, protocol: null, assignment: noBytes }
  }

  async heartbeat(groupId: string, member: MemberClaim): Promise<KafkaErrorCode> {
    const code = await this.#ask<KafkaErrorCode>(groupId, (token, nowMs) => ({
      kind: 'heartbeat',
      token,
      nowMs,
      member,
    }))
    return code ?? kafkaError.unknownMemberId
  }

  async leave(
    groupId: string,
    who: { memberId: string; instanceId: string | null },
  ): Promise<KafkaErrorCode> {
    const code = await this.#ask<KafkaErrorCode>(groupId, (token, nowMs) => ({
      kind: 'leave',
      token,
      nowMs,
      ...who,
    }))
    return code ?? kafkaError.unknownMemberId
  }

  /** Stores offsets for a member, or for a consumer outside of any generation. Written before it resolves. */
  async commit(
    groupId: string,
    member: MemberClaim,
    offsets: readonly {
      readonly topic: string
      readonly partition: number
      readonly committed: CommittedOffset
    }[],
  ): Promise<KafkaErrorCode> {
    if (!this.#groups.has(groupId)) {
      if (member.generation >= 0) return kafkaError.illegalGeneration
      if (this.#groups.size >= maxGroups) return kafkaError.groupMaxSizeReached
      this.#newGroup(groupId)
    }
    const allowed = await this.#ask<KafkaErrorCode>(groupId, (token, nowMs) => ({
      kind: 'commit',
      token,
      nowMs,
      member,
    }))
    if (allowed !== kafkaError.none) return allowed ?? kafkaError.unknownMemberId
    if (offsets.length === 0) return kafkaError.none
    const rows = offsets.map(({ topic, partition, committed }) =>
      offsetRow(partitionKey(topic, partition), committed),
    )
    try {
      await this.#journal.append({ kind: 'offsets', groupId, rows, nowMs: this.#options.nowMs() })
      return kafkaError.none
    } catch (error) {
      this.#options.onEvent({ kind: 'write-failed', groupId, error })
      return kafkaError.coordinatorNotAvailable
    }
  }

  /** Stores offsets whose transaction was committed, whoever is in the group now. */
  async commitPending(groupId: string, pending: readonly PendingOffset[]): Promise<void> {
    if (!this.#groups.has(groupId)) this.#newGroup(groupId)
    const nowMs = this.#options.nowMs()
    const rows = pending.map(([key, offset, leaderEpoch, metadata]) =>
      offsetRow(key, { offset, leaderEpoch, metadata, committedMs: nowMs }),
    )
    await this.#journal.append({ kind: 'offsets', groupId, rows, nowMs })
  }

  async delete(groupId: string): Promise<KafkaErrorCode> {
    const group = this.#groups.get(groupId)
    if (group === undefined) return kafkaError.groupIdNotFound
    if (group.state !== 'Empty') return kafkaError.nonEmptyGroup
    group.delete()
    this.#groups.delete(groupId)
    await this.#journal.append({ kind: 'group-deleted', groupId })
    return kafkaError.none
  }

  async deleteOffsets(
    groupId: string,
    partitions: readonly { topic: string; partition: number }[],
  ): Promise<void> {
    const keys = partitions.map(({ topic, partition }) => partitionKey(topic, partition))
    await this.#journal.append({ kind: 'offsets-deleted', groupId, keys })
  }

  async topicDeleted(topic: string): Promise<void> {
    await this.#journal.append({ kind: 'topic-deleted', topic })
  }

  /** Forgets groups that have had no member and no commit for seven days. */
  async expire(): Promise<void> {
    const nowMs = this.#options.nowMs()
    for (const [groupId, stored] of this.#journal.groups()) {
      const isIdle =
        this.#groups.get(groupId)?.state === 'Empty' && nowMs - stored.touchedMs > offsetsRetentionMs
      if (isIdle) await this.delete(groupId)
    }
    for (const [groupId, group] of this.#groups) {
      // Made by a join that came to nothing.
      if (group.state === 'Empty' && group.deadlineMs === null && !this.#journal.groups().has(groupId))
        this.#groups.delete(groupId)
    }
  }

  /** Feeds an event to a group and waits for its answer; null when there is no such group. */
  #ask<R extends Reply>(
    groupId: string,
    eventOf: (token: number, nowMs: number) => GroupEvent,
  ): Promise<R | null> {
    const group = this.#groups.get(groupId)
    if (group === undefined || this.#closed) return Promise.resolve(null)
    const token = this.#nextToken++
    return new Promise((resolve) => {
      this.#waiting.set(token, resolve as (reply: Reply) => void)
      this.#perform(group, group.step(eventOf(token, this.#options.nowMs())))
      this.#wakeAt(group.deadlineMs)
    })
  }

  #perform(group: Group, actions: readonly GroupAction[]): void {
    let durable: Promise<boolean> | null = null
    for (const action of actions) {
      switch (action.kind) {
        case 'persist':
          durable = this.#persist(group)
          break
        case 'join-reply':
        case 'sync-reply':
          this.#answer(action.token, { reply: action.reply, durable })
          break
        case 'code-reply':
          this.#answer(action.token, { reply: action.errorCode, durable })
          break
        case 'rebalance':
        case 'member-removed':
          this.#options.onEvent({ ...action, groupId: group.groupId })
          break
      }
    }
  }

  async #persist(group: Group): Promise<boolean> {
    try {
      await this.#journal.append({
        kind: 'group',
        group: encodeGroup(group.persisted()),
        nowMs: this.#options.nowMs(),
      })
      return true
    } catch (error) {
      this.#options.onEvent({ kind: 'write-failed', groupId: group.groupId, error })
      return false
    }
  }

  #answer(token: number, answer: { reply: Reply; durable: Promise<boolean> | null }): void {
    const resolve = this.#waiting.get(token)
    this.#waiting.delete(token)
    if (resolve === undefined) return
    if (answer.durable === null) resolve(answer.reply)
    else
      void answer.durable.then((isWritten) => resolve(isWritten ? answer.reply : unavailable(answer.reply)))
  }

  /** One timer for all groups, at the earliest deadline. A deadline that moved away only costs one tick. */
  #wakeAt(deadlineMs: number | null): void {
    if (this.#closed || deadlineMs === null || deadlineMs >= this.#timerMs) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timerMs = deadlineMs
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, deadlineMs - this.#options.nowMs()))
    this.#timer.unref()
  }

  #tick(): void {
    this.#timer = null
    this.#timerMs = Number.POSITIVE_INFINITY
    const nowMs = this.#options.nowMs()
    for (const group of this.#groups.values()) {
      if ((group.deadlineMs ?? Number.POSITIVE_INFINITY) <= nowMs)
        this.#perform(group, group.step({ kind: 'tick', nowMs }))
      this.#wakeAt(group.deadlineMs)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#waiting.clear()
    await this.#journal.close()
  }
}

function unavailable(reply: Reply): Reply {
  return typeof reply === 'number'
    ? kafkaError.coordinatorNotAvailable
    : { ...reply, errorCode: kafkaError.coordinatorNotAvailable }
}
