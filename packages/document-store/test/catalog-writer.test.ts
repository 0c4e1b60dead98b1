import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  composeRun,
  createDocumentEncoder,
  encodeMsgpack,
  unixSeconds,
  type NamedDocument,
} from '@beamtime/event-model'
import { describe, expect, test } from 'vitest'
import { CatalogWriter } from '../src/index.ts'
import { newCatalog } from './catalog-fixture.ts'
import { encode, finishedRun, sampleRun } from './sample-run.ts'

test('the documents of a run come back equal and in order', () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(30)
  expect(writer.apply(encode(run.documents))).toEqual([])
  expect(catalog.documents(run.uid, { limit: 1000 })).toEqual(run.documents)
})

test('runs may interleave', () => {
  const { writer, catalog } = newCatalog()
  const a = finishedRun(5)
  const b = finishedRun(5)
  const mixed = a.documents.flatMap((named, i) =>
    [named, b.documents[i]].filter((d): d is NamedDocument => !!d),
  )
  expect(writer.apply(encode(mixed))).toEqual([])
  expect(catalog.documents(a.uid, { limit: 100 })).toEqual(a.documents)
  expect(catalog.documents(b.uid, { limit: 100 })).toEqual(b.documents)
})

test('a run without stop is running', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  run.points(3)
  writer.apply(encode(run.documents))
  expect(catalog.run(run.uid)).toMatchObject({
    stop: null,
    summary: { exit_status: null, points: 3, duration: null },
  })
  expect(writer.openRuns()).toBe(1)
  run.stop()
  writer.apply(encode(run.documents.slice(-1)))
  expect(catalog.run(run.uid)?.summary).toMatchObject({ exit_status: 'success', duration: 50 })
  expect(writer.openRuns()).toBe(0)
})

describe('documents that come again', () => {
  test('with the same content are nothing new, also to a writer that was started anew', () => {
    const { writer, catalog, path } = newCatalog()
    const run = finishedRun(10)
    writer.apply(encode(run.documents))
    expect(writer.apply(encode(run.documents))).toEqual([])
    writer.close()
    const again = new CatalogWriter(path)
    expect(again.apply(encode(run.documents))).toEqual([])
    again.close()
    expect(catalog.documentCount(run.uid)).toBe(run.documents.length)
    expect(catalog.table(run.uid, 'primary').total).toBe(10)
  })

  test('with keys in another order or numbers in another width are the same', () => {
    const { writer } = newCatalog()
    const run = sampleRun()
    writer.apply(encode(run.documents))
    const reordered = Object.fromEntries(Object.entries(run.run.startDoc).toReversed())
    expect(writer.apply([{ bytes: encodeMsgpack(['start', reordered]) }])).toEqual([])
  })

  test('with other content are rejected and change nothing', () => {
    const { writer, catalog } = newCatalog()
    const run = sampleRun()
    run.points(1)
    writer.apply(encode(run.documents))
    const forged = run.documents.map(
      ([name, doc]) =>
        [name, name === 'event' ? { ...doc, data: { th: 99, det: 99 } } : doc] as NamedDocument,
    )
    expect(writer.apply(encode(forged))).toEqual([
      expect.objectContaining({ index: 2, code: 'STORE_DUPLICATE' }),
    ])
    expect(catalog.documents(run.uid)).toEqual(run.documents)
  })

  test('a second stop document of a run is rejected', () => {
    const { writer, catalog } = newCatalog()
    const run = finishedRun(1)
    writer.apply(encode(run.documents))
    const second: NamedDocument = [
      'stop',
      { uid: 'other', time: unixSeconds(1), run_start: run.uid, exit_status: 'fail', reason: 'process died' },
    ]
    expect(writer.apply(encode([second]))).toEqual([expect.objectContaining({ code: 'STORE_DUPLICATE' })])
    expect(catalog.run(run.uid)?.summary.exit_status).toBe('success')
  })
})

describe('poison', () => {
  test('bytes that are no document, unknown names and invalid documents are rejected; what follows is stored', () => {
    const { writer, catalog } = newCatalog()
    const run = finishedRun(2)
    const poison = [
      { bytes: Buffer.from('nonsense') },
      { bytes: new Uint8Array(0) },
      { bytes: encodeMsgpack(['snapshot', {}]) },
      { bytes: encodeMsgpack(['start', { uid: 'x' }]) },
    ]
    const rejections = writer.apply([...poison, ...encode(run.documents)])
    expect(rejections.map(({ index, code }) => [index, code])).toEqual([
      [0, 'EVENT_MODEL_MALFORMED'],
      [1, 'EVENT_MODEL_MALFORMED'],
      [2, 'EVENT_MODEL_UNKNOWN_NAME'],
      [3, 'EVENT_MODEL_INVALID'],
    ])
    expect(catalog.documentCount(run.uid)).toBe(run.documents.length)
  })

  test('documents of unknown runs, descriptors and resources are orphans', () => {
    const { writer } = newCatalog()
    const run = finishedRun(1)
    const resource = run.run.composeResource({
      spec: 's',
      root: '/',
      resource_path: 'p',
      resource_kwargs: {},
    })
    const rejections = writer.apply(encode([...run.documents.slice(1), ['datum', resource.composeDatum({})]]))
    expect(rejections.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'STORE_ORPHAN'))
  })

  test('a document that only the database refuses is rejected alone', () => {
    const { writer, catalog } = newCatalog()
    const a = finishedRun(1)
    const b = sampleRun()
    const stolen = { ...b.primary.descriptorDoc, uid: a.primary.descriptorDoc.uid }
    const rejections = writer.apply(
      encode([...a.documents, b.documents[0] as NamedDocument, ['descriptor', stolen]]),
    )
    expect(rejections).toEqual([expect.objectContaining({ index: 5, code: 'STORE_MALFORMED' })])
    expect(catalog.documentCount(a.uid)).toBe(a.documents.length)
    expect(catalog.documentCount(b.uid)).toBe(1)
    expect(writer.apply(encode(b.documents.slice(1)))).toEqual([])
  })

  test('rejections are noted with their place on the bus, the latest ten thousand', () => {
    const { writer, path } = newCatalog()
    writer.apply([{ bytes: Buffer.from('x'), position: { topic: 't', partition: 2, offset: 7n } }])
    const db = new DatabaseSync(path, { readOnly: true })
    expect(db.prepare('SELECT topic, partition, offset, code FROM rejected').all()).toEqual([
      { topic: 't', partition: 2, offset: 7, code: 'EVENT_MODEL_MALFORMED' },
    ])
    db.close()
  })
})

test('positions on the bus are kept with the documents', () => {
  const { writer, path } = newCatalog()
  const documents = encode(finishedRun(3).documents)
  writer.apply(
    documents.map((document, i) => ({
      ...document,
      position: { topic: 't', partition: i % 2, offset: BigInt(i) },
    })),
  )
  writer.close()
  const again = new CatalogWriter(path)
  expect(again.positions()).toEqual([
    { topic: 't', partition: 0, offset: 4n },
    { topic: 't', partition: 1, offset: 5n },
  ])
  again.close()
})

test('resources of older writers, without run_start, belong to the run opened last', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  const { resourceDoc, composeDatum } = run.run.composeResource({
    spec: 'NPY',
    root: '/',
    resource_path: 'p',
    resource_kwargs: {},
  })
  const { run_start: _runStart, ...old } = resourceDoc
  expect(
    writer.apply(encode([...run.documents, ['resource', old], ['datum', composeDatum({ i: 1 })]])),
  ).toEqual([])
  expect(catalog.run(run.uid)?.assets).toEqual([{ kind: 'resource', doc: old }])
})

test('a stream resource comes with the stream_datum that reaches furthest', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  const asset = run.run.composeStreamResource({
    mimetype: 'm',
    uri: 'file://localhost/x',
    data_key: 'det',
    parameters: {},
  })
  const data = [1, 9, 10].map((stop) =>
    asset.composeStreamDatum({ indices: { start: 0, stop }, descriptor: run.primary.descriptorDoc }),
  )
  writer.apply(
    encode([
      ...run.documents,
      ['stream_resource', asset.streamResourceDoc],
      ...data.map((doc) => ['stream_datum', doc] as const),
    ]),
  )
  expect(catalog.run(run.uid)?.assets).toEqual([
    { kind: 'stream_resource', doc: asset.streamResourceDoc, last: data[2] },
  ])
})

test('a newer format is refused with the remedy', () => {
  const { writer, path } = newCatalog()
  writer.close()
  const db = new DatabaseSync(path)
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(() => new CatalogWriter(path)).toThrow(expect.objectContaining({ code: 'STORE_FORMAT_NEWER' }))
})

test('a folder that cannot be written is one clear error', () => {
  expect(() => new CatalogWriter(join(import.meta.filename, 'a.sqlite'))).toThrow(
    expect.objectContaining({ code: 'STORE_UNWRITABLE', fault: 'environment' }),
  )
})

test('event pages and bulk events are stored as received and read as rows', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  const t = unixSeconds(5)
  const page = run.primary.composeEventPage({
    data: { th: [1, 2], det: [3, 4] },
    timestamps: { th: [t, t], det: [t, t] },
  })
  const event = run.primary.composeEvent({ data: { th: 7, det: 8 }, timestamps: { th: t, det: t } })
  const documents: NamedDocument[] = [...run.documents, ['event_page', page], ['bulk_events', { x: [event] }]]
  expect(writer.apply(encode(documents))).toEqual([])
  expect(catalog.documents(run.uid)).toEqual(documents)
  expect(catalog.table(run.uid, 'primary', { cols: ['th'] }).columns[0]?.values).toEqual(
    Float64Array.of(1, 2, 7),
  )
})

test('arrays, texts and missing values keep their kind through chunks', () => {
  const { writer, catalog } = newCatalog()
  const key = (dtype: 'array' | 'string' | 'integer' | 'boolean') =>
    ({ dtype, shape: [], source: 's' }) as const
  const run = composeRun()
  const stream = run.composeDescriptor({
    name: 'primary',
    data_keys: { img: key('array'), label: key('string'), n: key('integer'), on: key('boolean') },
  })
  const t = unixSeconds(1)
  const stamps = { img: t, label: t, n: t, on: t }
  const rows = [
    { img: Float64Array.of(1, 2), label: 'a', n: 1, on: true },
    { img: [3, 4], label: 'ä"b', n: 2, on: false },
    { img: null, label: '', n: 2n ** 60n, on: true },
  ]
  const documents: NamedDocument[] = [
    ['start', run.startDoc],
    ['descriptor', stream.descriptorDoc],
    ...rows.map((data) => ['event', stream.composeEvent({ data, timestamps: stamps })] as const),
  ]
  writer.apply(encode(documents))
  const before = catalog.table(run.startDoc.uid, 'primary').columns.slice(2)
  expect(before.map((column) => [column.name, ...column.values])).toEqual([
    ['img', Float64Array.of(1, 2), [3, 4], null],
    ['label', 'a', 'ä"b', ''],
    ['n', 1, 2, 2n ** 60n],
    ['on', true, false, true],
  ])
  writer.apply([{ bytes: createDocumentEncoder().encode(['stop', run.composeStop()]) }])
  expect(catalog.table(run.startDoc.uid, 'primary').columns.slice(2)).toEqual(before)
})
