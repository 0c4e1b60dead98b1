import { composeRun, decodeDocumentStream, unixSeconds, type NamedDocument } from '@beamtime/event-model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  exportRun,
  importJsonLines,
  type Catalog,
  type ExportFormat,
  type ExportOptions,
} from '../src/index.ts'
import { newCatalog } from './catalog-fixture.ts'
import { encode, finishedRun, sampleRun } from './sample-run.ts'

async function exported(
  catalog: Catalog,
  uid: string,
  options: ExportFormat | ExportOptions,
): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of exportRun(catalog, uid, options)) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('JSON lines, through the store, are equal JSON lines', async () => {
  const source = newCatalog()
  const run = finishedRun(1200, { nested: { list: [1, { a: null }], text: 'ä"\n' } })
  source.writer.apply(encode(run.documents))
  const first = (await exported(source.catalog, run.uid, 'jsonl')).toString()
  const copy = newCatalog()
  expect(await importJsonLines(copy.writer, first.split('\n'))).toEqual({
    documents: run.documents.length,
    problems: [],
  })
  const second = (await exported(copy.catalog, run.uid, 'jsonl')).toString()
  expect(second).toBe(first)
  expect(
    first
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(run.documents.map(([name, doc]) => ({ name, doc: JSON.parse(JSON.stringify(doc)) as unknown })))
})

test('the same for any metadata', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.stringMatching(/^[a-z_]{3,8}$/), fc.jsonValue({ maxDepth: 3 })),
      async (metadata) => {
        const { writer, catalog } = newCatalog({ sync: 'none' })
        const line = `{"name":"start","doc":${JSON.stringify({ ...metadata, uid: 'u', time: 1.5 })}}`
        const { problems } = await importJsonLines(writer, [line])
        if (problems.length > 0) return
        expect(JSON.parse((await exported(catalog, 'u', 'jsonl')).toString())).toEqual(JSON.parse(line))
      },
    ),
    { numRuns: 60 },
  )
})

test('JSON is one array of the same objects', async () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(3)
  writer.apply(encode(run.documents))
  const parsed = JSON.parse((await exported(catalog, run.uid, 'json')).toString()) as unknown[]
  expect(parsed).toEqual(run.documents.map(([name, doc]) => ({ name, doc })))
})

test('msgpack is the bytes as received', async () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(700)
  const incoming = encode(run.documents)
  writer.apply(incoming)
  const bytes = await exported(catalog, run.uid, 'msgpack')
  expect(bytes).toEqual(Buffer.concat(incoming.map((document) => document.bytes)))
  expect([...decodeDocumentStream(bytes)]).toEqual(run.documents)
})

test('CSV has a header, all digits, quoted texts and JSON arrays', async () => {
  const { writer, catalog } = newCatalog()
  const run = composeRun({ time: unixSeconds(1) })
  const key = (dtype: 'number' | 'array' | 'string') => ({ dtype, shape: [], source: 's' }) as const
  const stream = run.composeDescriptor({
    name: 'baseline',
    data_keys: { x: key('number'), list: key('array'), note: key('string') },
  })
  const t = unixSeconds(2.5)
  const event = (x: number, list: unknown, note: unknown): NamedDocument => [
    'event',
    stream.composeEvent({ data: { x, list, note }, timestamps: { x: t, list: t, note: t }, time: t }),
  ]
  writer.apply(
    encode([
      ['start', run.startDoc],
      ['descriptor', stream.descriptorDoc],
      event(0.1 + 0.2, [1, 2.5], 'plain'),
      event(NaN, Float64Array.of(3), 'with "quotes", comma\nand line'),
      event(-1e-300, [], null),
    ]),
  )
  const uid = run.startDoc.uid
  expect((await exported(catalog, uid, 'csv')).toString()).toBe(
    'seq_num,time,x,list,note\r\n' +
      '1,2.5,0.30000000000000004,"[1,2.5]",plain\r\n' +
      '2,2.5,nan,[3],"with ""quotes"", comma\nand line"\r\n' +
      '3,2.5,-1e-300,[],\r\n',
  )
  const withStamps = await exported(catalog, uid, { format: 'csv', stream: 'baseline', timestamps: true })
  expect(withStamps.toString().split('\r\n')[0]).toBe('seq_num,time,x,list,note,ts_x,ts_list,ts_note')
})

test('a long CSV has every row once', async () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(4100)
  writer.apply(encode(run.documents))
  const lines = (await exported(catalog, run.uid, 'csv')).toString().trim().split('\r\n')
  expect(lines.slice(1).map((line) => Number(line.split(',')[0]))).toEqual(
    Array.from({ length: 4100 }, (_, i) => i + 1),
  )
})

test('an open run is exported as far as it is', async () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  run.points(2)
  writer.apply(encode(run.documents))
  expect((await exported(catalog, run.uid, 'jsonl')).toString().trim().split('\n')).toHaveLength(4)
})

test('an unknown run is an error at once', () => {
  expect(() => exportRun(newCatalog().catalog, 'nope', 'csv')).toThrow(
    expect.objectContaining({ code: 'STORE_RUN_UNKNOWN' }),
  )
})

test('bad lines of an import are named by number and stop nothing', async () => {
  const { writer, catalog } = newCatalog()
  const lines = [
    '',
    '{"name":"start","doc":{"uid":"u","time":1}}',
    'nonsense',
    '{"name":"stop","doc":{"uid":"s"}}',
    '["event",{}]',
  ]
  const result = await importJsonLines(writer, lines)
  expect(result.documents).toBe(1)
  expect(result.problems.map(({ line, code }) => [line, code])).toEqual([
    [3, 'EVENT_MODEL_MALFORMED'],
    [4, 'EVENT_MODEL_INVALID'],
    [5, 'EVENT_MODEL_INVALID'],
  ])
  expect(catalog.documentCount('u')).toBe(1)
})
