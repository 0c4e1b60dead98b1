/** A second client: asks for everything that can be asked, all the time, and measures how long the status takes. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from './client.ts'
import type { SoakState } from './soak-state.ts'

const pauseMs = 25
const maxSamples = 200_000

export async function readAtRandom(soak: SoakState, signal: AbortSignal, statusMs: number[]): Promise<void> {
  let uid = ''
  const requests: readonly (() => readonly [string, Reply?])[] = [
    () => ['ping'],
    () => ['config_get'],
    () => ['queue_get'],
    () => ['queue_item_get', { pos: soak.random(3) === 0 ? 'back' : soak.random(20) }],
    () => ['queue_item_status', { uid: soak.random(2) === 0 ? uid : [uid, 'none'] }],
    () => ['history_page', { limit: 1 + soak.random(50), offset: soak.random(50) }],
    () => ['plans_allowed', { user_group: 'root' }],
    () => ['devices_allowed', { user_group: 'primary' }],
    () => ['plans_existing'],
    () => ['devices_existing'],
    () => ['plans_schema', { user_group: 'root' }],
    () => ['permissions_get'],
    () => ['lock_info'],
    () => ['re_runs', { option: ['active', 'open', 'closed'][soak.random(3)] }],
    () => ['re_metadata'],
    () => ['task_status', { task_uid: uid }],
  ]
  while (!signal.aborted) {
    const startMs = performance.now()
    const status = await soak.reader.call('status')
    if (status !== null && statusMs.length < maxSamples) statusMs.push(performance.now() - startMs)
    uid = typeof status?.['running_item_uid'] === 'string' ? status['running_item_uid'] : uid
    const [method, params] = requests[soak.random(requests.length)]?.() ?? ['ping']
    await soak.reader.call(method, params)
    await sleep(pauseMs)
  }
}
