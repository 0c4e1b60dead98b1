import fc from 'fast-check'
import type { QueueItem } from '@beamtime/queue-client'
import { expect, test } from 'vitest'
import { diffQueue } from '../src/queue/queue-diff.ts'
import type { QueueChange } from '../src/queue/queue-diff.ts'

function item(uid: string, num = 1): QueueItem {
  return { item_type: 'plan', name: 'count', item_uid: uid, kwargs: { num } }
}
const items = (text: string): QueueItem[] => text.split('').map((uid) => item(uid))

/** What a client does with the steps. */
function apply(before: readonly QueueItem[], changes: readonly QueueChange[]): QueueItem[] {
  const list = [...before]
  for (const change of changes) {
    switch (change.op) {
      case 'remove':
        list.splice(change.pos, 1)
        break
      case 'add':
        list.splice(change.pos, 0, change.item)
        break
      case 'update':
        list[change.pos] = change.item
        break
      case 'move':
        list.splice(change.from, 1)
        list.splice(change.pos, 0, change.item)
    }
  }
  return list
}

test('one added, removed, changed or moved item is one step', () => {
  expect(diffQueue(items('abc'), items('abxc'), 10)).toEqual([{ op: 'add', pos: 2, item: item('x') }])
  expect(diffQueue(items('abc'), items('ac'), 10)).toEqual([{ op: 'remove', pos: 1, item: item('b') }])
  expect(diffQueue(items('ab'), [item('a'), item('b', 7)], 10)).toEqual([
    { op: 'update', pos: 1, item: item('b', 7) },
  ])
  expect(diffQueue(items('abcde'), items('bcdea'), 10)).toEqual([
    { op: 'move', from: 0, pos: 4, item: item('a') },
  ])
  expect(diffQueue(items('abcde'), items('eabcd'), 10)).toEqual([
    { op: 'move', from: 4, pos: 0, item: item('e') },
  ])
  expect(diffQueue(items('abc'), items('abc'), 10)).toEqual([])
})

test('the steps of any change lead to the new list', () => {
  const list = fc.uniqueArray(
    fc.record({ uid: fc.constantFrom(...'abcdefghijkl'.split('')), num: fc.integer({ min: 1, max: 2 }) }),
    {
      selector: (one) => one.uid,
    },
  )
  fc.assert(
    fc.property(list, list, (a, b) => {
      const before = a.map((one) => item(one.uid, one.num))
      const after = b.map((one) => item(one.uid, one.num))
      expect(apply(before, diffQueue(before, after, 1_000) ?? [])).toEqual(after)
    }),
  )
})

test('too many changes are told as none, so that a snap is sent', () => {
  expect(diffQueue([], items('abcdefgh'), 5)).toBeNull()
})
