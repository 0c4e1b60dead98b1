/* What the worker adds between the end of one plan and the start of the next: a manager that acknowledges each report and
 * sends the next plan at once, over the socket. Peer: 500 ms (the queue server polls each 0.5 s). One line of JSON. */
import { randomUUID } from 'node:crypto'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { tempDir } from '@beamtime/service-kit/testing'
import { startHost } from '../test/process/host-process.ts'

const folder = tempDir()
const begin = performance.now()
const host = await startHost(folder.path, {
  publishDocuments: true,
  spoolDir: join(folder.path, 'spool'),
})
await host.ready()
const startMs = performance.now() - begin

async function turnaround(name: string, args: readonly unknown[]): Promise<number[]> {
  const samples: number[] = []
  for (let n = 0; n < 110; n += 1) {
    const sent = performance.now()
    const report = host.report(await run(name, args))
    const { time_start, time_stop } = await report
    if (n >= 10) samples.push(performance.now() - sent - (time_stop - time_start) * 1000)
  }
  return samples.toSorted((a, b) => a - b)
}

async function run(name: string, args: readonly unknown[]): Promise<string> {
  const item_uid = randomUUID()
  await host.manager.request('command_run_plan', { plan: { name, args, item_uid } })
  return item_uid
}

const at = (sorted: readonly number[], part: number): number =>
  Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 100) / 100
const empty = await turnaround('slowSteps', [0])
const one = await turnaround('count', [['det'], 1])
await host.manager.request('command_close_env', {})
await host.manager.request('command_confirm_exit', {})
await host.exit()
await folder.close()
const result = {
  name: 'plan-turnaround',
  node: process.version,
  cpu: cpus()[0]?.model,
  start_ms: Math.round(startMs),
  empty_plan_ms: { median: at(empty, 0.5), p99: at(empty, 0.99) },
  count_1_ms: { median: at(one, 0.5), p99: at(one, 0.99) },
  peer_ms: 500,
}
console.log(JSON.stringify(result))
