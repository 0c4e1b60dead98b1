/* One small record at a time: from send to acknowledgement, and from send to a waiting reader at 1 000 records/s.
 * Targets: acknowledgement p50 below 0.3 ms and p99 below 2 ms; end to end p99 below 3 ms. */
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
} from './bench-client.part.ts'

const warmUp = 500
const samples = 3_000
const broker = await benchBroker()
await createBenchTopic(broker.port, 'bench')
const frame = produceFrame('bench', benchBatch(1, 100))
const producer = new BenchConnection(broker.port)

const acks: number[] = []
for (let i = 0; i < warmUp + samples; i++) {
  const startedMs = performance.now()
  await producer.ask(frame)
  if (i >= warmUp) acks.push(performance.now() - startedMs)
}
report('kafka-broker/latency', {
  of: 'acks=1',
  medianMs: quantile(acks, 0.5),
  p99Ms: quantile(acks, 0.99),
  warmUp,
  samples,
  peer: 'Kafka: 2 ms median, 3 ms p99 end to end (LinkedIn 2014, other machines)',
})

const consumer = new BenchConnection(broker.port)
const endToEnd: number[] = []
let offset = warmUp + samples
for (let i = 0; i < samples; i++) {
  const waiting = consumer.ask(fetchFrame('bench', offset, { maxWaitMs: 5_000 }))
  await new Promise((resolve) => setTimeout(resolve, 1))
  const startedMs = performance.now()
  producer.socket.write(frame)
  await waiting
  endToEnd.push(performance.now() - startedMs)
  offset++
}
report('kafka-broker/latency', {
  of: 'end to end',
  medianMs: quantile(endToEnd, 0.5),
  p99Ms: quantile(endToEnd, 0.99),
  samples,
})
producer.close()
consumer.close()
await broker.close()
removeData(broker)
