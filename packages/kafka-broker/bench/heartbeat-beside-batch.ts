/* How long a heartbeat takes while another client writes batches of 100 MB, and a third reads them. The writer and the reader
 * are processes of their own, so that only the broker is shared. Target: a batch does not delay a heartbeat. */
import { fork } from 'node:child_process'
import {
  BenchConnection,
  benchBatch,
  benchBroker,
  createBenchTopic,
  fetchFrame,
  produceFrame,
  quantile,
  removeData,
  report,
  requestFrame,
} from './bench-client.part.ts'

const batches = 20
const batchBytes = 104_857_600
const beat = requestFrame('Heartbeat', 3, {
  groupId: 'g',
  generationId: 1,
  memberId: 'm',
  groupInstanceId: null,
})

async function write(port: number): Promise<void> {
  const connection = new BenchConnection(port)
  const frame = produceFrame('large', benchBatch(1, batchBytes))
  process.send?.('ready')
  for (let i = 0; i < batches; i++) await connection.ask(frame)
  connection.close()
}

async function read(port: number): Promise<void> {
  const connection = new BenchConnection(port)
  process.send?.('ready')
  for (let i = 0; i < batches; i++)
    await connection.ask(fetchFrame('large', i, { maxWaitMs: 60_000, maxBytes: 2 * batchBytes }))
  connection.close()
}

async function beatUntil(port: number, over: Promise<unknown>): Promise<number[]> {
  const connection = new BenchConnection(port)
  const tookMs: number[] = []
  let isOver = false
  void over.then(() => (isOver = true))
  while (!isOver) {
    const startedMs = performance.now()
    await connection.ask(beat)
    tookMs.push(performance.now() - startedMs)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  connection.close()
  return tookMs
}

function child(role: string, port: number): { ready: Promise<void>; done: Promise<void> } {
  const started = fork(import.meta.filename, [role, String(port)])
  const ready = new Promise<void>((resolve) => started.once('message', () => resolve()))
  const done = new Promise<void>((resolve) => started.once('exit', () => resolve()))
  return { ready, done }
}

async function measure(): Promise<void> {
  const broker = await benchBroker()
  await createBenchTopic(broker.port, 'large')
  const quiet = await beatUntil(broker.port, new Promise((resolve) => setTimeout(resolve, 2_000)))
  const before = await broker.usage()
  const workers = ['write', 'read'].map((role) => child(role, broker.port))
  await Promise.all(workers.map(({ ready }) => ready))
  const beside = await beatUntil(broker.port, Promise.all(workers.map(({ done }) => done)))
  const after = await broker.usage()
  for (const [of, values, { memory, loopP99Ms, loopMaxMs }] of [
    ['alone', quiet, before],
    [`beside ${batches} batches of 100 MB written and read`, beside, after],
  ] as const) {
    report('kafka-broker/heartbeat', {
      of,
      medianMs: quantile(values, 0.5),
      p99Ms: quantile(values, 0.99),
      maxMs: Math.max(...values),
      samples: values.length,
      loopP99Ms,
      loopMaxMs,
      brokerRssMb: memory.rss / 1e6,
    })
  }
  await broker.close()
  removeData(broker)
}

const [, , role, port] = process.argv
if (role === 'write') await write(Number(port))
else if (role === 'read') await read(Number(port))
else await measure()
