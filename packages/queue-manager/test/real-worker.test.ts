/** The manager with the real worker host and startup code of its own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { afterEach, expect, test } from 'vitest'
import { listen, owner, planItem, startTestManager, type ManagerUnderTest } from './manager-under-test.ts'

const beamtime = fileURLToPath(new URL('../../../bin/beamtime.mjs', import.meta.url))
const workerCommand = [process.execPath, beamtime, 'worker-host']

const startupCode = `
import { annotatePlan, count, createSimulatedDevices, sleep } from '@beamtime/run-engine'
const { det, motor } = createSimulatedDevices()
export { det, motor }
export const quick = annotatePlan(
  function* (detectors: unknown[], num: number) {
    return yield* count(detectors as never, num)
  },
  {
    name: 'quick',
    parameters: [
      { name: 'detectors', kind: 'POSITIONAL_OR_KEYWORD', annotation: { type: 'typing.List[__READABLE__]' } },
      { name: 'num', kind: 'POSITIONAL_OR_KEYWORD', annotation: { type: 'int' }, default: 1, min: 1, max: 100 },
    ],
  },
)
export const slow = annotatePlan(
  function* () {
    yield* sleep(30)
  },
  { name: 'slow', parameters: [] },
)
export const broken = annotatePlan(
  function* () {
    throw new Error('no beam')
  },
  { name: 'broken', parameters: [] },
)
`

let manager: ManagerUnderTest

async function startWith(code: string): Promise<void> {
  const dir = tempDir()
  mkdirSync(join(dir.path, 'startup'))
  writeFileSync(join(dir.path, 'startup', '00-beamline.ts'), code)
  manager = await startTestManager({ workerCommand, lists: false, dir })
}

afterEach(async () => {
  await manager.close()
  await manager.dir.close()
})

test('plans are known before the first environment, run in it, and fail with their reason', async () => {
  await startWith(startupCode)
  await waitFor(
    async () => {
      const { plans_existing } = await manager.call('plans_existing')
      return Object.keys(plans_existing as object).includes('quick')
    },
    { timeoutMs: 20_000, what: 'the lists' },
  )
  const refused = await manager.call('queue_item_add', {
    item: planItem('quick', { detectors: ['det'], num: 200 }),
    ...owner,
  })
  expect(refused.msg).toContain('Value 200 is out of range [1, 100]')
  await manager.open()
  expect(readFileSync(join(manager.dir.path, 'startup', 'existing_plans_and_devices.yaml'), 'utf8')).toMatch(
    /^#/,
  )
  for (const item of [planItem('quick', { detectors: ['det'], num: 2 }), planItem('broken')]) {
    expect(await manager.call('queue_item_add', { item, ...owner })).toMatchObject({ success: true })
  }
  await manager.call('queue_start')
  await manager.until(
    'both plans',
    (status) => status.items_in_history === 2 && status.manager_state === 'idle',
  )
  const { items } = await manager.call('history_get')
  expect(items).toMatchObject([
    { name: 'quick', result: { exit_status: 'completed', run_uids: [expect.any(String)], scan_ids: [1] } },
    { name: 'broken', result: { exit_status: 'failed', msg: expect.stringContaining('no beam') } },
  ])
})

test('kill -9 of the worker during a plan gives a failed entry and the plan back', async () => {
  await startWith(startupCode)
  await manager.open()
  await manager.call('queue_item_add', { item: planItem('slow'), ...owner })
  await manager.call('queue_start')
  await manager.until('the plan to run', (status) => status.re_state === 'running')
  await manager.call('environment_destroy')
  const idle = await manager.until('idle', (status) => status.manager_state === 'idle')
  expect(idle).toMatchObject({ items_in_queue: 1, items_in_history: 1, worker_environment_exists: false })
})

test('broken startup code is told in the console, in config_get, and leaves an idle manager', async () => {
  await startWith('export const x = nothing.here\n')
  const heard = listen(manager.config.queue.info)
  // Whoever subscribes hears what is said from then on: the status comes each second.
  await waitFor(() => heard.messages.length > 0, { timeoutMs: 30_000, what: 'the first message' })
  expect(await manager.call('environment_open')).toMatchObject({ success: true })
  const failure = 'Failed to start RE Worker environment'
  const isTold = (): boolean =>
    heard.messages.some(({ topic, body }) => topic === 'QS_Console' && String(body['msg']).includes(failure))
  // However long a process takes to start here.
  await waitFor(isTold, { timeoutMs: 60_000, what: 'the text on the console' })
  heard.close()
  const idle = await manager.until('idle', (status) => status.manager_state === 'idle')
  expect(idle).toMatchObject({ worker_environment_exists: false, worker_environment_state: 'closed' })
  const { config } = await manager.call('config_get')
  expect(config).toMatchObject({
    ip_connect_info: {},
    last_startup_error: { msg: expect.stringContaining('nothing') },
  })
}, 120_000)
