/** Requests about running: environment, queue, engine, tasks, lock and permissions. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from './client.ts'
import { owner, type SoakState } from './soak-state.ts'

type Act = (soak: SoakState) => Promise<unknown>

const lockKey = 'soak-key'

export const engineTraffic: readonly (readonly [weight: number, act: Act])[] = [
  [30, run],
  [5, engine],
  [2, (soak) => soak.call('queue_stop')],
  [2, (soak) => soak.call('queue_stop_cancel')],
  [2, (soak) => soak.call('queue_autostart', { enable: soak.random(3) > 0 })],
  [1, (soak) => soak.call('environment_update', { run_in_background: soak.random(2) === 0 })],
  [1, closeOrDestroy],
  [4, callFunction],
  [2, uploadScript],
  [2, lockAndUnlock],
  [2, setPermissions],
  [1, refusedHere],
]

/** Makes the queue go on, whatever keeps it. */
export async function run(soak: SoakState): Promise<void> {
  const status = await soak.status()
  if (status === null) return
  if (status.manager_state === 'paused') await soak.call('re_resume')
  else if (status.manager_state !== 'idle') return
  else if (!status.worker_environment_exists) await soak.call('environment_open')
  else await soak.call('queue_start')
}

async function engine(soak: SoakState): Promise<void> {
  if (soak.random(2) === 0) {
    await soak.call('re_pause', { option: ['deferred', 'immediate'][soak.random(2)] })
    await sleep(soak.random(60))
  }
  const methods = ['re_resume', 're_resume', 're_stop', 're_abort', 're_halt']
  await soak.call(methods[soak.random(methods.length)] ?? 're_resume')
}

async function closeOrDestroy(soak: SoakState): Promise<void> {
  if (soak.random(4) === 0) return void (await soak.call('environment_destroy'))
  if (soak.random(3) === 0) await soak.call('environment_close')
}

async function callFunction(soak: SoakState): Promise<void> {
  const value = soak.random(1_000)
  const item = { item_type: 'function', name: 'answer', args: [value] }
  const reply = await soak.call('function_execute', {
    item,
    run_in_background: soak.random(2) === 0,
    ...owner,
  })
  const uid = reply?.['task_uid']
  if (typeof uid !== 'string') return
  for (let tries = 0; tries < 200; tries += 1) {
    await soak.call('task_status', { task_uid: uid })
    const found = await soak.call('task_result', { task_uid: uid })
    if (found === null || found['status'] === 'not_found') return // its worker or manager died
    if (found['status'] === 'completed') return checkResult(soak, value, found['result'] as Reply)
    await sleep(5)
  }
}

function checkResult(soak: SoakState, value: number, result: Reply): void {
  if (result['success'] === true && result['return_value'] === value + 1) return
  soak.problem(`answer(${value}) gave ${JSON.stringify(result)}`)
}

async function uploadScript(soak: SoakState): Promise<void> {
  await soak.call('script_upload', {
    script: soak.script(soak.random(1_000)),
    update_lists: soak.random(2) === 0,
    run_in_background: soak.random(2) === 0,
  })
}

/** While the queue is locked nobody gets by without the key. */
async function lockAndUnlock(soak: SoakState): Promise<void> {
  const locked = await soak.call('lock', {
    lock_key: lockKey,
    user: 'soak',
    note: 'soak',
    queue: true,
    environment: soak.random(2) === 0,
  })
  if (locked?.['success'] === true) {
    const refused = await soak.call('queue_mode_set', { mode: {} })
    if (refused?.['success'] === true) soak.problem('a locked queue was changed without the key')
    const wrong = await soak.call('queue_mode_set', { mode: {}, lock_key: 'wrong' })
    if (wrong?.['success'] === true) soak.problem('a locked queue was changed with another key')
    const right = await soak.call('queue_mode_set', { mode: {}, lock_key: lockKey })
    if (right?.['success'] === false) soak.problem(`the right key was refused: ${String(right['msg'])}`)
    await soak.call('lock_info', { lock_key: lockKey })
  }
  while ((await soak.call('unlock', { lock_key: lockKey }))?.['success'] !== true) await sleep(20)
}

async function setPermissions(soak: SoakState): Promise<void> {
  const reply = await soak.call('permissions_get')
  const permissions = reply?.['user_group_permissions'] as { user_groups: Reply } | undefined
  if (permissions === undefined) return
  const guests = { allowed_plans: [[null], ['mark'], []][soak.random(3)], allowed_devices: [] }
  const user_groups = { ...permissions.user_groups, guests }
  await soak.call('permissions_set', { user_group_permissions: { ...permissions, user_groups } })
  if (soak.random(2) === 0) await soak.call('permissions_reload', { restore_permissions: true })
}

/** Methods that a plain manager refuses, and an answer that nobody asked for. */
async function refusedHere(soak: SoakState): Promise<void> {
  await soak.call('kernel_interrupt', { interrupt_plan: true })
  await soak.call('manager_test', { test_name: 'reserve_kernel' })
  await soak.call('answer_input', { text: 'yes' })
}
