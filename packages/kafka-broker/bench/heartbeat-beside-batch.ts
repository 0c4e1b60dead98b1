/* How long a heartbeat takes while another client writes batches of 100 MB, and a third reads them. The writer and the reader
 * are processes of their own, so that only the broker is shared. Target: a batch does not delay a heartbeat. */
import { benchBroker, createBenchTopic, quantile, removeData, report } from './bench-client.part.ts'
import { joinGroup, largeClient } from './group-member.part.ts'

const batches = 20
const batchBytes = 104_857_600

const broker = await benchBroker()
const { port } = broker
await createBenchTopic(port, 'large')
const member = await joinGroup(port)
const quiet = await member.beatUntil(new Promise((resolve) => setTimeout(resolve, 2_000)))
const before = await broker.usage()
const load = { port, topic: 'large', batches, batchBytes }
const workers = [largeClient('write', load), largeClient('read', load)]
await Promise.all(workers.map(({ ready }) => ready))
const beside = await member.beatUntil(Promise.all(workers.map(({ done }) => done)))
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
member.close()
await broker.close()
removeData(broker)
