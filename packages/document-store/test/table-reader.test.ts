import fc from 'fast-check'
import { unixSeconds, type NamedDocument } from '@beamtime/event-model'
import { describe, expect, test } from 'vitest'
import { CatalogWriter } from '../src/index.ts'
import { decimateRows } from '../src/decimate.ts'
import { newCatalog } from './catalog-fixture.ts'
import { encode, finishedRun, sampleRun } from './sample-run.ts'

const values = (
  table: { columns: readonly { name: string; values: ArrayLike<unknown> }[] },
  name: string,
): unknown[] => Array.from(table.columns.find((column) => column.name === name)?.values ?? [])

test('a table is the same whether its rows are in chunks or still in the log', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  run.points(5000)
  writer.apply(encode(run.documents))
  const open = catalog.table(run.uid, 'primary')
  run.stop()
  writer.apply(encode(run.documents.slice(-1)))
  const closed = catalog.table(run.uid, 'primary')
  expect(closed).toEqual(open)
  expect(closed.total).toBe(5000)
  expect(values(closed, 'seq_num')).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1))
  expect(values(closed, 'det')[4999]).toBe(49_990)
})

test('windows and columns are cut as asked, across chunks', () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(5000)
  writer.apply(encode(run.documents))
  const table = catalog.table(run.uid, 'primary', { first: 2040, n: 12, cols: ['th', 'ts_th', 'seq_num'] })
  expect(table).toMatchObject({ first: 2040, n: 12, total: 5000, lastSeq: 2052 })
  expect(values(table, 'th')).toEqual(Array.from({ length: 12 }, (_, i) => 2040 + i))
  expect(table.columns.map(({ name, unit }) => [name, unit])).toEqual([
    ['th', 'deg'],
    ['ts_th', 's'],
    ['seq_num', null],
  ])
  expect(catalog.table(run.uid, 'primary', { first: 9000 })).toMatchObject({ n: 0, total: 5000, lastSeq: 0 })
})

test('following a run with sinceSeq gives every row once', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  writer.apply(encode(run.documents))
  const seen: unknown[] = []
  let sent = run.documents.length
  let last = 0
  for (const n of [1, 0, 3000, 2, 2500, 1]) {
    run.points(n)
    writer.apply(encode(run.documents).slice(sent))
    sent = run.documents.length
    const table = catalog.table(run.uid, 'primary', { sinceSeq: last, cols: ['seq_num'] })
    seen.push(...values(table, 'seq_num'))
    last = table.lastSeq || last
  }
  expect(seen).toEqual(Array.from({ length: 5504 }, (_, i) => i + 1))
})

describe('after a rewind', () => {
  const rewound = () => {
    const run = sampleRun()
    run.points(2)
    const copy = run.run.seqCounters()
    run.points(2)
    run.run.restoreSeqCounters(copy)
    run.points(3)
    return run
  }

  test('the later row of a seq_num counts, rows are sorted by seq_num', () => {
    const { writer, catalog } = newCatalog()
    const run = rewound()
    run.stop()
    writer.apply(encode(run.documents))
    const table = catalog.table(run.uid, 'primary')
    expect(values(table, 'seq_num')).toEqual([1, 2, 3, 4, 5])
    expect(values(table, 'th')).toEqual([0, 1, 4, 5, 6])
    expect(table.total).toBe(5)
    expect(catalog.run(run.uid)?.streams).toEqual([{ name: 'primary', rows: 5 }])
    expect(catalog.verify(run.uid)).toEqual({ ok: true, problems: [] })
    expect(values(catalog.table(run.uid, 'primary', { sinceSeq: 3 }), 'th')).toEqual([5, 6])
  })

  test('the same from an open run and from a writer that started in between', () => {
    const { writer, catalog, path } = newCatalog()
    const run = rewound()
    writer.apply(encode(run.documents.slice(0, 4)))
    writer.close()
    const second = new CatalogWriter(path)
    second.apply(encode(run.documents).slice(4))
    expect(values(catalog.table(run.uid, 'primary'), 'th')).toEqual([0, 1, 4, 5, 6])
    second.close()
  })
})

test('whatever the mix of events, pages, rewinds and restarts: the table equals a plain fold of the events', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('points' as const), n: fc.integer({ min: 1, max: 1500 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'checkpoint' as const, n: 0 }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'rewind' as const, n: 0 }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const, n: 0 }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.boolean(), (steps, stopped) => {
      const run = sampleRun()
      const fixture = newCatalog({ sync: 'none' })
      let writer = fixture.writer
      let copy = run.run.seqCounters()
      let sent = 0
      const send = (): void => {
        writer.apply(encode(run.documents).slice(sent))
        sent = run.documents.length
      }
      send()
      for (const { kind, n } of steps) {
        if (kind === 'points') run.points(n)
        else if (kind === 'checkpoint') copy = run.run.seqCounters()
        else if (kind === 'rewind') run.run.restoreSeqCounters(copy)
        send()
        if (kind === 'restart') {
          writer.close()
          writer = new CatalogWriter(fixture.path, { sync: 'none' })
        }
      }
      if (stopped) run.stop()
      send()
      const rows = new Map<number, unknown>()
      for (const [name, doc] of run.documents) if (name === 'event') rows.set(doc.seq_num, doc.data['th'])
      const expected = [...rows].toSorted((a, b) => a[0] - b[0])
      const table = fixture.catalog.table(run.uid, 'primary')
      expect(values(table, 'seq_num')).toEqual(expected.map(([seq]) => seq))
      expect(values(table, 'th')).toEqual(expected.map(([, th]) => th))
      writer.close()
    }),
    { numRuns: 25 },
  )
})

test('several streams and descriptors of one stream are told apart and joined', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun()
  run.points(1)
  const t = unixSeconds(1)
  const baseline = run.run.composeDescriptor({
    name: 'baseline',
    data_keys: { x: { dtype: 'number', shape: [], source: 's' } },
  })
  const again = run.run.composeDescriptor({ name: 'primary', data_keys: run.primary.descriptorDoc.data_keys })
  const documents: NamedDocument[] = [
    ...run.documents,
    ['descriptor', baseline.descriptorDoc],
    ['event', baseline.composeEvent({ data: { x: 5 }, timestamps: { x: t } })],
    ['descriptor', again.descriptorDoc],
    ['event', again.composeEvent({ data: { th: 9, det: 9 }, timestamps: { th: t, det: t } })],
  ]
  writer.apply(encode(documents))
  expect(values(catalog.table(run.uid, 'primary'), 'th')).toEqual([0, 9])
  expect(values(catalog.table(run.uid, 'baseline'), 'x')).toEqual([5])
  expect(catalog.run(run.uid)?.streams.map(({ name, rows }) => [name, rows])).toEqual([
    ['primary', 2],
    ['baseline', 1],
  ])
})

test('an unknown run, stream or column is named, with what there is', () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(1)
  writer.apply(encode(run.documents))
  expect(() => catalog.table('nope', 'primary')).toThrow(
    expect.objectContaining({ code: 'STORE_RUN_UNKNOWN' }),
  )
  expect(() => catalog.table(run.uid, 'nope')).toThrow(
    expect.objectContaining({ code: 'STORE_STREAM_UNKNOWN', remedy: 'Its streams are: primary.' }),
  )
  expect(() => catalog.table(run.uid, 'primary', { cols: ['nope'] })).toThrow(
    expect.objectContaining({ code: 'STORE_COLUMN_UNKNOWN' }),
  )
})

describe('decimation', () => {
  test('keeps the first and last row and the extremes of every column', () => {
    const y = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 500))
    y[1234] = 100
    y[8765] = -100
    const rows = decimateRows(y.length, [y], 200)
    expect(rows.length).toBeLessThanOrEqual(200)
    expect(rows[0]).toBe(0)
    expect(rows.at(-1)).toBe(9999)
    expect([...rows]).toEqual(expect.arrayContaining([1234, 8765]))
  })

  test('is ascending, bounded and never repeats a row, whatever the data', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double(), { minLength: 1, maxLength: 300 }), { minLength: 0, maxLength: 3 }),
        fc.integer({ min: 20, max: 100 }),
        (columns, target) => {
          const n = columns[0]?.length ?? 50
          const rows = [...decimateRows(n, columns, target)]
          expect(rows.length).toBeLessThanOrEqual(Math.max(target, 2))
          expect(rows.every((row, i) => row >= 0 && row < n && (i === 0 || row > (rows[i - 1] ?? -1)))).toBe(
            true,
          )
        },
      ),
    )
  })

  test('of a table says how many rows stand behind each', () => {
    const { writer, catalog } = newCatalog()
    const run = finishedRun(3000)
    writer.apply(encode(run.documents))
    const table = catalog.table(run.uid, 'primary', { decimate: 100 })
    expect(table.n).toBeLessThanOrEqual(100)
    expect(table.reduced).toBeCloseTo(3000 / table.n)
    expect(values(table, 'th').at(-1)).toBe(2999)
    expect(catalog.table(run.uid, 'primary', { n: 50, decimate: 100 })).not.toHaveProperty('reduced')
  })
})
