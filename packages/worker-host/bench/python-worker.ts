/** The Python worker: `count` through the RunEngine of Bluesky with and without our document channel, and the turnaround of
 * plans. Argument: a Python with bluesky and bluesky_queueserver (default: BEAMTIME_PEERS_PYTHON, python3). Prints JSON lines. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { startHost } from '../test/process/host-process.ts'

const python = process.argv[2] ?? process.env['BEAMTIME_PEERS_PYTHON'] ?? 'python3'
const points = 2000
const plans = 200
const folder = tempDir()
const startup = join(folder.path, 'startup')
mkdirSync(startup)
writeFileSync(
  join(startup, '00-beamline.py'),
  `
import time
from bluesky import RunEngine
from bluesky.plan_stubs import null
from bluesky.plans import count
from ophyd.sim import det
RE = RunEngine()
def noop():
    yield from null()
def alone(num):
    engine = RunEngine()
    seen = []
    engine.subscribe(lambda name, doc: seen.append(name))
    began = time.perf_counter()
    engine(count([det], num=num))
    return time.perf_counter() - began
`,
)
const host = await startHost(folder.path, {
  worker: 'python',
  python,
  startup: { kind: 'dir', path: startup },
})
const began = performance.now()
await waitFor(async () => (await host.manager.request('request_state', {})).environment_state === 'idle', {
  timeoutMs: 60_000,
})
const openMs = performance.now() - began

async function alone(): Promise<number> {
  const task_uid = crypto.randomUUID()
  const func_info = { name: 'alone', args: [points] }
  await host.manager.request('command_execute_function', { func_info, task_uid })
  const result = await waitFor(
    () => host.named('task_completed').find((event) => event.task_uid === task_uid)?.result,
    { timeoutMs: 60_000 },
  )
  return points / Number(result.return_value)
}

async function through(): Promise<number> {
  const from = performance.now()
  await host.report(await host.run('count', [['det']], { kwargs: { num: points } }))
  return (points * 1000) / (performance.now() - from)
}

const rates = { alone: 0, through: 0 }
for (let round = 0; round < 3; round += 1) {
  rates.alone = Math.max(rates.alone, await alone())
  rates.through = Math.max(rates.through, await through())
}
const turnsMs: number[] = []
for (let n = 0; n < plans; n += 1) {
  const from = performance.now()
  await host.report(await host.run('noop'))
  turnsMs.push(performance.now() - from)
}
turnsMs.sort((a, b) => a - b)
const at = (part: number): number => Number((turnsMs[Math.floor(part * (plans - 1))] ?? 0).toFixed(2))
process.stdout.write(
  `${JSON.stringify({
    name: 'python-worker',
    node: process.version,
    cpu: cpus()[0]?.model,
    openMs: Math.round(openMs),
    eventsPerSecondOfBluesky: Math.round(rates.alone),
    eventsPerSecondThroughHost: Math.round(rates.through),
    noopPlanMedianMs: at(0.5),
    noopPlanP99Ms: at(0.99),
  })}\n`,
)
host.kill('SIGKILL')
await host.exit()
await folder.close()
