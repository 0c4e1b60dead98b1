/**
 * Our manager, with the native worker and with Bluesky's run engine in a Python worker, beside the Python manager of the
 * Bluesky Queue Server: on this machine, in one run, asked by the same client. One JSON line a figure. For Linux.
 * The Python is BEAMTIME_PEERS_PYTHON, else the one of tools/peers/queueserver.sh; redis-server (for theirs) from PATH.
 *   versus-python.ts [--quick]      smaller batch, no memory figures
 */
import { execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, tempDir } from '@beamtime/service-kit/testing'
import { connectBench, percentile, report } from './bench-manager.part.ts'
import { startContestant, upload, type Contestant, type Running } from './contestant.part.ts'
import { fillStores } from './fill-stores.part.ts'
import { listenersOn, treeMib } from './process-tree.part.ts'

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const python =
  process.env['BEAMTIME_PEERS_PYTHON'] ??
  execFileSync(fromRoot('tools/peers/queueserver.sh'), ['--python'], { encoding: 'utf8' }).trim()
const quick = process.argv.includes('--quick')
const batchItems = quick ? 1_000 : 10_000
const storedItems = 100_000
const owner = { user: 'bench', user_group: 'primary' }
const dir = tempDir()
const redisPort = await freePort()
const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--dir', dir.path], {
  stdio: 'ignore',
})

const pythonNoop = 'def noop():\n    yield from []\n'
const ours = [process.execPath, fromRoot('bin/start-re-manager.mjs')]
const contestants: readonly Contestant[] = [
  {
    name: 'theirs',
    command: [join(dirname(python), 'start-re-manager'), '--redis-addr', `localhost:${redisPort}`],
    noop: pythonNoop,
    plans: 20,
    full: ['--redis-name-prefix', 'full'],
  },
  {
    name: 'native',
    command: ours,
    noop: 'export function* noop() {}\n',
    plans: 1_000,
    full: ['--data', join(dir.path, 'full')],
  },
  {
    name: 'python',
    command: [...ours, '--worker', 'python', '--python', python, '--data', join(dir.path, 'python')],
    noop: pythonNoop,
    plans: 300,
    full: null,
  },
]

async function plansPerSecond(manager: Running, { noop, plans }: Contestant): Promise<number> {
  await manager.open()
  await upload(manager, noop)
  const items = Array(plans).fill({ item_type: 'plan', name: 'noop' })
  await manager.call('queue_item_add_batch', { items, ...owner, user_group: 'root' })
  const startMs = performance.now()
  await manager.call('queue_start')
  await manager.until((status) => status['items_in_history'] === plans && status['manager_state'] === 'idle')
  return plans / ((performance.now() - startMs) / 1000)
}

async function functionMs(manager: Running): Promise<number> {
  const samples: number[] = []
  const item = { item_type: 'function', name: 'function_sleep', args: [0] }
  for (let round = 0; round < 15; round += 1) {
    const startMs = performance.now()
    const { task_uid } = await manager.call('function_execute', { item, ...owner })
    while ((await manager.call('task_result', { task_uid }))['status'] !== 'completed') await sleep(1)
    samples.push(performance.now() - startMs)
    await manager.until((status) => status['manager_state'] === 'idle')
  }
  return percentile(samples, 0.5)
}

async function requestMs(manager: Running, body: unknown, rounds: number): Promise<number> {
  const text = JSON.stringify(body)
  const samples: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now()
    await manager.exchange(text)
    samples.push(performance.now() - startMs)
  }
  return percentile(samples, 0.5)
}

/** Time of the batch, and the longest wait of another client meanwhile, which is a process of its own. */
async function batch(manager: Running): Promise<{ batchMs: number; otherClientMs: number }> {
  const watcher = fork(fileURLToPath(new URL('./status-watcher.part.ts', import.meta.url)), [manager.control])
  await once(watcher, 'message')
  const plan = { item_type: 'plan', name: 'count', args: [['det1', 'det2']], kwargs: { num: 5 } }
  const body = JSON.stringify({
    method: 'queue_item_add_batch',
    params: { items: Array(batchItems).fill(plan), ...owner },
  })
  const startMs = performance.now()
  await manager.exchange(body)
  const batchMs = performance.now() - startMs
  await sleep(200)
  watcher.send('stop')
  const [{ waitsMs }] = (await once(watcher, 'message')) as [{ waitsMs: number[] }]
  return { batchMs, otherClientMs: Math.max(...waitsMs) }
}

/** From SIGKILL of the manager process to the first answer of the next. The worker lives. */
async function restartMs(manager: Running): Promise<number> {
  const listeners = listenersOn(Number(manager.control.split(':').at(-1)))
  const startMs = performance.now()
  for (const pid of listeners) process.kill(pid, 'SIGKILL')
  await sleep(5)
  for (;;) {
    const probe = connectBench(manager.control, 200)
    const answered = await probe.call('status').then(
      () => true,
      () => false,
    )
    probe.close()
    if (answered) return performance.now() - startMs
  }
}

type Figures = Readonly<Record<string, number>>

async function measure(contestant: Contestant): Promise<Figures> {
  const manager = await startContestant(contestant, { options: [], stateFolder: dir.path })
  await sleep(4_000) // the lists of the demo may be made in a process of their own
  const idleMib = treeMib(manager.child.pid ?? -1)
  const plans = await plansPerSecond(manager, contestant)
  const functions = await functionMs(manager)
  const status = await requestMs(manager, { method: 'status' }, 3_000)
  const item = { item_type: 'plan', name: 'count', args: [['det1', 'det2']], kwargs: { num: 5 } }
  const add = await requestMs(manager, { method: 'queue_item_add', params: { item, ...owner } }, 500)
  const { batchMs, otherClientMs } = await batch(manager)
  const get = await requestMs(manager, { method: 'queue_get' }, 10)
  const restart = await restartMs(manager)
  // The client's own request may have gone down with the manager.
  await manager.until((now) => now['manager_state'] === 'idle')
  await manager.stop()
  return { plans, functions, status, add, batchMs, otherClientMs, get, restart, idleMib }
}

async function fullMib(contestant: Contestant): Promise<Figures> {
  if (contestant.full === null) return {}
  const manager = await startContestant(contestant, { options: contestant.full, stateFolder: dir.path })
  await manager.exchange(JSON.stringify({ method: 'queue_get' }))
  const mib = treeMib(manager.child.pid ?? -1) + (contestant.name === 'theirs' ? treeMib(redis.pid ?? -1) : 0)
  await manager.stop()
  return { fullMib: mib }
}

interface Row {
  readonly key: string
  readonly what: string
  readonly unit: string
  readonly more?: 'is better'
  readonly target?: string
}

const rows: readonly Row[] = [
  { key: 'plans', what: 'no-op plans', unit: '1/s', more: 'is better', target: '20 times theirs' },
  { key: 'functions', what: 'function, call to result', unit: 'ms', target: '1/50 of theirs' },
  { key: 'status', what: 'status', unit: 'ms' },
  { key: 'add', what: 'queue_item_add', unit: 'ms' },
  { key: 'batchMs', what: `batch of ${batchItems} plans`, unit: 'ms', target: '1000 ms' },
  {
    key: 'otherClientMs',
    what: 'longest status of another client meanwhile',
    unit: 'ms',
    target: '50 ms',
  },
  { key: 'get', what: `queue_get of ${batchItems} items`, unit: 'ms' },
  { key: 'restart', what: 'SIGKILL of the manager to the first answer', unit: 'ms', target: '1000 ms' },
  { key: 'idleMib', what: 'resident memory at rest, all processes', unit: 'MiB' },
]
const fullRow: Row = {
  key: 'fullMib',
  what: `resident memory with ${storedItems} items in queue and in history, theirs with Redis`,
  unit: 'MiB',
}
const round = (value: number): number => Math.round(value * 100) / 100

function tell({ key, what, unit, more, target }: Row, figures: Readonly<Record<string, Figures>>): void {
  const native = figures['native']?.[key]
  const theirs = figures['theirs']?.[key]
  if (native === undefined || theirs === undefined) return
  const withPython = figures['python']?.[key]
  const ratio = (value: number): number => round(more === undefined ? theirs / value : value / theirs)
  report('versus-python', {
    what,
    unit,
    native: round(native),
    python_worker: withPython === undefined ? null : round(withPython),
    theirs: round(theirs),
    times_better: ratio(native),
    times_better_python_worker: withPython === undefined ? null : ratio(withPython),
    target: target ?? null,
    load: round(loadavg()[0] ?? 0),
  })
}

await sleep(500)
const figures: Record<string, Figures> = {}
for (const contestant of contestants) figures[contestant.name] = await measure(contestant)
for (const row of rows) tell(row, figures)
if (!quick) {
  const stores = { items: storedItems, redis: `localhost:${redisPort}`, prefix: 'full' }
  await fillStores({ ...stores, dataDir: join(dir.path, 'full') })
  for (const contestant of contestants) figures[contestant.name] = await fullMib(contestant)
  tell(fullRow, figures)
}
redis.kill()
await once(redis, 'exit')
await dir.close()
