import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { parseSection } from '@beamtime/service-kit'
import { tempDir, testContext, waitFor, type TestContext } from '@beamtime/service-kit/testing'
import { onTestFinished, expect, test } from 'vitest'
import {
  catalogPath,
  openCatalog,
  startStore,
  storeConfig,
  type Catalog,
  type StoreServiceConfig,
} from '../src/index.ts'
import { fakeBus, type FakeBus } from './fake-bus.ts'
import { encode, finishedRun, sampleRun } from './sample-run.ts'

interface Started {
  readonly bus: FakeBus
  readonly context: TestContext
  readonly catalog: Catalog
  readonly path: string
  readonly start: () => ReturnType<typeof startStore>
}

const queueTopics = [{ queueName: 'main', topic: 'docs', catalog: 'demo' }]

function prepared(
  options: { readonly bus?: FakeBus; readonly store?: Readonly<Record<string, unknown>> } = {},
): Started {
  const dir = tempDir()
  const bus = options.bus ?? fakeBus()
  const context = testContext({ dataDir: dir.path, role: 'store' })
  const path = catalogPath(dir.path, 'demo')
  const catalog = openCatalog(path)
  const closers: (() => Promise<void>)[] = []
  onTestFinished(async () => {
    catalog.close()
    for (const close of closers) await close()
    await dir.close()
  })
  const store = parseSection(storeConfig, options.store ?? {}, {
    key: 'store',
  }) as StoreServiceConfig['store']
  return {
    bus,
    context,
    catalog,
    path,
    async start() {
      const service = await startStore({ store, bus, queueTopics }, context)
      closers.push(() => service.close())
      return service
    },
  }
}
const bytesOf = (run: { documents: Parameters<typeof encode>[0] }) =>
  encode(run.documents).map(({ bytes }) => bytes)

test('what is published is in the catalog, and the offset is committed after it', async () => {
  const { bus, catalog, start, context } = prepared()
  const run = finishedRun(50)
  bus.publish('docs', bytesOf(run))
  const service = await start()
  await waitFor(() => bus.committed.get('docs') === run.documents.length)
  expect(catalog.documents(run.uid, { limit: 100 })).toEqual(run.documents)
  expect(service.status?.()).toContain('0 runs open, bus ok')
  expect(context.health.checks()).toMatchObject({ bus: { ok: true }, 'catalog:demo': { ok: true } })
  const text = await context.metrics.text()
  expect(text).toMatch(/beamtime_store_documents_total\{catalog="demo",name="event"[^}]*\} 50/)
  expect(text).toMatch(/beamtime_store_runs_open\{catalog="demo"[^}]*\} 0/)
  expect(text).toContain('beamtime_store_write_seconds_count')
  expect(text).toContain('beamtime_store_last_write_timestamp_seconds')
})

test('a running run is seen while it grows', async () => {
  const { bus, catalog, start } = prepared()
  await start()
  const run = sampleRun()
  run.points(3)
  bus.publish('docs', bytesOf(run))
  await waitFor(() => catalog.summary(run.uid)?.points === 3)
  run.points(2)
  bus.publish('docs', bytesOf(run).slice(5))
  expect(await waitFor(() => catalog.table(run.uid, 'primary').total === 5)).toBe(true)
})

test('poison goes to the dead-letter topic with its reason and stops nothing', async () => {
  const { bus, catalog, start } = prepared()
  const run = finishedRun(1)
  bus.publish('docs', [Buffer.from('poison'), ...bytesOf(run)])
  await start()
  await waitFor(() => bus.committed.get('docs') === run.documents.length + 1)
  expect(catalog.documentCount(run.uid)).toBe(run.documents.length)
  expect(bus.sent).toHaveLength(1)
  expect(bus.sent[0]).toMatchObject({ topic: 'docs.dead-letter', value: Buffer.from('poison') })
  const headers = Object.fromEntries(
    (bus.sent[0]?.headers ?? []).map(({ key, value }) => [key, Buffer.from(value).toString()]),
  )
  expect(headers).toMatchObject({ 'error-code': 'EVENT_MODEL_MALFORMED', source: 'docs/0/0' })
})

test('a document that comes again with other content goes to the dead-letter topic', async () => {
  const { bus, catalog, start } = prepared()
  const run = sampleRun()
  const forged = encode([['start', { ...run.run.startDoc, sample: 'forged' }]]).map(({ bytes }) => bytes)
  bus.publish('docs', [...bytesOf(run), ...forged, ...bytesOf(run)])
  await start()
  await waitFor(() => bus.committed.get('docs') === 5)
  expect(bus.sent.map(({ topic }) => topic)).toEqual(['docs.dead-letter'])
  expect(catalog.documentCount(run.uid)).toBe(2)
})

test('a bus that fails between write and commit gives the records again, and nothing is doubled', async () => {
  const { bus, catalog, start } = prepared()
  const run = finishedRun(20)
  bus.failNext(new Error('connection lost'))
  bus.publish('docs', bytesOf(run))
  await start()
  await waitFor(() => bus.committed.get('docs') === run.documents.length)
  expect(catalog.documentCount(run.uid)).toBe(run.documents.length)
  expect(bus.sent).toEqual([])
})

test('a locked catalog is waited for, and told in health', async () => {
  const { bus, catalog, start, path, context } = prepared()
  await start()
  const blocker = new DatabaseSync(path)
  blocker.exec('DROP TABLE rejected; CREATE TABLE rejected (x)')
  blocker.exec('ALTER TABLE doc_log RENAME TO hidden')
  const run = finishedRun(1)
  bus.publish('docs', bytesOf(run))
  await waitFor(() => context.health.checks()['catalog:demo']?.ok === false)
  expect(bus.committed.get('docs')).toBeUndefined()
  blocker.exec('ALTER TABLE hidden RENAME TO doc_log')
  blocker.close()
  await waitFor(() => bus.committed.get('docs') === run.documents.length)
  expect(catalog.documentCount(run.uid)).toBe(run.documents.length)
  expect(context.health.checks()['catalog:demo']?.ok).toBe(true)
})

test('what the group has behind it and the catalog has not is read again', async () => {
  const first = prepared()
  const run = finishedRun(10)
  first.bus.publish('docs', bytesOf(run))
  const service = await first.start()
  await waitFor(() => first.bus.committed.get('docs') === run.documents.length)
  await service.close()
  const second = prepared({ bus: first.bus })
  await second.start()
  await waitFor(() => second.catalog.documentCount(run.uid) === run.documents.length)
  expect(second.catalog.documents(run.uid, { limit: 100 })).toEqual(run.documents)
})

test('topic_map adds topics and overrules catalogs', async () => {
  const { bus, start, context } = prepared({ store: { topic_map: { docs: 'elsewhere', more: 'third' } } })
  const a = finishedRun(1)
  const b = finishedRun(1)
  bus.publish('docs', bytesOf(a))
  bus.publish('more', bytesOf(b))
  await start()
  await waitFor(() => bus.committed.size === 2)
  for (const [name, run] of [
    ['elsewhere', a],
    ['third', b],
  ] as const) {
    const catalog = openCatalog(catalogPath(context.dataDir, name))
    expect(catalog.list().runs.map(({ uid }) => uid)).toEqual([run.uid])
    catalog.close()
  }
})

test.each([
  [{ mode: 'mongo' }, 'STORE_MODE_UNAVAILABLE'],
  [{ topic_map: { docs: 5 } }, 'STORE_TOPIC_MAP'],
  [{ topic_map: { docs: '../up' } }, 'STORE_CATALOG_NAME'],
])('the configuration %j is refused with the remedy', async (store, code) => {
  await expect(prepared({ store }).start()).rejects.toMatchObject({ code, fault: 'caller' })
})

test('closing twice is fine, and leaves a file that another can open at once', async () => {
  const { start, path } = prepared()
  const service = await start()
  await Promise.all([service.close(), service.close()])
  const db = new DatabaseSync(path)
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  db.close()
  rmSync(path)
})
