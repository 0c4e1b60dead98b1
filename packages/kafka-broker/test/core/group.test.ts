import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kafkaError } from '../../src/core/error-codes.ts'
import { Group } from '../../src/core/group.ts'
import {
  defaultGroupSettings,
  type GroupAction,
  type GroupEvent,
  type JoinReply,
  type SyncReply,
} from '../../src/core/group-model.ts'

const settings = { ...defaultGroupSettings, initialRebalanceDelayMs: 200 }
const metadata = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A group with a clock of its own. */
class Bench {
  readonly group = new Group('g', settings)
  nowMs = 0
  #token = 0

  join(
    memberId: string,
    options: {
      instanceId?: string
      protocols?: string[]
      says?: string
      needsMemberId?: boolean
      canSkipAssignment?: boolean
      sessionTimeoutMs?: number
    } = {},
  ): { token: number; actions: readonly GroupAction[] } {
    const token = ++this.#token
    const {
      instanceId = null,
      protocols = ['range'],
      says = '',
      needsMemberId = false,
      canSkipAssignment = true,
      sessionTimeoutMs = 6_000,
    } = options
    const request = {
      memberId,
      instanceId,
      clientId: 'c',
      clientHost: '/h',
      sessionTimeoutMs,
      rebalanceTimeoutMs: 10_000,
      protocolType: 'consumer',
      protocols: protocols.map((name) => ({ name, metadata: metadata(says) })),
      needsMemberId,
      canSkipAssignment,
    }
    const event: GroupEvent = { kind: 'join', nowMs: this.nowMs, token, request, newMemberId: `m${token}` }
    return { token, actions: this.group.step(event) }
  }

  sync(
    memberId: string,
    generation: number,
    assignments: Record<string, string> = {},
  ): { token: number; actions: readonly GroupAction[] } {
    const token = ++this.#token
    const actions = this.group.step({
      kind: 'sync',
      nowMs: this.nowMs,
      token,
      member: { memberId, instanceId: null, generation },
      protocolType: null,
      protocolName: null,
      assignments: Object.entries(assignments).map(([id, text]) => ({
        memberId: id,
        assignment: metadata(text),
      })),
    })
    return { token, actions }
  }

  heartbeat(memberId: string, generation = this.group.generation): number {
    const member = { memberId, instanceId: null, generation }
    return code(this.group.step({ kind: 'heartbeat', nowMs: this.nowMs, token: ++this.#token, member }))
  }

  commit(memberId: string, generation: number): number {
    const member = { memberId, instanceId: null, generation }
    return code(this.group.step({ kind: 'commit', nowMs: this.nowMs, token: ++this.#token, member }))
  }

  leave(memberId: string): readonly GroupAction[] {
    return this.group.step({
      kind: 'leave',
      nowMs: this.nowMs,
      token: ++this.#token,
      memberId,
      instanceId: null,
    })
  }

  at(nowMs: number): readonly GroupAction[] {
    this.nowMs = nowMs
    return this.group.step({ kind: 'tick', nowMs })
  }
}

function code(actions: readonly GroupAction[]): number {
  const reply = actions.find((action) => action.kind === 'code-reply')
  return reply?.kind === 'code-reply' ? reply.errorCode : -99
}

function joinReply(actions: readonly GroupAction[], token?: number): JoinReply {
  for (const action of actions)
    if (action.kind === 'join-reply' && (token === undefined || action.token === token)) return action.reply
  throw new Error('no answer to the join')
}

function syncReply(actions: readonly GroupAction[], token?: number): SyncReply {
  for (const action of actions)
    if (action.kind === 'sync-reply' && (token === undefined || action.token === token)) return action.reply
  throw new Error('no answer to the sync')
}

/** A stable group; members are m1, m2, ... and m1 leads. */
function stableGroup(count = 2): Bench {
  const bench = new Bench()
  const ids = Array.from({ length: count }, (_, i) => `m${i + 1}`)
  for (let i = 0; i < count; i++) bench.join('')
  bench.at(1_000)
  for (const id of ids.slice(1)) bench.sync(id, 1)
  bench.sync('m1', 1, Object.fromEntries(ids.map((id) => [id, `for ${id}`])))
  return bench
}

test('the first rebalance of an empty group waits for more members', () => {
  const bench = new Bench()
  expect(bench.join('').actions).toEqual([{ kind: 'rebalance', reason: 'member-joined', memberId: 'm1' }])
  expect(bench.group.deadlineMs).toBe(200)
  bench.nowMs = 150
  bench.join('')
  expect(bench.at(200)).toEqual([])
  const actions = bench.at(350)
  expect(actions.filter((action) => action.kind === 'join-reply')).toHaveLength(2)
  expect(joinReply(actions, 1)).toMatchObject({ generation: 1, leader: 'm1', protocol: 'range' })
  expect(joinReply(actions, 1).members.map((member) => member.memberId)).toEqual(['m1', 'm2'])
  expect(joinReply(actions, 2).members).toEqual([])
})

test('a newcomer of JoinGroup 4 gets its id first, and an id that is not used holds nobody up', () => {
  const bench = new Bench()
  expect(joinReply(bench.join('', { needsMemberId: true }).actions)).toMatchObject({
    errorCode: kafkaError.memberIdRequired,
    memberId: 'm1',
  })
  bench.join('', { needsMemberId: true })
  bench.join('m1', { needsMemberId: true })
  expect(joinReply(bench.at(1_000))).toMatchObject({ errorCode: 0, memberId: 'm1' })
})

test('an unknown member id is refused', () => {
  expect(joinReply(stableGroup().join('stranger').actions).errorCode).toBe(kafkaError.unknownMemberId)
})

test('sync answers wait for the leader and become durable before they are sent', () => {
  const bench = new Bench()
  bench.join('')
  bench.join('')
  bench.at(500)
  const follower = bench.sync('m2', 1)
  expect(follower.actions).toEqual([])
  const leader = bench.sync('m1', 1, { m1: 'a', m2: 'b' })
  expect(leader.actions[0]).toEqual({ kind: 'persist' })
  expect(new TextDecoder().decode(syncReply(leader.actions, follower.token).assignment)).toBe('b')
  expect(bench.group.state).toBe('Stable')
})

test('a member that misses its heartbeats is removed and the group rebalances', () => {
  const bench = stableGroup()
  bench.nowMs = 5_000
  expect(bench.heartbeat('m1')).toBe(0)
  const actions = bench.at(7_001)
  expect(actions).toContainEqual({ kind: 'rebalance', reason: 'member-expired', memberId: 'm2' })
  expect(bench.heartbeat('m1')).toBe(kafkaError.rebalanceInProgress)
  const rejoined = joinReply(bench.join('m1').actions)
  expect(rejoined).toMatchObject({ generation: 2, leader: 'm1' })
  expect(rejoined.members).toHaveLength(1)
})

test('a rebalance waits for all members at most their rebalance timeout', () => {
  const bench = stableGroup()
  bench.join('')
  bench.join('m1')
  for (let nowMs = 2_000; nowMs <= 10_000; nowMs += 1_000) {
    bench.nowMs = nowMs
    bench.heartbeat('m2')
    bench.at(nowMs)
  }
  expect(bench.group.state).toBe('PreparingRebalance')
  const actions = bench.at(11_000)
  expect(actions).toContainEqual({ kind: 'member-removed', reason: 'did-not-rejoin', memberId: 'm2' })
  expect(bench.group.generation).toBe(2)
})

test('a follower that joins again unchanged gets the current generation, without a rebalance', () => {
  const bench = stableGroup()
  expect(joinReply(bench.join('m2').actions)).toMatchObject({ errorCode: 0, generation: 1 })
  expect(bench.group.state).toBe('Stable')
})

test('the leader joining again starts a rebalance, since that is how it asks for one', () => {
  const bench = stableGroup()
  expect(bench.join('m1').actions).toContainEqual({
    kind: 'rebalance',
    reason: 'leader-rejoined',
    memberId: 'm1',
  })
})

test('a changed subscription starts a rebalance', () => {
  const bench = stableGroup()
  expect(bench.join('m2', { says: 'other topics' }).actions).toContainEqual({
    kind: 'rebalance',
    reason: 'member-changed',
    memberId: 'm2',
  })
})

test('members without a common protocol cannot be in one group', () => {
  expect(joinReply(stableGroup().join('', { protocols: ['sticky'] }).actions).errorCode).toBe(
    kafkaError.inconsistentGroupProtocol,
  )
})

test('the protocol that all support and most prefer is chosen', () => {
  const bench = new Bench()
  bench.join('', { protocols: ['range', 'sticky'] })
  bench.join('', { protocols: ['sticky', 'range'] })
  bench.join('', { protocols: ['other', 'sticky', 'range'] })
  expect(joinReply(bench.at(1_000)).protocol).toBe('sticky')
})

test('a session timeout out of bounds is refused', () => {
  expect(joinReply(new Bench().join('', { sessionTimeoutMs: 10 }).actions).errorCode).toBe(
    kafkaError.invalidSessionTimeout,
  )
})

test('the last member to leave empties the group and raises the generation', () => {
  const bench = stableGroup(1)
  expect(bench.leave('m1')).toContainEqual({ kind: 'persist' })
  expect([bench.group.state, bench.group.generation]).toEqual(['Empty', 2])
})

test('leaving answers the requests of the member that wait', () => {
  const bench = new Bench()
  const { token } = bench.join('')
  expect(joinReply(bench.leave('m1'), token).errorCode).toBe(kafkaError.unknownMemberId)
})

test('commits are checked against generation and state', () => {
  const bench = stableGroup()
  expect(bench.commit('m1', 1)).toBe(0)
  expect(bench.commit('m1', 7)).toBe(kafkaError.illegalGeneration)
  expect(bench.commit('stranger', 1)).toBe(kafkaError.unknownMemberId)
  expect(bench.commit('', -1)).toBe(kafkaError.unknownMemberId)
  expect(new Bench().commit('', -1)).toBe(0)
})

test('while the leader has not assigned yet, commits have to wait', () => {
  const bench = new Bench()
  bench.join('')
  bench.at(500)
  expect(bench.commit('m1', 1)).toBe(kafkaError.rebalanceInProgress)
})

test('members that do not sync in time are removed', () => {
  const bench = new Bench()
  bench.join('', { sessionTimeoutMs: 60_000 })
  bench.join('', { sessionTimeoutMs: 60_000 })
  bench.at(500)
  bench.sync('m2', 1)
  expect(bench.at(10_500)).toContainEqual({ kind: 'member-removed', reason: 'did-not-sync', memberId: 'm1' })
})

test('a restarted static member takes its place over without a rebalance, and the old one is fenced', () => {
  const bench = new Bench()
  bench.join('', { instanceId: 'i1' })
  bench.at(500)
  bench.sync('m1', 1, { m1: 'all' })
  const { actions } = bench.join('', { instanceId: 'i1' })
  const reply = joinReply(actions)
  expect(reply).toMatchObject({ errorCode: 0, generation: 1, memberId: 'm3' })
  expect(bench.group.state).toBe('Stable')
  const old = { memberId: 'm1', instanceId: 'i1', generation: 1 }
  expect(code(bench.group.step({ kind: 'heartbeat', nowMs: 600, token: 9, member: old }))).toBe(
    kafkaError.fencedInstanceId,
  )
})

test('a restarted static leader sees all members and skips the assignment, and an older client is not told that it leads', () => {
  for (const canSkipAssignment of [true, false]) {
    const bench = new Bench()
    bench.join('', { instanceId: 'i1', says: 'topics' })
    bench.at(500)
    bench.sync('m1', 1, { m1: 'all' })
    const reply = joinReply(bench.join('', { instanceId: 'i1', says: 'topics', canSkipAssignment }).actions)
    expect(reply.skipAssignment).toBe(canSkipAssignment)
    expect(reply.leader).toBe(canSkipAssignment ? 'm3' : 'm1')
    expect(reply.members.map(({ memberId }) => memberId)).toEqual(canSkipAssignment ? ['m3'] : [])
    expect(syncReply(bench.sync('m3', 1).actions).assignment).toEqual(metadata('all'))
  }
})

test('a client that asks again on a new connection gets an answer to its first question too', () => {
  const bench = stableGroup()
  const first = bench.join('m1')
  const second = bench.join('m1')
  expect(joinReply(second.actions, first.token).errorCode).toBe(kafkaError.rebalanceInProgress)
})

test('after a restart of the broker members go on with their ids and generation', () => {
  const before = stableGroup()
  const after = new Bench()
  after.group.restore(before.group.persisted(), 0)
  expect([after.heartbeat('m1'), after.heartbeat('m2'), after.commit('m2', 1)]).toEqual([0, 0, 0])
  expect(after.at(6_001)).toContainEqual({ kind: 'member-removed', reason: 'expired', memberId: 'm1' })
})

const anyEvent = fc.record({
  what: fc.constantFrom('join', 'join-new', 'sync', 'heartbeat', 'leave', 'commit', 'tick'),
  who: fc.integer({ min: 1, max: 6 }),
  afterMs: fc.integer({ min: 0, max: 4_000 }),
})

test('whatever happens, each request is answered at most once and time alone settles the group', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      const bench = new Bench()
      const answered = new Set<number>()
      const note = (actions: readonly GroupAction[]): void => {
        for (const action of actions) {
          if (!('token' in action)) continue
          expect(answered.has(action.token)).toBe(false)
          answered.add(action.token)
        }
      }
      for (const { what, who, afterMs } of events) {
        bench.nowMs += afterMs
        note(bench.at(bench.nowMs))
        const id = `m${who}`
        if (what === 'join') note(bench.join(id).actions)
        else if (what === 'join-new') note(bench.join('').actions)
        else if (what === 'sync') note(bench.sync(id, bench.group.generation, { [id]: 'x' }).actions)
        else if (what === 'heartbeat') bench.heartbeat(id)
        else if (what === 'leave') note(bench.leave(id))
        else if (what === 'commit') bench.commit(id, bench.group.generation)
      }
      for (let ticks = 0; ticks < 200 && bench.group.deadlineMs !== null; ticks++)
        note(bench.at(bench.group.deadlineMs))
      expect(bench.group.state).toBe('Empty')
      expect(bench.group.deadlineMs).toBeNull()
    }),
    { numRuns: 300 },
  )
})
