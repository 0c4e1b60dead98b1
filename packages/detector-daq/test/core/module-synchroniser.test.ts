import { expect, test } from 'vitest'
import { ModuleSynchroniser, type SynchroniserOptions } from '../../src/core/module-synchroniser.ts'

const meta = new Float64Array(8)

function sync(options: Partial<SynchroniserOptions> = {}): {
  readonly add: (id: number, module: number, nowMs?: number, missingPackets?: number) => 0 | 1
  readonly ids: (nowMs?: number) => number[]
  readonly core: ModuleSynchroniser
} {
  const core = new ModuleSynchroniser({ modules: 2, queueSize: 3, ...options })
  return {
    core,
    add: (id, module, nowMs = 0, missingPackets = 0) =>
      core.add({ id, module, missingPackets, meta, firstPacketMs: nowMs }, nowMs),
    ids: (nowMs = 0) => {
      const out: number[] = []
      for (let image = core.next(nowMs); image !== undefined; image = core.next(nowMs)) out.push(image.id)
      return out
    },
  }
}

test('an image comes out when its last module is there', () => {
  const { add, ids } = sync()
  expect(add(1, 0)).toBe(0)
  expect(ids()).toEqual([])
  expect(add(1, 1)).toBe(0)
  expect(ids()).toEqual([1])
})

// Vectors of the peer's own tests: two modules, a queue of 3.
test('a module that comes twice spoils its image', () => {
  const { add, ids } = sync()
  add(5, 0)
  expect(add(5, 0)).toBe(1)
  add(5, 1)
  expect(ids()).toEqual([])
})

test('ids 0, 1, 2 and then 42 overfill a queue of 3', () => {
  const { add } = sync()
  expect([0, 1, 2].map((id) => add(id, 0))).toEqual([0, 0, 0])
  expect(add(42, 0)).toBe(1)
})

test('images come out in order, whatever order their modules came in', () => {
  const { add, ids } = sync({ queueSize: 50 })
  add(2, 0)
  add(2, 1)
  add(1, 0)
  expect(ids()).toEqual([])
  add(1, 1)
  expect(ids()).toEqual([1, 2])
})

test('an incomplete image holds newer ones back until its time is over', () => {
  const { add, ids, core } = sync()
  add(1, 0, 0)
  add(2, 0, 10)
  add(2, 1, 10)
  expect(ids(999)).toEqual([])
  expect(ids(1_000)).toEqual([2])
  expect(core.corrupted).toBe(1)
})

test('with publish_incomplete the image comes out with the modules that are absent', () => {
  const { add, core } = sync({ publishIncomplete: true })
  add(1, 0, 0, 3)
  expect(core.next(1_000)).toMatchObject({ id: 1, absent: [1], missingPackets: 3 })
})

test('a module of an image that was published or given up is ignored', () => {
  const { add, ids, core } = sync()
  add(5, 0)
  add(5, 1)
  expect(ids()).toEqual([5])
  add(4, 0)
  add(5, 1)
  expect(core.waiting).toBe(0)
  expect(core.ignored).toBe(2)
})

test('missing packets of any module are told', () => {
  const { add, core } = sync()
  add(1, 0, 0, 0)
  add(1, 1, 0, 7)
  expect(core.next(0)).toMatchObject({ missingPackets: 7, absent: [] })
})

test('an id far below the last one starts anew', () => {
  const { add, ids } = sync()
  add(50_000, 0)
  add(50_000, 1)
  expect(ids()).toEqual([50_000])
  add(1, 0)
  add(1, 1)
  expect(ids()).toEqual([1])
})

test('only the modules that take part are awaited', () => {
  const { add, ids } = sync({ modules: 6, active: [0, 2, 3, 5] })
  for (const module of [0, 2, 3]) add(1, module)
  expect(ids()).toEqual([])
  add(1, 5)
  expect(ids()).toEqual([1])
})

test('where ports take turns an image waits until the others have passed it', () => {
  const core = new ModuleSynchroniser({ modules: 1, turnMs: 200 })
  const add = (id: number, nowMs: number, missingPackets = 0): 0 | 1 =>
    core.add({ id, module: 0, turn: id % 2, missingPackets, meta, firstPacketMs: nowMs }, nowMs)
  const ids = (nowMs: number): number[] => {
    const out: number[] = []
    for (let image = core.next(nowMs); image !== undefined; image = core.next(nowMs)) out.push(image.id)
    return out
  }
  add(1, 0)
  add(2, 1)
  expect(ids(1)).toEqual([1, 2])
  // 3 is still being put together elsewhere.
  add(4, 2)
  expect(ids(2)).toEqual([])
  add(3, 50, 1)
  expect(ids(50)).toEqual([3, 4])
  // 5 never comes: its ports have gone on, or say nothing any more.
  add(6, 60)
  add(7, 61)
  expect(ids(61)).toEqual([6, 7])
  add(8, 70)
  add(10, 71)
  expect(ids(71)).toEqual([8])
  expect(ids(260)).toEqual([])
  expect(ids(261)).toEqual([10])
})
