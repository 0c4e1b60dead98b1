import { join } from 'node:path'
import { openBus } from '@beamtime/bus'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { tempDir, testContext, waitFor } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { catalogPath, openCatalog, startStore, storeConfig } from '../src/index.ts'
import { encode, finishedRun } from './sample-run.ts'

test('over a real broker: stored once, committed, dead-lettered, and again after a restart of broker and store', async () => {
  const dir = tempDir()
  const directory = join(dir.path, 'broker')
  const settings = (port: number) =>
    parseSection(
      brokerConfig,
      { listen: `127.0.0.1:${port}`, initial_rebalance_delay_ms: 10 },
      { key: 'broker' },
    )
  let broker = await openBroker({ config: settings(0), directory })
  const port = broker.addresses[0]?.port ?? 0
  const options = {
    bootstrapServers: [`127.0.0.1:${port}`],
    clientId: 'test',
    retry: { minMs: 10, maxMs: 100 },
  }
  const bus = openBus(options)
  const store = parseSection(storeConfig, {}, { key: 'store' })
  const queueTopics = [{ queueName: 'main', topic: 'demo.bluesky.documents', catalog: 'demo' }]
  const context = testContext({ dataDir: dir.path, role: 'store' })
  let service = await startStore({ store, bus: options, queueTopics }, context)
  const producer = bus.producer()
  const publish = async (values: readonly Uint8Array[]): Promise<void> => {
    await producer.sendBatch(
      values.map((value) => ({ topic: 'demo.bluesky.documents', partition: 0, value })),
    )
  }
  const catalog = openCatalog(catalogPath(dir.path, 'demo'))
  try {
    const runs = [finishedRun(300), finishedRun(300), finishedRun(300)] as const
    const bytes = runs.map((run) => encode(run.documents).map((document) => document.bytes))
    await bus.ensureTopics([{ name: 'demo.bluesky.documents' }])
    await publish([...(bytes[0] ?? []), Buffer.from('poison')])
    await waitFor(() => catalog.verify(runs[0].uid)?.ok, { timeoutMs: 10_000 })
    await waitFor(async () => (await bus.admin.groupLag('store')).every(({ lag }) => lag === 0n), {
      timeoutMs: 10_000,
    })
    expect(await bus.admin.offsets('demo.bluesky.documents.dead-letter')).toEqual([
      { partition: 0, earliest: 0n, latest: 1n },
    ])

    await service.close()
    await publish(bytes[1] ?? [])
    service = await startStore(
      { store, bus: options, queueTopics },
      testContext({ dataDir: dir.path, role: 'store' }),
    )
    await waitFor(() => catalog.verify(runs[1].uid)?.ok, { timeoutMs: 10_000 })

    await broker.close()
    broker = await openBroker({ config: settings(port), directory })
    await publish(bytes[2] ?? [])
    await waitFor(() => catalog.verify(runs[2].uid)?.ok, { timeoutMs: 15_000 })
    for (const run of runs) expect(catalog.documents(run.uid, { limit: 1000 })).toEqual(run.documents)
    expect(catalog.list().total).toBe(3)
  } finally {
    catalog.close()
    await service.close()
    await producer.close()
    await bus.close()
    await broker.close()
    await dir.close()
  }
}, 60_000)
