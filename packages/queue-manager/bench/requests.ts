/** Requests a second, a batch of 10,000 plans, and how long another client waits for its status meanwhile. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { percentile, report, startBenchManager } from './bench-manager.part.ts'

const manager = await startBenchManager()
const owner = { user: 'bench', user_group: 'primary' }
const item = { item_type: 'plan', name: 'count', args: [['det1', 'det2']], kwargs: { num: 5, delay: 0.1 } }
for (let plans = 0; plans === 0; await new Promise((resolve) => setTimeout(resolve, 20))) {
  const answer = await manager.call('plans_allowed', { user_group: 'primary' })
  plans = Object.keys(answer['plans_allowed'] as object).length
}

async function time(
  method: string,
  params: Readonly<Record<string, unknown>>,
  rounds: number,
): Promise<number[]> {
  const body = JSON.stringify({ method, params })
  const samples: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now()
    await manager.exchange(body)
    samples.push(performance.now() - startMs)
  }
  return samples
}

await time('status', {}, 500)
const status = await time('status', {}, 3000)
await time('queue_item_add', { item, ...owner }, 200)
const add = await time('queue_item_add', { item, ...owner }, 2000)
await manager.call('queue_clear')
const batch = { items: Array(10_000).fill(item), ...owner }
await time('queue_item_add_batch', batch, 1)
await manager.call('queue_clear')

const watcher = fork(fileURLToPath(new URL('./status-watcher.part.ts', import.meta.url)), [manager.control])
await once(watcher, 'message')
const batches: number[] = []
for (let round = 0; round < 5; round += 1) {
  batches.push(...(await time('queue_item_add_batch', batch, 1)))
  if (round < 4) await manager.call('queue_clear')
}
watcher.send('stop')
const [{ waitsMs }] = (await once(watcher, 'message')) as [{ waitsMs: number[] }]
const get = await time('queue_get', {}, 10)
report('requests', {
  warm_up: 700,
  status: { samples: status.length, median_ms: percentile(status, 0.5), p99_ms: percentile(status, 0.99) },
  add: { samples: add.length, median_ms: percentile(add, 0.5), p99_ms: percentile(add, 0.99) },
  batch_10000: { samples: batches.length, median_ms: percentile(batches, 0.5) },
  status_during_batch: {
    samples: waitsMs.length,
    median_ms: percentile(waitsMs, 0.5),
    worst_ms: percentile(waitsMs, 1),
  },
  queue_get_10000_ms: percentile(get, 0.5),
  rss_mib: await manager.rssMib(),
  peer: {
    status_ms: 0.07,
    add_ms: 1.0,
    status_during_batch_of_8000_ms: 6900,
    queue_get_10000_ms: 120,
    source: 'Bluesky Queue Server 0.0.24 on a 2-core machine, measured',
  },
})
await manager.stop()
