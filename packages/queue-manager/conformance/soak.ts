/**
 * Random requests of every method on a running queue, with manager and worker killed at random moments, and the rules of
 * the queue checked throughout: no item is lost, none runs twice unless its worker died or it was ended, every request is
 * answered, status, uids and counts are true, a killed manager comes back as it was. For Linux.
 *   soak.ts [--minutes 30] [--seed N] [--redis]      a line a minute, one JSON line and "N passed, N failed" at the end
 * It ends by itself: where nothing is answered for 30 s, or it is not done 8 minutes after its time, it says what each
 * process is at and the last lines of the logs, and fails.
 * `--python PATH`: plans run in Bluesky's engine, in a Python worker; the Python needs bluesky-queueserver.
 * `--redis`: the queue is kept in a redis-server from PATH, on a free port. `--keep`: the folder stays, and is told.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort, tempDir } from '@beamtime/service-kit/testing'
import { seededRandom } from './seeded-random.ts'
import { Family } from './soak/family.ts'
import { killAtRandom } from './soak/kills.ts'
import { outageReport, watchForOutage } from './soak/outage.ts'
import { residentMib } from './soak/processes.ts'
import { readAtRandom } from './soak/reading.ts'
import { SoakState } from './soak/soak-state.ts'
import { actAtRandom } from './soak/traffic.ts'
import { probeUids, runDry } from './soak/uid-probes.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    redis: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    python: { type: 'string' },
  },
})
const dir = tempDir()
const redisPort = await freePort()
const redis = values.redis
  ? spawn('redis-server', ['--port', String(redisPort), '--save', '', '--dir', dir.path], { stdio: 'ignore' })
  : null
const random = seededRandom(Number(values.seed))
const worker = values.python === undefined ? 'native' : 'python'
const family = await Family.start({
  folder: dir.path,
  plans: worker,
  options: [
    ...(redis === null ? [] : [`--redis-addr=localhost:${redisPort}`]),
    ...(values.python === undefined ? [] : ['--worker=python', `--python=${values.python}`]),
  ],
})
const soak = new SoakState(family, { random, worker })
const statusMs: number[] = []
const rssMib: number[] = []
const checkEveryMs = 4_000
const probeEveryMs = 20_000
/** Beyond this the oldest are cleared, after they have been checked. */
const maxHistory = 2_000

function figures(): Record<string, unknown> {
  const { book, kills, ledger, marks, observer } = soak
  return {
    requests: book.total,
    refused: Array.from(book.refused.values()).reduce((sum, times) => sum + times, 0),
    cutOff: book.cutOff,
    kills: { ...kills },
    items: ledger.items,
    executions: marks.executions,
    ends: { ...ledger.statuses },
    checks: soak.checks,
    probes: soak.probes,
    statusMessages: observer.messages,
    problems: soak.problemCount,
    rssMib: rssMib.at(-1) ?? 0,
  }
}

async function checkAndTrim(): Promise<void> {
  const snapshot = await soak.check()
  if (snapshot === null || snapshot.history.length < maxHistory) return
  const middle = snapshot.history[Math.floor(snapshot.history.length / 2)]
  await soak.call('history_clear', random(2) === 0 ? { size: 500 } : { item_uid: middle?.item_uid })
}

const stop = new AbortController()
const overtimeMs = 8 * 60_000

/** Random requests and kills for the time, then the rest of the queue is run. */
async function run(): Promise<void> {
  await soak.answered()
  const beside = [killAtRandom(soak, stop.signal), readAtRandom(soak, stop.signal, statusMs)]
  const end = performance.now() + Number(values.minutes) * 60_000
  let nextReport = performance.now() + 60_000
  let nextCheck = performance.now() + checkEveryMs
  let nextProbe = performance.now() + probeEveryMs
  while (performance.now() < end) {
    await actAtRandom(soak)
    await sleep(random(15))
    if (performance.now() > nextCheck) {
      await checkAndTrim()
      nextCheck = performance.now() + checkEveryMs
    }
    if (performance.now() > nextProbe) {
      await soak.alone(() => probeUids(soak))
      nextProbe = performance.now() + probeEveryMs
    }
    if (performance.now() > nextReport) {
      rssMib.push(residentMib(family.managerPid ?? -1))
      console.log(JSON.stringify(figures()))
      nextReport += 60_000
    }
  }
  stop.abort()
  await Promise.all(beside)
  await soak.call('queue_mode_set', { mode: 'default' })
  await runDry(soak)
  await soak.check()
}

async function tooLong(): Promise<string> {
  await sleep(Number(values.minutes) * 60_000 + overtimeMs)
  return outageReport(soak, 'the soak did not come to its end')
}

const over = new AbortController()
const outage = await Promise.race([
  run().then(
    () => null,
    (error: unknown) =>
      outageReport(soak, `the soak broke off: ${error instanceof Error ? error.stack : String(error)}`),
  ),
  watchForOutage(soak, over.signal),
  tooLong(),
])
stop.abort()
over.abort()
for (const method of soak.book.unanswered) soak.problem(`${method} was not answered`)
if (outage !== null) {
  console.log(outage)
  soak.problem(outage.split('\n', 1)[0] ?? '')
}
await soak.close()
redis?.kill()
if (redis !== null) await once(redis, 'exit')
if (values.keep || soak.problemCount > 0) console.log(`What is left of it: ${dir.path}`)
else await dir.close()

const sorted = (samples: readonly number[]): number[] => [...samples].toSorted((a, b) => a - b)
const quantile = (samples: readonly number[], fraction: number): number =>
  Math.round((sorted(samples)[Math.floor(samples.length * fraction)] ?? 0) * 10) / 10
console.log(
  JSON.stringify({
    name: 'soak',
    minutes: Number(values.minutes),
    seed: Number(values.seed),
    worker,
    store: redis === null ? 'sqlite' : 'redis',
    ...figures(),
    methods: Object.fromEntries([...soak.book.calls].toSorted(([a], [b]) => a.localeCompare(b))),
    states: [...soak.observer.states],
    restartMs: { median: quantile(soak.restartsMs, 0.5), worst: quantile(soak.restartsMs, 0.9999) },
    statusMs: {
      median: quantile(statusMs, 0.5),
      p99: quantile(statusMs, 0.99),
      worst: quantile(statusMs, 0.99999),
    },
    rssMibByMinute: rssMib,
    firstProblems: soak.problems,
  }),
)
const rules = soak.checks + soak.probes
console.log(soak.problemCount === 0 ? 'VERDICT: clean' : 'VERDICT: failed')
console.log(`${Math.max(0, rules - soak.problemCount)} passed, ${soak.problemCount} failed`)
process.exit(soak.problemCount === 0 ? 0 : 1)
