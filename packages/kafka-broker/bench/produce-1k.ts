/* Records of 1 KiB in batches of 500, one partition, acks 1, five requests under way; client and broker share the machine.
 * Target: 400 000 records/s from librdkafka with the checksum verified. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  BenchConnection,
  benchBatch,
  benchBroker,
  createBenchTopic,
  produceFrame,
  removeData,
  report,
} from './bench-client.part.ts'

const batchRecords = 500
const batches = 1_600
const warmUpBatches = 200
const inFlight = 5

const broker = await benchBroker()
await createBenchTopic(broker.port, 'bench')
const frame = produceFrame('bench', benchBatch(batchRecords, 1_024))
const connection = new BenchConnection(broker.port)

/** Sends `count` batches and waits for all answers. Returns milliseconds. */
function run(count: number): Promise<number> {
  return new Promise((resolve) => {
    let sent = 0
    let answered = 0
    const startedMs = performance.now()
    connection.onAnswer = () => {
      answered++
      if (sent < count) send()
      if (answered === count) resolve(performance.now() - startedMs)
    }
    const send = (): void => {
      sent++
      connection.socket.write(frame)
    }
    for (let i = 0; i < inFlight; i++) send()
  })
}

await run(warmUpBatches)
const before = await broker.usage()
const seconds = (await run(batches)) / 1000
const records = batches * batchRecords
const after = await broker.usage()
const { heapUsed, rss } = after.memory
const megabytes = (batches * frame.byteLength) / 1e6
report('kafka-broker/produce-1k', {
  client: 'frames made beforehand',
  recordsPerS: records / seconds,
  megabytesPerS: megabytes / seconds,
  brokerCpuMsPerMegabyte: ((after.cpuSeconds - before.cpuSeconds) * 1_000) / megabytes,
  warmUp: warmUpBatches,
  samples: batches,
  brokerHeapMb: heapUsed / 1e6,
  brokerRssMb: rss / 1e6,
  peer: 'Kafka 0.8 on 3 machines: 78 MB/s with 100 B records (LinkedIn 2014)',
})
connection.close()

const cache = process.env['BEAMTIME_PEERS_CACHE'] ?? join(homedir(), '.cache', 'beamtime-peers')
const python = join(cache, 'kafka', 'bin', 'python')
if (existsSync(python)) {
  const script = join(import.meta.dirname, 'librdkafka-produce.py')
  const { stdout } = spawnSync(python, [script, `127.0.0.1:${broker.port}`, '600000'], { encoding: 'utf8' })
  const result = JSON.parse(stdout) as { seconds: number; count: number; errors: number }
  report('kafka-broker/produce-1k', {
    client: 'librdkafka through confluent-kafka-python',
    recordsPerS: result.count / result.seconds,
    megabytesPerS: (result.count * 1_024) / result.seconds / 1e6,
    errors: result.errors,
    peer: '1 457 000 records/s into its own mock broker in memory, same machine',
  })
} else {
  console.log(
    JSON.stringify({ name: 'kafka-broker/produce-1k', skipped: 'librdkafka: run tools/peers/kafka.sh once' }),
  )
}
await broker.close()
removeData(broker)
