import type { QueueItem } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import {
  applyQueueEvent,
  emptyQueue,
  inOrder,
  movedOrder,
  queueFromSnap,
  stepTarget,
} from '../../src/stores/queue-state.ts'
import { createQueueStore } from '../../src/stores/queue-store.ts'

const item = (uid: string): QueueItem => ({ item_type: 'plan', name: 'count', item_uid: uid })
const queueOf = (...uids: string[]) =>
  queueFromSnap({ uid: 'q', running: null, items: uids.map(item), estimates: {} })
const uidsOf = (items: readonly QueueItem[]): string => items.map((one) => one.item_uid).join('')
const letters = (text: string): readonly string[] => text.split('')
const set = (text: string): ReadonlySet<string> => new Set(letters(text))

test('a block moves as one and keeps its own order', () => {
  expect(movedOrder(letters('abcdef'), set('eb'), { after_uid: 'c' })?.join('')).toBe('acbedf')
  expect(movedOrder(letters('abcdef'), set('eb'), { before_uid: 'a' })?.join('')).toBe('beacdf')
  expect(movedOrder(letters('abc'), set('a'), { pos_dest: 'back' })?.join('')).toBe('bca')
  expect(movedOrder(letters('abc'), set('c'), { pos_dest: 'front' })?.join('')).toBe('cab')
})

test('a target that is gone cancels the move', () => {
  expect(movedOrder(letters('abc'), set('a'), { after_uid: 'x' })).toBeNull()
  expect(movedOrder(letters('abc'), set('ab'), { after_uid: 'b' })).toBeNull()
})

test('one step passes the neighbour and stops at the ends', () => {
  expect(stepTarget(letters('abcd'), set('bc'), 'up')).toEqual({ before_uid: 'a' })
  expect(stepTarget(letters('abcd'), set('bc'), 'down')).toEqual({ after_uid: 'd' })
  expect(stepTarget(letters('abcd'), set('a'), 'up')).toBeNull()
  expect(stepTarget(letters('abcd'), set('d'), 'down')).toBeNull()
})

test('a scattered selection comes together at its first item before it moves', () => {
  const order = letters('abcd')
  const target = stepTarget(order, set('bd'), 'up')
  expect(target).toEqual({ after_uid: 'a' })
  expect(target === null ? null : movedOrder(order, set('bd'), target)?.join('')).toBe('abdc')
})

test('events of the server change the queue by uid and can be applied twice', () => {
  let queue = queueOf('a', 'b', 'c')
  const move = { op: 'move', uid: 'q2', from: 0, pos: 2, item: item('a') } as const
  queue = applyQueueEvent(applyQueueEvent(queue, move), move)
  expect(uidsOf(queue.items)).toBe('bca')
  queue = applyQueueEvent(queue, {
    op: 'add',
    uid: 'q3',
    pos: 1,
    item: item('x'),
    estimate: { seconds: 5, from: 'points' },
  })
  expect(uidsOf(queue.items)).toBe('bxca')
  expect(queue.estimates['x']).toEqual({ seconds: 5, from: 'points' })
  queue = applyQueueEvent(queue, { op: 'remove', uid: 'q4', pos: 0, item: item('b') })
  expect(uidsOf(queue.items)).toBe('xca')
  expect(applyQueueEvent(queue, { op: 'clear', uid: 'q5' }).items).toEqual([])
})

test('an order that misses new items keeps them at the end', () => {
  expect(uidsOf(inOrder(queueOf('a', 'b', 'c').items, ['c', 'a']))).toBe('cab')
})

test('what others change during a drag is shown after it, and counted meanwhile', () => {
  const queue = createQueueStore()
  queue.applySnap({ uid: 'q', running: null, items: [item('a'), item('b')], estimates: {} })
  queue.hold()
  queue.applyEvent({ op: 'add', uid: 'q2', pos: 0, item: item('x'), estimate: null })
  expect(uidsOf(queue.store.getState().items)).toBe('ab')
  expect(queue.store.getState().heldChanges).toBe(1)
  queue.release()
  expect(uidsOf(queue.store.getState().items)).toBe('xab')
})

test('an own move is shown at once and taken back when it is refused', () => {
  const queue = createQueueStore()
  queue.applySnap({ uid: 'q', running: null, items: [item('a'), item('b')], estimates: {} })
  queue.showOrder(['b', 'a'])
  expect(uidsOf(queue.store.getState().items)).toBe('ba')
  queue.dropOrder()
  expect(uidsOf(queue.store.getState().items)).toBe('ab')
})

test('a queue that was never seen is not loaded', () => {
  expect(emptyQueue.isLoaded).toBe(false)
})
