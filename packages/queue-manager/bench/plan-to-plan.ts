/** Time from the end of one plan to the start of the next, and 20 plans without points. Upstream: 500 ms and 10.0 s. */
import { percentile, report, startBenchManager } from './bench-manager.part.ts'

const plans = Number(process.argv[2] ?? 60)
const manager = await startBenchManager()
const owner = { user: 'bench', user_group: 'primary' }
await manager.call('environment_open')
await manager.until(
  (status) => status['worker_environment_exists'] === true && status['manager_state'] === 'idle',
)

async function run(count: number): Promise<number> {
  const item = { item_type: 'plan', name: 'count', args: [['det1']], kwargs: { num: 1 } }
  await manager.call('queue_item_add_batch', { items: Array(count).fill(item), ...owner })
  const startMs = performance.now()
  await manager.call('queue_start')
  await manager.until((status) => status['manager_state'] === 'idle')
  return performance.now() - startMs
}

await run(10)
await manager.call('history_clear')
const totalMs = await run(20)
await manager.call('history_clear')
await run(plans)
const { items } = (await manager.call('history_get')) as {
  items: { result: { time_start: number; time_stop: number } }[]
}
const gapsMs = items
  .slice(1)
  .map(({ result }, index) => (result.time_start - (items[index]?.result.time_stop ?? 0)) * 1000)
report('plan-to-plan', {
  warm_up: 30,
  samples: gapsMs.length,
  median_ms: percentile(gapsMs, 0.5),
  p99_ms: percentile(gapsMs, 0.99),
  twenty_plans_ms: Math.round(totalMs),
  peer: { twenty_plans_ms: 10_000, between_plans_ms: 500, source: 'Bluesky Queue Server 0.0.24, measured' },
})
await manager.stop()
