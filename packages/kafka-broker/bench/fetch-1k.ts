/* Reads a log of 1 KiB records from its beginning: from the page cache (older segments) and from the tail cache (the newest).
 * Target: 800 MB/s from the page cache. */
import {
  BenchConnection,
  benchBatch,
  benchBroker,
  createBenchTopic,
  fetchFrame,
  produceFrame,
  removeData,
  report,
} from './bench-client.part.ts'

const batchRecords = 500
const batches = 1_600

const broker = await benchBroker()
await createBenchTopic(broker.port, 'bench')
const batch = benchBatch(batchRecords, 1_024)
const frame = produceFrame('bench', batch)
const connection = new BenchConnection(broker.port)
for (let i = 0; i < batches; i++) await connection.ask(frame)

/** Offset after the last batch of an answer, whose batches are all of one size. */
async function readFrom(first: number, until: number): Promise<{ bytes: number; ms: number }> {
  let offset = first
  let bytes = 0
  const startedMs = performance.now()
  while (offset < until) {
    const { sizeBytes } = await connection.ask(fetchFrame('bench', offset))
    const whole = Math.floor(sizeBytes / batch.byteLength)
    if (whole === 0) throw new Error(`an answer of ${sizeBytes} bytes`)
    offset += whole * batchRecords
    bytes += sizeBytes
  }
  return { bytes, ms: performance.now() - startedMs }
}

const end = batches * batchRecords
const tailStart = end - 100 * batchRecords
await readFrom(0, end)
const before = await broker.usage()
const cold = await readFrom(0, tailStart)
const after = await broker.usage()
report('kafka-broker/fetch-1k', {
  from: 'page cache',
  megabytesPerS: cold.bytes / cold.ms / 1e3,
  recordsPerS: tailStart / (cold.ms / 1e3),
  samples: batches,
  brokerCpuMsPerMegabyte: ((after.cpuSeconds - before.cpuSeconds) * 1e9) / cold.bytes,
  brokerRssMb: after.memory.rss / 1e6,
  peer: 'Kafka 0.8: 940 521 records/s of 100 B, one consumer (LinkedIn 2014)',
})
let bytes = 0
let ms = 0
for (let round = 0; round < 10; round++) {
  const hot = await readFrom(tailStart, end)
  bytes += hot.bytes
  ms += hot.ms
}
report('kafka-broker/fetch-1k', { from: 'tail cache', megabytesPerS: bytes / ms / 1e3, samples: 1_000 })
connection.close()
await broker.close()
removeData(broker)
