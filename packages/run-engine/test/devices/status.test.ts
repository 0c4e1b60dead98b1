import { expect, test } from 'vitest'
import { Status, allOf, finishedStatus, isStatus, statusOf } from '../../src/index.ts'

test('callbacks come exactly once, at once if it is done already', () => {
  const status = new Status({ name: 'x' })
  const heard: string[] = []
  status.addCallback(() => heard.push('early'))
  status.setFinished()
  status.addCallback(() => heard.push('late'))
  expect(heard).toEqual(['early', 'late'])
  expect(status).toMatchObject({ done: true, success: true })
  expect(status.exception()).toBeNull()
})

test('finishing twice is refused', () => {
  const status = new Status({ name: 'x' })
  status.setFinished()
  expect(() => status.setFinished()).toThrow('STATUS_ALREADY_DONE')
  expect(() => status.setException(new Error('late'))).toThrow('STATUS_ALREADY_DONE')
})

test('a timeout fails it, counted from the settling time on', async () => {
  const status = new Status({ name: 'x', timeoutS: 0.01, settleTimeS: 0.02 })
  const started = performance.now()
  await new Promise<void>((resolve) => status.addCallback(() => resolve()))
  expect(performance.now() - started).toBeGreaterThan(25)
  expect(status.exception()).toMatchObject({ code: 'STATUS_TIMEOUT' })
  expect(String(status)).toContain('Status of x failed: x did not finish within 0.01 s')
})

test('success settles before it counts', async () => {
  const status = new Status({ settleTimeS: 0.02 })
  status.setFinished()
  expect(status.done).toBe(false)
  await new Promise<void>((resolve) => status.addCallback(() => resolve()))
  expect(status.success).toBe(true)
})

test('watchers hear the last progress at once and nothing after the end', () => {
  const status = new Status()
  const heard: (number | undefined)[] = []
  status.progress({ current: 1 })
  status.watch((update) => heard.push(update.current))
  status.progress({ current: 2 })
  status.setFinished()
  status.progress({ current: 3 })
  expect(heard).toEqual([1, 2])
})

test('several are done when all are, and failed with the first failure', () => {
  const [a, b] = [new Status(), new Status()]
  const both = allOf(a, b)
  a.setFinished()
  expect(both.done).toBe(false)
  b.setException(new Error('b'))
  expect(both.exception()?.message).toBe('b')
  expect(allOf(finishedStatus(), finishedStatus()).success).toBe(true)
  expect(allOf().done).toBe(true)
})

test('a status follows a promise', async () => {
  const good = statusOf(Promise.resolve())
  const bad = statusOf(Promise.reject(new Error('no')))
  await new Promise((resolve) => setImmediate(resolve))
  expect([good.success, bad.success, bad.exception()?.message]).toEqual([true, false, 'no'])
})

test('what is not a status is told apart', () => {
  expect([finishedStatus(), new Status(), {}, null, Promise.resolve()].map(isStatus)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
})
