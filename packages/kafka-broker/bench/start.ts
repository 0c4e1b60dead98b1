/* Start with 1 000 partitions after an orderly stop and after a kill, and memory at rest.
 * Targets: 300 ms to listening after an orderly stop, 80 MB at rest, 500 connections. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

const topics = 100
const partitions = 10
const first = await benchBroker()
for (let i = 0; i < topics; i++) {
  await createBenchTopic(first.port, i === 0 ? 'bench' : `bench-${i}`, { partitions })
}
const connection = new BenchConnection(first.port)
const frame = produceFrame('bench', benchBatch(500, 1_024))
for (let i = 0; i < 200; i++) await connection.ask(frame)
connection.close()
const killed = mkdtempSync(join(tmpdir(), 'bt-bench-'))
cpSync(first.directory, killed, { recursive: true })
rmSync(join(killed, 'lock'))
await first.close()

const clean = await benchBroker({}, first.directory)
await new Promise((resolve) => setTimeout(resolve, 500))
const atRest = (await clean.usage()).memory
const many = Array.from({ length: 500 }, () => new BenchConnection(clean.port))
await Promise.all(many.map((one) => new Promise((resolve) => one.socket.once('connect', resolve))))
const withClients = (await clean.usage()).memory
for (const one of many) one.close()
report('kafka-broker/start', {
  after: 'orderly stop',
  partitions: topics * partitions,
  openMs: clean.openMs,
  rssMb: atRest.rss / 1e6,
  rssWith500ClientsMb: withClients.rss / 1e6,
})
await clean.close()
removeData(clean)

const recovered = await benchBroker({}, killed)
report('kafka-broker/start', {
  after: 'kill -9, 100 MB in the open segment',
  partitions: topics * partitions,
  openMs: recovered.openMs,
})
await recovered.close()
removeData(recovered)
