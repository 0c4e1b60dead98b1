/* Sends mutated requests of real clients to brokers, each in a process of its own:
 *   node conformance/mutated-frames.ts [--count 100000] [--seed 1] [--brokers 2] [--connections 600] [--tcp-percent 20]
 *     [--max-rss-mb 700]
 * A part of the connections are TCP, the rest are handed to the broker's server in memory, which makes them a few times cheaper:
 * what they go through from the server's connection event on is the same. Each frame counts when it was answered, when the broker closed its connection, or when the broker waits for more of it (a
 * request that says it is longer, or a long poll). Each broker has to live on, to answer sound requests all along, and to stay
 * below the memory limit. One JSON line; exit code 1 when one of these does not hold. */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { WorkerReport } from './mutated/worker.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    brokers: { type: 'string', default: String(availableParallelism()) },
    connections: { type: 'string', default: '600' },
    'tcp-percent': { type: 'string', default: '20' },
    'max-rss-mb': { type: 'string', default: '700' },
  },
})
const count = Number(values.count)
const seed = Number(values.seed)
const brokers = Math.max(1, Number(values.brokers))
const tellEveryMs = 10_000

interface Worker {
  readonly child: ChildProcess
  report: WorkerReport
  readonly ended: Promise<void>
}

const noReport: WorkerReport = {
  isEnd: false,
  outcomes: { answered: 0, closed: 0, waiting: 0, tcp: 0 },
  sound: 0,
  rssMb: 0,
  peakRssMb: 0,
  failure: '',
}

function startWorker(index: number): Worker {
  const program = join(import.meta.dirname, 'mutated', 'worker.ts')
  const args = [Math.ceil(count / brokers), seed + index, values.connections]
  args.push(values['tcp-percent'], values['max-rss-mb'])
  const child = fork(program, args.map(String), { execArgv: [] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const worker: Worker = { child, report: noReport, ended }
  child.on('message', (report) => void (worker.report = report as WorkerReport))
  return worker
}

const startedMs = performance.now()
const workers = Array.from({ length: brokers }, (_, index) => startWorker(index))
const sumOf = (name: keyof WorkerReport['outcomes']): number =>
  workers.reduce((sum, { report }) => sum + report.outcomes[name], 0)
const framesSent = (): number => sumOf('answered') + sumOf('closed') + sumOf('waiting')
const secondsSince = (): number => Math.round((performance.now() - startedMs) / 1_000)
const progress = setInterval(() => {
  const memory = workers.map(({ report }) => `${Math.round(report.rssMb)} MB`).join(', ')
  console.error(`${framesSent()} frames in ${secondsSince()} s, ${memory}`)
}, tellEveryMs)
await Promise.all(workers.map(({ ended }) => ended))
clearInterval(progress)
const failures = workers.map(({ report }) => report.failure || (report.isEnd ? '' : 'the process has ended'))
const result = failures.find((failure) => failure !== '') ?? 'pass'
console.log(
  JSON.stringify({
    name: 'kafka-broker/mutated-frames',
    frames: framesSent(),
    answered: sumOf('answered'),
    closed: sumOf('closed'),
    waiting: sumOf('waiting'),
    overTcp: sumOf('tcp'),
    soundRequests: workers.reduce((sum, { report }) => sum + report.sound, 0),
    seed,
    brokers,
    seconds: secondsSince(),
    peakRssMb: Math.round(Math.max(...workers.map(({ report }) => report.peakRssMb))),
    result,
  }),
)
process.exitCode = result === 'pass' ? 0 : 1
