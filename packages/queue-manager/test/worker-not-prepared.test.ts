import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startTestManager, type ManagerUnderTest } from './manager-under-test.ts'

let manager: ManagerUnderTest

afterEach(async () => {
  await manager.close()
})

test('what the worker needs cannot be written: the environment does not open, the manager goes on, and later it opens', async () => {
  manager = await startTestManager()
  const inTheWay = join(manager.dir.path, 'state', `worker-${manager.config.name}.json`)
  mkdirSync(inTheWay, { recursive: true })
  expect(await manager.call('environment_open')).toMatchObject({ success: true })
  const after = await manager.until(
    'the end of the attempt',
    (status) => status.manager_state === 'idle' && status.worker_environment_state === 'closed',
  )
  expect(after.worker_environment_exists).toBe(false)
  rmSync(inTheWay, { recursive: true })
  await manager.open()
  expect(await manager.status()).toMatchObject({ worker_environment_exists: true })
})
