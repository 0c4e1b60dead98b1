import { join } from 'node:path'
import { CatalogWriter, openCatalog } from '@beamtime/document-store'
import { composeRun, createDocumentEncoder } from '@beamtime/event-model'
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'
import { tempDir } from '@beamtime/service-kit/testing'
import { openReplay, playOptionsOf } from '@beamtime/stream-replay'
import { expect, onTestFinished, test } from 'vitest'

test('a recorded run that is played five times over is five runs in the store', async () => {
  const folder = tempDir()
  const broker = await openBroker({
    config: parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' }),
    directory: join(folder.path, 'broker'),
  })
  const bus = { bootstrapServers: [`127.0.0.1:${broker.addresses[0]?.port}`], clientId: 'test' }
  const replay = openReplay({ bus, recordingsDir: folder.path })
  onTestFinished(async () => {
    await replay.close()
    await broker.close()
    await folder.close()
  })
  await replay.bus.ensureTopics([{ name: 'docs' }])
  const run = composeRun({ metadata: { scan_id: 11, plan_name: 'count' } })
  const primary = run.composeDescriptor({
    name: 'primary',
    data_keys: { det: { dtype: 'number', shape: [], source: 'SIM' } as const },
  })
  const encoder = createDocumentEncoder()
  const documents = [
    encoder.encode(['start', run.startDoc]),
    encoder.encode(['descriptor', primary.descriptorDoc]),
  ]
  for (let point = 0; point < 20; point++) {
    const event = primary.composeEvent({ data: { det: point }, timestamps: { det: run.startDoc.time } })
    documents.push(encoder.encode(['event', event]))
  }
  documents.push(encoder.encode(['stop', run.composeStop()]))
  const producer = replay.bus.producer()
  await producer.sendBatch(documents.map((value) => ({ topic: 'docs', value })))

  const texts = { source: 'topic:docs', topicMap: 'docs=again', create: true, asap: true, shift: 'now' }
  const source = await replay.source(texts.source)
  const player = replay.player(source, playOptionsOf({ ...texts, loop: '5', renumber: ['docs'] }))
  expect(await player.run()).toMatchObject({ acked: documents.length * 5, warnings: [] })
  await source.close()

  const path = join(folder.path, 'runs.sqlite')
  const writer = new CatalogWriter(path)
  const stop = new AbortController()
  let count = 0
  await replay.bus.tail({
    topic: 'again',
    from: 'earliest',
    signal: stop.signal,
    onRecords(records) {
      writer.apply(records.map(({ value }) => ({ bytes: value ?? new Uint8Array(0) })))
      count += records.length
      if (count === documents.length * 5) stop.abort()
    },
  })
  const catalog = openCatalog(path)
  const { runs, total } = catalog.list({})
  expect(total).toBe(5)
  expect(new Set(runs.map(({ uid }) => uid)).size).toBe(5)
  for (const { uid } of runs) {
    const { columns } = catalog.table(uid, 'primary', { cols: ['det'] })
    expect(columns.find(({ name }) => name === 'det')?.values).toHaveLength(20)
  }
  catalog.close()
  writer.close()
})
