import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PlanQueue } from '../../src/core/plan-queue.ts'
import { insertionIndex } from '../../src/core/positions.ts'
import { Refusal } from '../../src/core/refusal.ts'
import type { StoreChange } from '../../src/core/store-change.ts'

function queueOf(names: string, running: string | null = null): { queue: PlanQueue; changes: StoreChange[] } {
  const changes: StoreChange[] = []
  const item = (name: string): { item_uid: string; name: string } => ({ item_uid: name, name })
  const queue = new PlanQueue(
    { items: Array.from(names, item), running: running === null ? null : item(running) },
    (change) => changes.push(change),
  )
  return { queue, changes }
}

function order(queue: PlanQueue): string {
  return queue.items.map((item) => item.item_uid).join('')
}

function message(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return ''
}

describe('where new items go in a queue of four', () => {
  test.each([
    ['front', 0],
    ['back', 4],
    [undefined, 4],
    [0, 0],
    [1, 1],
    [3, 3],
    [4, 4],
    [100, 4],
    [-1, 4],
    [-2, 3],
    [-3, 2],
    [-4, 1],
    [-5, 0],
    [-100, 0],
  ])('pos %s gives index %i', (pos, index) => {
    expect(insertionIndex(4, pos)).toBe(index)
  })

  test('a negative position is where the new item stands counted from the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 2, max: 30 }), (size, back) => {
        fc.pre(back <= size)
        const index = insertionIndex(size, -back)
        expect(index - (size + 1)).toBe(-back)
      }),
    )
  })
})

describe('moves', () => {
  test.each([
    [{ pos: 1, pos_dest: 3 }, 'acdb'],
    [{ pos: 3, pos_dest: 1 }, 'adbc'],
    [{ pos: 'front', pos_dest: 'back' }, 'bcda'],
    [{ pos: 'back', pos_dest: 'front' }, 'dabc'],
    [{ uid: 'b', before_uid: 'd' }, 'acbd'],
    [{ uid: 'b', after_uid: 'd' }, 'acdb'],
    [{ uid: 'd', before_uid: 'a' }, 'dabc'],
    [{ uid: 'd', after_uid: 'a' }, 'adbc'],
    [{ pos: -1, pos_dest: 0 }, 'dabc'],
    [{ pos: 2, pos_dest: 2 }, 'abcd'],
    [{ uid: 'a', before_uid: 'a' }, 'abcd'],
  ])('%j of abcd gives %s', (request, expected) => {
    const { queue } = queueOf('abcd')
    queue.move(request)
    expect(order(queue)).toBe(expected)
  })

  test('a move to its own place changes nothing', () => {
    const { queue, changes } = queueOf('abcd')
    expect(queue.move({ pos: 1, pos_dest: 1 }).changed).toBe(false)
    expect(changes).toEqual([])
  })

  test.each([
    [{}, 'Source position or UID is not specified.'],
    [{ pos: 1 }, 'Destination position or UID is not specified.'],
    [{ pos: 1, before_uid: 'a', after_uid: 'b' }, 'Ambiguous parameters: '],
    [{ pos: 1, uid: 'a', pos_dest: 1 }, 'Ambiguous parameters: '],
    [{ pos: 50, pos_dest: 1 }, 'Source plan (position 50) was not found: '],
    [{ uid: 'x', pos_dest: 1 }, "Source plan (UID 'x') was not found: "],
    [{ pos: 1, pos_dest: 50 }, 'Destination plan (position 50) was not found: '],
    [{ pos: 1, after_uid: 'x' }, "Destination plan (UID 'x') was not found: "],
  ])('%j is refused', (request, text) => {
    const { queue } = queueOf('abcd')
    expect(message(() => queue.move(request))).toContain(text)
    expect(order(queue)).toBe('abcd')
  })
})

describe('moves of a batch', () => {
  test.each([
    [{ uids: ['d', 'b'], pos_dest: 'front' }, 'dbace'],
    [{ uids: ['d', 'b'], pos_dest: 'front', reorder: true }, 'bdace'],
    [{ uids: ['a', 'b'], pos_dest: 'back' }, 'cdeab'],
    [{ uids: ['e', 'a'], before_uid: 'c' }, 'beacd'],
    [{ uids: ['e', 'a'], after_uid: 'c' }, 'bcead'],
    [{ uids: [], pos_dest: 'front' }, 'abcde'],
  ])('%j of abcde gives %s', (request, expected) => {
    const { queue } = queueOf('abcde')
    queue.moveBatch(request)
    expect(order(queue)).toBe(expected)
  })

  test('the reference may not be in the batch', () => {
    const { queue } = queueOf('abc')
    expect(message(() => queue.moveBatch({ uids: ['a', 'b'], before_uid: 'b' }))).toBe(
      "Parameter 'before_uid': item with UID 'b' is in the batch",
    )
  })
})

describe('removing a batch', () => {
  test('skips what is missing, in the order of the request', () => {
    const { queue } = queueOf('abcd', 'r')
    expect(queue.removeBatch(['c', 'x', 'a', 'r'], true).map((item) => item.item_uid)).toEqual(['c', 'a'])
    expect(order(queue)).toBe('bd')
  })

  test('removes nothing when one is missing and that matters', () => {
    const { queue } = queueOf('abcd')
    expect(message(() => queue.removeBatch(['a', '7', '8'], false))).toBe(
      "The queue does not contain items with the following UIDs: ['7', '8']",
    )
    expect(order(queue)).toBe('abcd')
  })
})

test('the changes that a queue records rebuild it', () => {
  const step = fc.record({
    kind: fc.constantFrom('insert', 'remove', 'move', 'batch'),
    a: fc.nat(20),
    b: fc.nat(20),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { queue, changes } = queueOf('')
      let next = 0
      for (const { kind, a, b } of steps) {
        message(() => {
          if (kind === 'insert')
            queue.insert(insertionIndex(queue.size, a - 10), [{ item_uid: `i${next++}` }])
          else if (kind === 'remove') queue.remove({ pos: a })
          else if (kind === 'move')
            queue.move({ pos: a % Math.max(1, queue.size), pos_dest: b % Math.max(1, queue.size) })
          else
            queue.moveBatch({
              uids: queue.items.slice(a % 5, (a % 5) + 2).map((item) => item.item_uid),
              pos_dest: b,
            })
        })
      }
      let rebuilt: string[] = []
      for (const change of changes) {
        if (change.kind === 'insert-items')
          rebuilt = rebuilt.toSpliced(change.index, 0, ...change.items.map((item) => item.item_uid))
        if (change.kind === 'remove-items') rebuilt = rebuilt.filter((uid) => !change.uids.includes(uid))
      }
      expect(rebuilt).toEqual(queue.items.map((item) => item.item_uid))
    }),
  )
})
