/**
 * Acceptance without Python (queueserver contract, Appendix B). Where each part of it is tested:
 *   rows of section 2         contract-texts.test.ts "requests that are none", "MessagePack"; curve.test.ts; fuzz/
 *   rows of section 6.1, 6.2  acceptance/items.test.ts; core/positions.test.ts; contract-texts.test.ts (texts)
 *   rows of section 6.3-6.5   plan-flow.test.ts; acceptance/modes-and-stops.test.ts
 *   rows of section 6.6       acceptance/uids.test.ts
 *   rows of section 7         acceptance/replies.test.ts (fields); contract-texts.test.ts "refusals", "with an environment"
 *   rows of section 8, 9      acceptance/tasks-and-locks.test.ts; contract-texts.test.ts "locks", "with an environment"
 *   20 no-op plans < 0.5 s    here "plans follow each other by events"; the time: bench/plan-to-plan.ts, bench/versus-python.ts
 *   status during a batch     here "a client is served while ..."; the time: bench/requests.ts, bench/versus-python.ts
 *   manager killed            restart.test.ts; acceptance/killed-at-the-start-of-a-plan.test.ts, kept-over-a-start.test.ts;
 *                             the time: bench/versus-python.ts; over and over: conformance/soak.ts
 *   worker killed             plan-flow.test.ts "a worker that dies ..."; real-worker.test.ts "kill -9 of the worker ..."
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listen, owner, planItem, startTestManager, type ManagerUnderTest } from '../manager-under-test.ts'
import { openPeer } from '../peer.ts'

let manager: ManagerUnderTest

beforeEach(async () => {
  manager = await startTestManager()
})

afterEach(async () => {
  await manager.close()
})

test('plans follow each other by events: half of them within a tenth of the half second that polling takes', async () => {
  await manager.open()
  const items = Array(20).fill(planItem('count', { detectors: [] }))
  await manager.call('queue_item_add_batch', { items, ...owner })
  await manager.call('queue_start')
  await manager.until(
    'the end',
    (status) => status.items_in_history === 20 && status.manager_state === 'idle',
  )
  const history = (await manager.call('history_get')) as unknown as {
    items: readonly { result: { time_start: number; time_stop: number } }[]
  }
  const results = history.items.map(({ result }) => result)
  const gapsS = results
    .slice(1)
    .map(({ time_start: start }, index) => start - (results[index]?.time_stop ?? 0))
    .toSorted((a, b) => a - b)
  expect(gapsS[Math.floor(gapsS.length / 2)]).toBeLessThan(0.05)
})

test('a client is served while the batch of 10,000 plans of another is validated', async () => {
  const other = openPeer(manager.config.queue.control, 'json')
  const items = Array(10_000).fill(planItem('count', { detectors: ['det1', 'det2'] }))
  let isAdded = false
  const adding = manager.call('queue_item_add_batch', { items, ...owner }).then((reply) => {
    isAdded = true
    return reply
  })
  let served = 0
  while (!isAdded) {
    expect(await other.call({ method: 'status' })).toHaveProperty('status_uid')
    if (!isAdded) served += 1
  }
  expect(await adding).toMatchObject({ success: true, qsize: 10_000 })
  expect(served).toBeGreaterThan(0)
  other.close()
})

test('requests of a client are not held up by one that the worker has not answered', async () => {
  await manager.open()
  const other = openPeer(manager.config.queue.control, 'json')
  const item = { item_type: 'function', name: 'function_sleep', args: [0.3] }
  const [started, status] = await Promise.all([
    manager.call('function_execute', { item, ...owner }),
    other.call({ method: 'status' }),
  ])
  expect(started.success).toBe(true)
  expect(status).toHaveProperty('status_uid')
  await manager.until('the function', (now) => now.manager_state === 'idle')
  other.close()
})

test('console and status are published only where that is switched on', async () => {
  const silent = await startTestManager({ queue: { publish_console: false } })
  const heard = listen(manager.config.queue.info)
  const unheard = listen(silent.config.queue.info)
  await expect
    .poll(() => heard.messages.some(({ topic }) => topic === 'QS_Info'), { timeout: 5_000 })
    .toBe(true)
  await manager.open()
  await silent.open()
  const consoleText = (): string =>
    heard.messages.map(({ topic, body }) => (topic === 'QS_Console' ? String(body['msg']) : '')).join('')
  await expect.poll(consoleText, { timeout: 5_000 }).toContain('RE Environment is ready')
  expect(unheard.messages).toEqual([])
  heard.close()
  unheard.close()
  await silent.close()
})
