/* One broker and its mutated requests, forked by mutated-frames.ts: worker.ts COUNT SEED CONNECTIONS MAX_RSS_MB. Tells its
 * progress, and at last its result. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { purge, rssMb, soundRequest, startBroker, stopBroker } from './broker-under-test.ts'
import { type Outcomes, runLane } from './lanes.ts'
import { FrameMaker } from './mutated-frame.ts'
import { randomNumbers } from './random-numbers.ts'

export interface WorkerReport {
  readonly isEnd: boolean
  readonly outcomes: Outcomes
  readonly rssMb: number
  readonly peakRssMb: number
  /** Why it has failed, or ''. */
  readonly failure: string
}

const soundEvery = 20_000
const purgeEvery = 200_000

const [, , ...numbers] = process.argv
const [count = 0, seed = 0, connections = 0, maxRssMb = 0] = numbers.map(Number)
const random = randomNumbers(seed)
const frames = new FrameMaker(random)
const outcomes: Outcomes = { answered: 0, closed: 0, waiting: 0 }
const total = (): number => outcomes.answered + outcomes.closed + outcomes.waiting
let failure = ''
let nowMb = 0
let peakRssMb = 0
const tell = (isEnd: boolean): void => {
  const report: WorkerReport = { isEnd, outcomes, rssMb: nowMb, peakRssMb, failure }
  process.send?.(report)
}

const directory = mkdtempSync(join(tmpdir(), 'bt-mutated-'))
const { child, port } = await startBroker(directory)
child.once('exit', (code, signal) => (failure ||= `the broker ended with ${code ?? signal}`))
const fail = (error: unknown): void => void (failure ||= String(error))
await purge(port, frames.topics)
let checkedAt = 0
let purgedAt = 0
const watch = setInterval(() => {
  if (failure !== '' || child.pid === undefined) return
  nowMb = rssMb(child.pid)
  peakRssMb = Math.max(peakRssMb, nowMb)
  if (nowMb > maxRssMb) failure = `the broker uses ${Math.round(nowMb)} MB`
  if (total() - checkedAt < soundEvery) return
  checkedAt = total()
  soundRequest(port).catch(fail)
  tell(false)
  if (checkedAt - purgedAt < purgeEvery) return
  purgedAt = checkedAt
  purge(port, frames.topics).catch(fail)
}, 200)
const isOver = (): boolean => total() >= count || failure !== ''
const lane = { port, frames, random, outcomes, isOver }
await Promise.all(Array.from({ length: connections }, () => runLane(lane)))
clearInterval(watch)
await soundRequest(port).catch(fail)
await stopBroker(child)
rmSync(directory, { recursive: true, force: true })
tell(true)
process.disconnect()
