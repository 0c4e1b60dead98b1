/* One broker and its mutated requests, forked by mutated-frames.ts: worker.ts COUNT SEED CONNECTIONS TCP_PERCENT MAX_RSS_MB.
 * The broker is in this very process, so that nothing it throws can go unseen. Tells its progress, and at last its result. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { purge, soundRequest, startBroker } from './broker-under-test.ts'
import { type LaneOptions, type Outcomes, runLane } from './lanes.ts'
import { FrameMaker } from './mutated-frame.ts'
import { Patience } from './patience.ts'
import { randomNumbers } from './random-numbers.ts'
import { Turns } from './turns.ts'

export interface WorkerReport {
  readonly isEnd: boolean
  readonly outcomes: Outcomes
  /** Sound requests that were answered meanwhile. */
  readonly sound: number
  readonly rssMb: number
  readonly peakRssMb: number
  /** Why it has failed, or ''. */
  readonly failure: string
}

/** A sound request has to be answered by then. */
const soundPatience = new Patience(10_000)
const framePatience = new Patience(4_000)
const turns = new Turns()
const soundEvery = 20_000
const purgeEvery = 200_000

const [, , ...numbers] = process.argv
const [count = 0, seed = 0, connections = 0, tcpPercent = 0, maxRssMb = 0] = numbers.map(Number)
const random = randomNumbers(seed)
const frames = new FrameMaker(random)
const outcomes: Outcomes = { answered: 0, closed: 0, waiting: 0, tcp: 0 }
const total = (): number => outcomes.answered + outcomes.closed + outcomes.waiting
let failure = ''
let sound = 0
let nowMb = 0
let peakRssMb = 0
const tell = (isEnd: boolean): void => {
  const report: WorkerReport = { isEnd, outcomes, sound, rssMb: nowMb, peakRssMb, failure }
  process.send?.(report)
}

const directory = mkdtempSync(join(tmpdir(), 'bt-mutated-'))
// Also when the parent is gone.
process.once('disconnect', () => {
  rmSync(directory, { recursive: true, force: true })
  process.exit()
})
const broker = await startBroker(directory)
const { port, server } = broker
const fail = (error: unknown): void => void (failure ||= String(error))
const checkSound = (): Promise<void> => soundRequest(port, soundPatience).then(() => void sound++, fail)
await purge(port, frames.topics)
let checkedAt = 0
let purgedAt = 0
const watch = setInterval(() => {
  if (failure !== '') return
  nowMb = process.memoryUsage.rss() / 1_048_576
  peakRssMb = Math.max(peakRssMb, nowMb)
  if (nowMb > maxRssMb) failure = `broker and senders use ${Math.round(nowMb)} MB`
  if (total() - checkedAt < soundEvery) return
  checkedAt = total()
  void checkSound()
  tell(false)
  if (checkedAt - purgedAt < purgeEvery) return
  purgedAt = checkedAt
  purge(port, frames.topics).catch(fail)
}, 200)

/** The lanes of one kind share their part of the frames. */
async function runLanes(isTcp: boolean, share: number): Promise<void> {
  const wanted = Math.round(count * share)
  const sent = (): number => (isTcp ? outcomes.tcp : total() - outcomes.tcp)
  const isOver = (): boolean => sent() >= wanted || failure !== ''
  const patience = framePatience
  const lane: LaneOptions = { port, server, isTcp, turns, frames, random, outcomes, patience, isOver }
  const lanes = Math.ceil(connections * (isTcp ? 0.25 : 0.75))
  await Promise.all(Array.from({ length: lanes }, () => runLane(lane)))
}

const tcpShare = tcpPercent / 100
await Promise.all([runLanes(true, tcpShare), runLanes(false, 1 - tcpShare)])
clearInterval(watch)
framePatience.close()
await checkSound()
soundPatience.close()
await broker.close()
tell(true)
if (process.connected) process.disconnect()
