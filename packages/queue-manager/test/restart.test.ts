import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { StatusObject } from '../src/index.ts'
import { existingDevices, existingPlans } from './existing-lists.ts'
import { owner, planItem, testPermissions } from './manager-under-test.ts'
import { openPeer, type Peer } from './peer.ts'

let dir: TempDir
let ports: [number, number]
let manager: ChildProcess
let peer: Peer

async function startProcess(): Promise<void> {
  const program = fileURLToPath(new URL('./manager-program.ts', import.meta.url))
  manager = spawn(process.execPath, [program, dir.path, ...ports.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (manager.stdout !== null) await once(manager.stdout, 'data')
  peer = openPeer(`tcp://127.0.0.1:${ports[0]}`, 'json')
}

async function killProcess(): Promise<void> {
  peer.close()
  manager.kill('SIGKILL')
  await once(manager, 'exit')
}

async function call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  return await peer.call({ method, params })
}

async function until(what: string, predicate: (status: StatusObject) => boolean): Promise<StatusObject> {
  return await waitFor(
    async () => {
      const status = (await call('status')) as unknown as StatusObject
      return predicate(status) ? status : null
    },
    { what, timeoutMs: 10_000 },
  )
}

beforeEach(async () => {
  dir = tempDir()
  ports = [await freePort(), await freePort()]
  const folder = join(dir.path, 'startup')
  mkdirSync(folder)
  writeFileSync(join(folder, 'user_group_permissions.yaml'), stringify(testPermissions))
  writeFileSync(
    join(folder, 'existing_plans_and_devices.yaml'),
    stringify({ existing_plans: existingPlans, existing_devices: existingDevices }),
  )
  await startProcess()
})

afterEach(async () => {
  await call('environment_destroy')
  await until('the worker to end', (status) => !status.worker_environment_exists)
  await killProcess()
  await dir.close()
})

test('queue, mode and lock survive kill -9 of the manager without a worker', async () => {
  for (const name of ['count', 'fails', 'waits']) {
    await call('queue_item_add', {
      item: planItem(name, name === 'count' ? { detectors: [] } : {}),
      ...owner,
      pos: 'front',
    })
  }
  await call('queue_mode_set', { mode: { loop: true } })
  await call('lock', { lock_key: 'k', user: 'Ada', queue: true })
  await killProcess()
  await startProcess()
  const { items } = (await call('queue_get')) as { items: { name: string }[] }
  expect(items.map(({ name }) => name)).toEqual(['waits', 'fails', 'count'])
  expect(await call('status')).toMatchObject({ plan_queue_mode: { loop: true }, lock: { queue: true } })
  expect(await call('queue_clear', { lock_key: 'wrong' })).toMatchObject({ success: false })
  expect(await call('queue_clear', { lock_key: 'k' })).toMatchObject({ success: true })
  await call('unlock', { lock_key: 'k' })
})

test('a plan goes on while the manager is dead and the next manager follows it', async () => {
  await call('environment_open')
  await until(
    'the environment',
    (status) => status.worker_environment_exists && status.manager_state === 'idle',
  )
  await call('queue_item_add', { item: planItem('waits'), ...owner })
  await call('queue_item_add', { item: planItem('count', { detectors: [] }), ...owner })
  await call('queue_autostart', { enable: true })
  const before = await until('the plan', (status) => status.re_state === 'running')
  await killProcess()
  await startProcess()
  const after = await until('the new manager', (status) => status.manager_state === 'executing_queue')
  expect(after).toMatchObject({
    running_item_uid: before.running_item_uid,
    worker_environment_exists: true,
    re_state: 'running',
    items_in_queue: 1,
    queue_autostart_enabled: true,
  })
  await call('function_execute', {
    item: { item_type: 'function', name: 'finish' },
    run_in_background: true,
    ...owner,
  })
  await until('both plans', (status) => status.items_in_history === 2 && status.manager_state === 'idle')
  const { items } = (await call('history_get')) as {
    items: { item_uid: string; result: { exit_status: string } }[]
  }
  expect(items[0]?.item_uid).toBe(before.running_item_uid)
  expect(items.map(({ result }) => result.exit_status)).toEqual(['completed', 'completed'])
})

test('a plan that is paused while the manager is replaced can be resumed', async () => {
  await call('environment_open')
  await until(
    'the environment',
    (status) => status.worker_environment_exists && status.manager_state === 'idle',
  )
  await call('queue_item_add', { item: planItem('waits'), ...owner })
  await call('queue_start')
  await until('the plan', (status) => status.re_state === 'running')
  await call('re_pause', { option: 'immediate' })
  await until('the pause', (status) => status.manager_state === 'paused')
  await killProcess()
  await startProcess()
  await until('the new manager', (status) => status.manager_state === 'paused')
  expect(await call('re_stop')).toMatchObject({ success: true })
  await until('the end', (status) => status.manager_state === 'idle' && status.items_in_history === 1)
})

test('a plan that ends while there is no manager is reported to the next', async () => {
  await call('environment_open')
  await until(
    'the environment',
    (status) => status.worker_environment_exists && status.manager_state === 'idle',
  )
  await call('queue_item_add', { item: planItem('waits'), ...owner })
  await call('queue_start')
  const running = await until('the plan', (status) => status.re_state === 'running')
  // A function that ends the plan half a second later, when nobody is there.
  await call('function_execute', {
    item: { item_type: 'function', name: 'finish_later' },
    run_in_background: true,
    ...owner,
  })
  await killProcess()
  await startProcess()
  await until('the history', (status) => status.items_in_history === 1 && status.manager_state === 'idle')
  const { items } = (await call('history_get')) as {
    items: { item_uid: string; result: { exit_status: string } }[]
  }
  expect(items[0]).toMatchObject({ item_uid: running.running_item_uid, result: { exit_status: 'completed' } })
})
