/* Documents a second from the bus into a catalog: embedded broker, consumer group and store in one process, 60 000 documents
 * of 200 runs waiting on the topic. Prints one JSON line. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBus } from '@beamtime/bus'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { testContext, waitFor } from '@beamtime/service-kit/testing'
import { catalogPath, openCatalog, startStore, storeConfig } from '../src/index.ts'
import { demoRun } from './demo-runs.part.ts'

const dir = mkdtempSync(join(tmpdir(), 'bt-bus-store-'))
const topic = 'bench.bluesky.documents'
const config = parseSection(
  brokerConfig,
  { listen: '127.0.0.1:0', initial_rebalance_delay_ms: 10 },
  { key: 'broker' },
)
const broker = await openBroker({ config, directory: join(dir, 'broker') })
const options = { bootstrapServers: [`127.0.0.1:${broker.addresses[0]?.port ?? 0}`], clientId: 'bench' }
const bus = openBus(options)
const producer = bus.producer()
await bus.ensureTopics([{ name: topic }])
const documents = Array.from({ length: 200 }, (_, i) => [...demoRun(i, 297)]).flat()
for (let from = 0; from < documents.length; from += 2000) {
  await producer.sendBatch(
    documents.slice(from, from + 2000).map((value) => ({ topic, partition: 0, value })),
  )
}
const start = performance.now()
const service = await startStore(
  {
    store: parseSection(storeConfig, {}, { key: 'store' }),
    bus: options,
    queueTopics: [{ queueName: 'main', topic, catalog: 'bench' }],
  },
  testContext({ dataDir: dir, role: 'store' }),
)
const catalog = openCatalog(catalogPath(dir, 'bench'))
await waitFor(() => catalog.list({ status: ['success', 'abort'], limit: 1 }).total === 200, {
  timeoutMs: 60_000,
  intervalMs: 20,
})
const seconds = (performance.now() - start) / 1000
console.log(
  JSON.stringify({
    name: 'document-store bus to SQLite',
    node: process.version,
    unit: 'documents/s',
    documents: documents.length,
    secondsWithJoin: Math.round(seconds * 100) / 100,
    rate: Math.round(documents.length / seconds),
    samples: 1,
    heapMiB: Math.round(process.memoryUsage().heapUsed / 1_048_576),
  }),
)
catalog.close()
await service.close()
await producer.close()
await bus.close()
await broker.close()
rmSync(dir, { recursive: true })
