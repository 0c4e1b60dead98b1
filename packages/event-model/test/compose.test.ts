import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  composeRun,
  unixSeconds,
  validateDocument,
  type DescriptorComposer,
  type RunComposer,
} from '../src/index.ts'

const t = unixSeconds(1)
const number = { dtype: 'number', shape: [], source: 's' } as const
const withCode = (code: string) => expect.objectContaining({ code })

function openRun(): { run: RunComposer; primary: DescriptorComposer } {
  const run = composeRun({ uid: 'r', time: t, metadata: { plan_name: 'count' } })
  return { run, primary: run.composeDescriptor({ name: 'primary', data_keys: { det: number } }) }
}
const row = { data: { det: 1 }, timestamps: { det: t } }

test('a start document is uid, time and the metadata', () => {
  const { run } = openRun()
  expect(run.startDoc).toEqual({ uid: 'r', time: 1, plan_name: 'count' })
})

test('metadata may not set uid or time', () => {
  expect(() => composeRun({ metadata: { uid: 'x' } })).toThrow(withCode('EVENT_MODEL_RESERVED_METADATA'))
})

test('uids are new uuid4, times come from the given clock', () => {
  const run = composeRun({ now: () => unixSeconds(5) })
  expect(run.startDoc.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(run.startDoc.time).toBe(5)
})

describe('sequence numbers', () => {
  test('count from 1 per stream, pages take as many as they have rows', () => {
    const { run, primary } = openRun()
    const baseline = run.composeDescriptor({ name: 'baseline', data_keys: { x: number } })
    expect(primary.composeEvent(row).seq_num).toBe(1)
    expect(primary.composeEventPage({ data: { det: [1, 2] }, timestamps: { det: [t, t] } }).seq_num).toEqual([
      2, 3,
    ])
    expect(baseline.composeEvent({ data: { x: 1 }, timestamps: { x: t } }).seq_num).toBe(1)
    expect(primary.composeEvent(row).seq_num).toBe(4)
    expect(run.composeStop().num_events).toEqual({ primary: 4, baseline: 1 })
  })

  test('a described stream without events is counted as 0', () => {
    expect(openRun().run.composeStop().num_events).toEqual({ primary: 0 })
  })

  test('a rewind repeats numbers; streams unknown at the copy restart at 1', () => {
    const { run, primary } = openRun()
    primary.composeEvent(row)
    const copy = run.seqCounters()
    primary.composeEvent(row)
    const late = run.composeDescriptor({ name: 'late', data_keys: { x: number } })
    late.composeEvent({ data: { x: 1 }, timestamps: { x: t } })
    run.restoreSeqCounters(copy)
    expect(primary.composeEvent(row).seq_num).toBe(2)
    expect(late.composeEvent({ data: { x: 1 }, timestamps: { x: t } }).seq_num).toBe(1)
    expect(run.composeStop().num_events).toEqual({ primary: 2, late: 1 })
  })

  test('a stream named in keep is not rewound', () => {
    const { run } = openRun()
    const interruptions = run.composeDescriptor({ name: 'interruptions', data_keys: { i: number } })
    const copy = run.seqCounters()
    interruptions.composeEvent({ data: { i: 1 }, timestamps: { i: t } })
    run.restoreSeqCounters(copy, { keep: ['interruptions'] })
    expect(run.composeStop().num_events).toMatchObject({ interruptions: 1 })
  })

  test('a given number moves the counter behind it', () => {
    const { primary } = openRun()
    primary.composeEvent({ ...row, seq_num: 10 })
    expect(primary.composeEvent(row).seq_num).toBe(11)
  })

  test('whatever mix of events and pages: contiguous, and the stop counts them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }), (sizes) => {
        const { run, primary } = openRun()
        const seen: number[] = []
        for (const n of sizes) {
          if (n === 0) seen.push(primary.composeEvent(row).seq_num)
          else {
            const column = Array.from({ length: n }, () => t)
            seen.push(
              ...primary.composeEventPage({ data: { det: column }, timestamps: { det: column } }).seq_num,
            )
          }
        }
        expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => i + 1))
        expect(run.composeStop().num_events).toEqual({ primary: seen.length })
      }),
    )
  })
})

describe('keys', () => {
  test.each([
    ['data misses one', { data: {}, timestamps: { det: t } }],
    ['timestamps misses one', { data: { det: 1 }, timestamps: {} }],
    ['data has one more', { data: { det: 1, x: 2 }, timestamps: { det: t } }],
    ['filled names an unknown one', { ...row, filled: { x: false } }],
  ])('%s: refused, and the counter stays', (_name, options) => {
    const { primary } = openRun()
    expect(() => primary.composeEvent(options)).toThrow(withCode('EVENT_MODEL_KEYS_MISMATCH'))
    expect(primary.composeEvent(row).seq_num).toBe(1)
  })

  test("'STREAM:' keys may be in the event or not", () => {
    const run = composeRun()
    const stream = run.composeDescriptor({
      name: 'primary',
      data_keys: { det: number, img: { ...number, external: 'STREAM:' } },
    })
    expect(() => stream.composeEvent(row)).not.toThrow()
    expect(() =>
      stream.composeEvent({ data: { det: 1, img: 0 }, timestamps: { det: t, img: t } }),
    ).not.toThrow()
  })

  test('a stream keeps its keys, its configuration may change', () => {
    const { run } = openRun()
    expect(() => run.composeDescriptor({ name: 'primary', data_keys: { other: number } })).toThrow(
      withCode('EVENT_MODEL_KEYS_MISMATCH'),
    )
    const again = run.composeDescriptor({
      name: 'primary',
      data_keys: { det: number },
      configuration: { det: { data: { gain: 2 }, timestamps: { gain: 1 }, data_keys: { gain: number } } },
    })
    expect(again.composeEvent(row).seq_num).toBe(1)
  })

  test('columns of a page are equally long', () => {
    const { primary } = openRun()
    expect(() => primary.composeEventPage({ data: { det: [1, 2] }, timestamps: { det: [t] } })).toThrow(
      withCode('EVENT_MODEL_COLUMN_LENGTHS'),
    )
  })
})

test('a run is stopped once', () => {
  const { run } = openRun()
  run.composeStop({ exit_status: 'abort', reason: 'beam lost' })
  expect(() => run.composeStop()).toThrow(withCode('EVENT_MODEL_RUN_STOPPED'))
})

test('datum ids and stream_datum uids count from 0 per resource', () => {
  const { run, primary } = openRun()
  const resource = run.composeResource({
    spec: 'S',
    root: '/r',
    resource_path: 'p',
    resource_kwargs: {},
    uid: 'R',
  })
  expect(resource.composeDatum({ i: 0 }).datum_id).toBe('R/0')
  expect(resource.composeDatumPage({ i: [1, 2] }).datum_id).toEqual(['R/1', 'R/2'])
  expect(resource.composeDatum({ i: 3 }).datum_id).toBe('R/3')
  expect(resource.resourceDoc.run_start).toBe('r')
  const asset = run.composeStreamResource({
    mimetype: 'm',
    uri: 'u',
    data_key: 'det',
    parameters: {},
    uid: 'S',
  })
  asset.composeStreamDatum({ indices: { start: 0, stop: 1 } })
  expect(
    asset.composeStreamDatum({ indices: { start: 1, stop: 2 }, descriptor: primary.descriptorDoc }),
  ).toEqual({
    uid: 'S/1',
    stream_resource: 'S',
    descriptor: primary.descriptorDoc.uid,
    indices: { start: 1, stop: 2 },
    seq_nums: { start: 0, stop: 0 },
  })
})

test('without validation documents are only numbered and linked', () => {
  const run = composeRun({ validate: false })
  const stream = run.composeDescriptor({ name: 'primary', data_keys: { det: number } })
  expect(stream.composeEvent({ data: {}, timestamps: {} }).seq_num).toBe(1)
})

test('what is composed passes its schema', () => {
  const { run, primary } = openRun()
  expect(validateDocument('start', run.startDoc)).toEqual({ ok: true })
  expect(validateDocument('descriptor', primary.descriptorDoc)).toEqual({ ok: true })
  expect(validateDocument('event', primary.composeEvent(row))).toEqual({ ok: true })
  expect(validateDocument('stop', run.composeStop())).toEqual({ ok: true })
})
