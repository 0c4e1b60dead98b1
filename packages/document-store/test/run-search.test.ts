import { unixSeconds } from '@beamtime/event-model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openCatalog, parseMoment, parseSearch, type Catalog, type RunQuery } from '../src/index.ts'
import { newCatalog } from './catalog-fixture.ts'
import { encode, finishedRun, sampleRun } from './sample-run.ts'

const now = unixSeconds(new Date(2026, 10, 21, 14, 22).getTime() / 1000)
const day = 86_400

/** Five runs, oldest first: scan_ids 1 to 5. */
function filled(): Catalog {
  const { writer, catalog } = newCatalog()
  const runs = [
    { scan_id: 1, plan_name: 'count', sample: 'FeO powder', user: 'mara', temperature: 10, motors: [] },
    {
      scan_id: 2,
      plan_name: 'scan',
      sample: { name: 'Si-111' },
      user: 'mara',
      temperature: 20,
      title: 'Calibration',
    },
    {
      scan_id: 3,
      plan_name: 'grid_scan',
      sample: 'FeO map',
      user: 'jon',
      temperature: 30,
      motors: ['x', 'y'],
    },
    {
      scan_id: 4,
      plan_name: 'scan',
      user: 'jon',
      nested: { deep: { value: 'Ünïcode' } },
      tags: ['night', 'shift'],
    },
  ]
  for (const [i, metadata] of runs.entries()) {
    const run = sampleRun(metadata, now - (10 - i * 2) * day)
    run.points(i + 1)
    run.stop(i === 2 ? 'fail' : i === 3 ? 'abort' : 'success', i === 2 ? 'motor stalled' : '')
    writer.apply(encode(run.documents))
  }
  const open = sampleRun({ scan_id: 5, plan_name: 'scan', user: 'mara', detectors: ['eiger'] }, now - 3600)
  writer.apply(encode(open.documents))
  return catalog
}

const scanIds = (catalog: Catalog, query: RunQuery): unknown[] =>
  catalog.list({ now, ...query }).runs.map((run) => run.scan_id)

describe('search words', () => {
  const cases: [string, number[]][] = [
    ['', [5, 4, 3, 2, 1]],
    ['plan:scan', [5, 4, 2]],
    ['plan:*scan', [5, 4, 3, 2]],
    ['plan:SCAN', [5, 4, 2]],
    ['plan:"SCAN"', []],
    ['-plan:scan', [3, 1]],
    ['sample:feo', [3, 1]],
    ['sample:"FeO map"', [3]],
    ['-sample:feo', [5, 4, 2]],
    ['user:jon', [4, 3]],
    ['user:me', [5, 2, 1]],
    ['status:running', [5]],
    ['status:success', [2, 1]],
    ['status:failed', [3]],
    ['-status:running', [4, 3, 2, 1]],
    ['scan:3', [3]],
    ['scan:2-4', [4, 3, 2]],
    ['motor:x', [3]],
    ['motor:th', [5, 4, 2]],
    ['detector:eiger', [5]],
    ['since:1d', [5]],
    ['since:5d', [5, 4]],
    ['until:7d', [2, 1]],
    ['since:9d until:7d', [2]],
    ['since:today', [5]],
    ['md.temperature>=20', [3, 2]],
    ['md.temperature<20', [1]],
    ['md.temperature=20', [2]],
    ['md.temperature!=20', [5, 4, 3, 1]],
    ['md.nested.deep.value=ünïcode', []],
    ['md.nested.deep.value=Ünïcode', [4]],
    ['md.tags=night', [4]],
    ['md.sample.name=Si*', [2]],
    ['calib', [2]],
    ['unicode', [4]],
    ['motor stalled', [3]],
    ['"stalled motor"', []],
    ['mara plan:scan', [5, 2]],
    ['-mara', [4, 3]],
    ['grid_scan', [3]],
    ['si-111', [2]],
    ['plan: sample:', [5, 4, 3, 2, 1]],
    ['"unfinished', []],
    ['nothinglikethis', []],
  ]
  test.each(cases)('%s', (q, expected) => {
    expect(scanIds(filled(), { q, me: 'mara' })).toEqual(expected)
  })

  test('words that are not understood are named and left out', () => {
    const { runs, problems } = filled().list({ q: 'since:soon scan:x status:odd plan:count', now })
    expect(runs.map((run) => run.scan_id)).toEqual([1])
    expect(problems).toEqual([
      expect.stringContaining('since:soon'),
      expect.stringContaining('scan:x'),
      expect.stringContaining('status:odd'),
    ])
  })

  test('whatever is typed gives a list, never an SQL error', () => {
    const catalog = filled()
    const piece = fc.constantFrom(
      'plan:',
      'md.a',
      '"',
      '-',
      '*',
      '%',
      "'",
      ')',
      'OR',
      'NEAR(',
      '^',
      ':',
      '>',
      '<=',
      '\\',
      'a',
      '\u0000',
      'é',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 10 }), (pieces) => {
        const { total, runs } = catalog.list({ q: pieces.join(''), now, facets: true })
        expect(runs.length).toBe(total)
      }),
      { numRuns: 500 },
    )
  })
})

describe('filters beside the words', () => {
  test.each<[string, RunQuery, number[]]>([
    ['one plan', { plan: 'scan' }, [5, 4, 2]],
    ['one of several', { plan: ['count', 'grid_scan'] }, [3, 1]],
    ['exact sample', { sample: 'Si-111' }, [2]],
    ['status', { status: ['running', 'abort'] }, [5, 4]],
    ['scan ids', { scanId: [1, 5, 99] }, [5, 1]],
    ['times', { since: unixSeconds(now - 9 * day), until: unixSeconds(now - 5 * day) }, [3, 2]],
    ['in', { where: [{ key: 'start.temperature', operator: 'in', value: [10, 30] }] }, [3, 1]],
    ['not in', { where: [{ key: 'temperature', operator: 'not in', value: [10, 30] }] }, [5, 4, 2]],
    ['regex', { where: [{ key: 'sample', operator: 'regex', value: '^FeO (map|x)$' }] }, [3]],
    ['contains', { where: [{ key: 'sample', operator: 'contains', value: 'powder' }] }, [1]],
  ])('%s', (_name, query, expected) => {
    expect(scanIds(filled(), query)).toEqual(expected)
  })

  test.each<[string, RunQuery]>([
    ['an unknown status', { status: 'odd' }],
    ['an unknown sort', { sort: 'colour' as 'time' }],
    ['a broken expression', { where: [{ key: 'a', operator: 'regex', value: '(' }] }],
    ['a foreign cursor', { cursor: 'abc' }],
  ])('%s is an error with a remedy', (_name, query) => {
    expect(() => filled().list(query)).toThrow(
      expect.objectContaining({ code: 'STORE_QUERY', fault: 'caller' }),
    )
  })
})

describe('order and pages', () => {
  test.each<[RunQuery['sort'], number[]]>([
    ['time', [1, 2, 3, 4, 5]],
    ['-points', [4, 3, 2, 1, 5]],
    ['scan_id', [1, 2, 3, 4, 5]],
    ['plan', [1, 3, 2, 4, 5]],
    ['status', [4, 3, 5, 1, 2]],
  ])('sorted by %s', (sort, expected) => {
    expect(scanIds(filled(), { sort })).toEqual(expected)
  })

  test.each<RunQuery>([{}, { q: 'plan:*' }, { sort: 'plan' }, { sort: '-user', q: 'since:30d' }])(
    'pages of %j join to the whole list',
    (query) => {
      const catalog = filled()
      const whole = scanIds(catalog, query)
      const joined: unknown[] = []
      let cursor: string | undefined
      do {
        const page = catalog.list({ now, ...query, limit: 2, cursor })
        expect(page.total).toBe(5)
        joined.push(...page.runs.map((run) => run.scan_id))
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
      expect(joined).toEqual(whole)
      expect(scanIds(catalog, { ...query, offset: 3 })).toEqual(whole.slice(3))
    },
  )
})

describe('facets', () => {
  test('count what matches, per value and per day', () => {
    const { facets } = filled().list({ now, facets: true })
    expect(facets).toMatchObject({
      plan: [
        { value: 'scan', count: 3 },
        { value: 'count', count: 1 },
        { value: 'grid_scan', count: 1 },
      ],
      user: [
        { value: 'mara', count: 3 },
        { value: 'jon', count: 2 },
      ],
      status: [
        { value: 'success', count: 2 },
        { value: 'abort', count: 1 },
        { value: 'fail', count: 1 },
        { value: 'running', count: 1 },
      ],
      motor: [
        { value: 'th', count: 3 },
        { value: 'x', count: 1 },
        { value: 'y', count: 1 },
      ],
      detector: [
        { value: 'det', count: 4 },
        { value: 'eiger', count: 1 },
      ],
    })
    expect(facets?.day[0]).toEqual({ value: '2026-11-21', count: 1 })
    expect(facets?.day).toHaveLength(5)
  })

  test('follow the search, and runs that come, change, are archived or removed', () => {
    const { writer, catalog, path } = newCatalog()
    const plans = () => catalog.list({ facets: true }).facets?.plan
    writer.apply(encode(finishedRun(1, { plan_name: 'count' }).documents))
    expect(plans()).toEqual([{ value: 'count', count: 1 }])
    const run = finishedRun(1, { plan_name: 'scan' })
    writer.apply(encode(run.documents))
    expect(plans()).toHaveLength(2)
    expect(catalog.list({ q: 'plan:scan', facets: true }).facets?.plan).toEqual([{ value: 'scan', count: 1 }])
    const editor = openCatalog(path, { readOnly: false })
    editor.archive(run.uid, true)
    expect(plans()).toEqual([{ value: 'count', count: 1 }])
    expect(catalog.list({ archived: true }).total).toBe(2)
    editor.remove(run.uid)
    expect(catalog.list({ archived: true, facets: true })).toMatchObject({
      total: 1,
      facets: { plan: [{ value: 'count', count: 1 }] },
    })
    expect(catalog.run(run.uid)).toBeNull()
    editor.close()
  })
})

test('a summary has what a row of the list shows', () => {
  const { writer, catalog } = newCatalog()
  const run = sampleRun({
    title: 'calib',
    sample: { name: 'Si' },
    user: 'mara',
    num_points: 10,
    item_uid: 'i1',
  })
  run.points(10)
  run.stop('fail', 'beam lost')
  writer.apply(encode(run.documents))
  expect(catalog.list({ spark: true }).runs[0]).toEqual({
    uid: run.uid,
    scan_id: 1,
    plan_name: 'scan',
    sample: 'Si',
    title: 'calib',
    user: 'mara',
    time: run.run.startDoc.time,
    stop_time: run.run.startDoc.time + 50,
    duration: 50,
    exit_status: 'fail',
    reason: 'beam lost',
    num_points: 10,
    points: 10,
    num_events: { primary: 10 },
    motors: ['th'],
    motor_ranges: [{ name: 'th', field: 'th', unit: 'deg', first: 0, last: 9, low: 0, high: 9 }],
    detectors: ['det'],
    item_uid: 'i1',
    archived: false,
    spark: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
  })
  expect(catalog.sparkline(run.uid)).toHaveLength(10)
})

test('a long run has a sparkline of at most 24 values', () => {
  const { writer, catalog } = newCatalog()
  const run = finishedRun(5000)
  writer.apply(encode(run.documents))
  const spark = catalog.sparkline(run.uid)
  expect(spark.length).toBeGreaterThan(10)
  expect(spark.length).toBeLessThanOrEqual(24)
  expect(spark).toEqual(spark.toSorted((a, b) => a - b))
})

test('changes tell each new or changed run once', () => {
  const { writer, catalog } = newCatalog()
  writer.apply(encode(finishedRun(1).documents))
  let { mark } = catalog.changes(0)
  expect(catalog.changes(mark).runs).toEqual([])
  const run = sampleRun()
  run.points(2)
  writer.apply(encode(run.documents))
  const first = catalog.changes(mark)
  expect(first.runs.map(({ uid, points }) => [uid, points])).toEqual([[run.uid, 2]])
  mark = first.mark
  run.stop()
  writer.apply(encode(run.documents).slice(-1))
  expect(catalog.changes(mark).runs.map(({ exit_status: status }) => status)).toEqual(['success'])
})

describe('moments', () => {
  const local = (...parts: [number, number, number, number?, number?, number?]) =>
    new Date(...parts).getTime() / 1000
  test.each([
    ['7d', now - 7 * day],
    ['1.5h', now - 5400],
    ['30m', now - 1800],
    ['2w', now - 14 * day],
    ['today', local(2026, 10, 21)],
    ['yesterday', local(2026, 10, 20)],
    ['2026', local(2026, 0, 1)],
    ['2026-11', local(2026, 10, 1)],
    ['2026-11-05 07:08:09', local(2026, 10, 5, 7, 8, 9)],
    ['2026-11-05T07', local(2026, 10, 5, 7)],
    ['2026-11-05T07:08:09Z', Date.UTC(2026, 10, 5, 7, 8, 9) / 1000],
    ['1700000000.5', 1_700_000_000.5],
    ['soon', null],
    ['2026-13', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseMoment(text, now)).toBe(expected)
  })
})

test('a search is split into terms', () => {
  expect(parseSearch('sample:"Fe O" -plan:count md.a.b>=5 free', { now }).terms).toEqual([
    { kind: 'field', field: 'sample', value: 'Fe O', exact: true, not: false },
    { kind: 'field', field: 'plan', value: 'count', exact: false, not: true },
    { kind: 'metadata', key: 'a.b', operator: '>=', value: '5', not: false },
    { kind: 'text', text: 'free', not: false },
  ])
})
