import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { tempDir } from '@beamtime/service-kit/testing'
import { PythonFloat } from '@beamtime/python-notation'
import { expect, test } from 'vitest'
import { openSqliteStore, QueueManagerError } from '../src/index.ts'

const result = {
  exit_status: 'completed',
  run_uids: [],
  scan_ids: [],
  time_start: 1,
  time_stop: 2,
  msg: '',
  traceback: '',
} as const

test('everything that was applied is there after reopening', async () => {
  const dir = tempDir()
  const path = join(dir.path, 'queue.sqlite')
  const store = openSqliteStore(path)
  await store.load()
  const item = (uid: string): { item_uid: string; kwargs: unknown } => ({
    item_uid: uid,
    kwargs: { num: new PythonFloat(1) },
  })
  await store.apply([{ kind: 'insert-items', index: 0, items: [item('a'), item('b'), item('c')] }])
  await store.apply([{ kind: 'insert-items', index: 1, items: [item('x')] }])
  await store.apply([
    { kind: 'remove-items', uids: ['b'] },
    { kind: 'set-running', item: item('b') },
  ])
  await store.apply([{ kind: 'replace-item', uid: 'c', item: item('d') }])
  await store.apply([{ kind: 'append-history', entry: { item_uid: 'h1', result } }])
  await store.apply([{ kind: 'append-history', entry: { item_uid: 'h2', result } }])
  await store.apply([
    { kind: 'drop-oldest-history', count: 1 },
    { kind: 'set-value', name: 'plan_queue_mode', value: { loop: true } },
  ])
  await store.apply([{ kind: 'link-items', from: 'a', to: 'b' }])
  await store.close()
  const state = await openSqliteStore(path).load()
  expect(state.items.map(({ item_uid }) => item_uid)).toEqual(['a', 'x', 'd'])
  expect(state.items[0]).toEqual(item('a'))
  expect(state.running?.item_uid).toBe('b')
  expect(state.history.map(({ item_uid }) => item_uid)).toEqual(['h2'])
  expect(state.values.plan_queue_mode).toEqual({ loop: true })
  expect(state.links).toEqual([['a', 'b']])
  await dir.close()
})

test('any sequence of insertions keeps the order, however often ranks are halved', async () => {
  const dir = tempDir()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 80 }), async (places) => {
      const path = join(dir.path, `${Math.random()}.sqlite`)
      const store = openSqliteStore(path)
      await store.load()
      let expected: string[] = []
      for (const [n, place] of places.entries()) {
        const index = Math.min(place, expected.length)
        expected = expected.toSpliced(index, 0, `i${n}`)
        await store.apply([{ kind: 'insert-items', index, items: [{ item_uid: `i${n}` }] }])
      }
      await store.close()
      const reopened = openSqliteStore(path)
      const { items } = await reopened.load()
      expect(items.map(({ item_uid }) => item_uid)).toEqual(expected)
      await reopened.close()
    }),
    { numRuns: 15 },
  )
  await dir.close()
})

test('a file that is no database is a readable error', async () => {
  expect(() => openSqliteStore('/proc/version/queue.sqlite')).toThrow(QueueManagerError)
})

test('what was applied before kill -9 survives it', async () => {
  const dir = tempDir()
  const path = join(dir.path, 'queue.sqlite')
  const program = fileURLToPath(new URL('./store-writer.ts', import.meta.url))
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  let acknowledged = 0
  for await (const chunk of child.stdout) {
    acknowledged += String(chunk).split('\n').length - 1
    if (acknowledged > 200) break
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { items } = await openSqliteStore(path).load()
  expect(items.length).toBeGreaterThanOrEqual(acknowledged)
  expect(items.map(({ item_uid }) => item_uid)).toEqual(items.map((_, index) => `i${index}`))
  await dir.close()
})
