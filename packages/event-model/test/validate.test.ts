import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentNames, NdArray, validateDocument, type DocumentName } from '../src/index.ts'

const uid = 'u'
const time = 1.5
const dataKeys = { det: { dtype: 'number', shape: [], source: 's' } }
const samples: Record<DocumentName, Record<string, unknown>> = {
  start: {
    uid,
    time,
    scan_id: 1,
    hints: { dimensions: [[['motor'], 'primary']] },
    sample: { name: 'x' },
    anything: [1],
  },
  stop: { uid, time, run_start: 'r', exit_status: 'success', reason: '', num_events: { primary: 3 } },
  descriptor: {
    uid,
    time,
    run_start: 'r',
    data_keys: dataKeys,
    name: 'primary',
    hints: { det: { fields: ['det'] } },
  },
  event: {
    uid,
    time,
    descriptor: 'd',
    seq_num: 1,
    data: { det: 1 },
    timestamps: { det: 1 },
    filled: { det: false },
  },
  event_page: {
    uid: [uid],
    time: [time],
    descriptor: 'd',
    seq_num: [1],
    data: { det: [1] },
    timestamps: { det: [1] },
    filled: { det: ['id'] },
  },
  resource: {
    uid,
    spec: 's',
    root: '/',
    resource_path: 'p',
    resource_kwargs: {},
    path_semantics: 'posix',
    run_start: 'r',
  },
  datum: { datum_id: 'a/0', resource: 'a', datum_kwargs: {} },
  datum_page: { datum_id: ['a/0'], resource: 'a', datum_kwargs: { i: [0] } },
  stream_resource: { uid, data_key: 'det', mimetype: 'm', uri: 'file://localhost/x', parameters: {} },
  stream_datum: {
    uid,
    stream_resource: 's',
    descriptor: 'd',
    indices: { start: 0, stop: 1 },
    seq_nums: { start: 1, stop: 2 },
  },
  bulk_events: { x: [{ uid, time, descriptor: 'd', seq_num: 1, data: {}, timestamps: {} }] },
  bulk_datum: { datum_ids: ['a/0'], datum_kwarg_list: [{}], resource: 'a' },
}
const verdict = (name: DocumentName, doc: unknown): boolean | string => {
  const result = validateDocument(name, doc)
  return result.ok ? true : (result.errors[0] ?? '')
}

test.each(documentNames)('a full %s passes', (name) => {
  expect(verdict(name, samples[name])).toBe(true)
})

test.each(documentNames)('a %s without a required field fails and the text names the field', (name) => {
  const required =
    JSON.parse(readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), 'utf8')).required ?? []
  for (const key of required) {
    const { [key]: _removed, ...rest } = samples[name]
    expect(verdict(name, rest)).toContain(`'${key}'`)
  }
})

describe('rules', () => {
  const accepted: [string, DocumentName, object][] = [
    ['scan_id 1.0', 'start', { scan_id: 1.0 }],
    ['sample as text', 'start', { sample: 'dirt' }],
    ["a key with '.' inside a list", 'start', { list: [{ 'a.b': 1 }] }],
    ['further fields in start', 'start', { purpose: 'x' }],
    ['units null', 'descriptor', { data_keys: { det: { ...dataKeys.det, units: null, precision: null } } }],
    ['a shape with null', 'descriptor', { data_keys: { det: { ...dataKeys.det, shape: [null, 3] } } }],
    ['dtype_numpy', 'descriptor', { data_keys: { det: { ...dataKeys.det, dtype_numpy: '<f8' } } }],
    [
      'structured dtype_numpy',
      'descriptor',
      { data_keys: { det: { ...dataKeys.det, dtype_numpy: [['a', '<f8']] } } },
    ],
    [
      'limits',
      'descriptor',
      { data_keys: { det: { ...dataKeys.det, limits: { control: { low: null, high: 1 } } } } },
    ],
    ["event data with '/' in a key", 'event', { data: { 'a/b': 1 } }],
    ['NaN as time', 'event', { time: NaN }],
    ['a typed array as column', 'event_page', { data: { det: Float64Array.of(1) } }],
    ['an image column', 'event_page', { data: { det: new NdArray('<f8', [1, 2], Float64Array.of(1, 2)) } }],
    ["a key with '.' below the top of stop", 'stop', { num_events: { 'a.b': 1 } }],
    ['further fields in stream_resource', 'stream_resource', { extra: 1 }],
  ]
  test.each(accepted)('%s is accepted in %s', (_what, name, change) => {
    expect(verdict(name, { ...samples[name], ...change })).toBe(true)
  })

  const refused: [string, DocumentName, object, RegExp][] = [
    ['scan_id 1.5', 'start', { scan_id: 1.5 }, /scan_id must be integer/],
    ['scan_id as text', 'start', { scan_id: '1' }, /scan_id must be integer/],
    ['sample as number', 'start', { sample: 1 }, /sample/],
    ["a key with '.'", 'start', { 'a.b': 1 }, /may not be empty or contain/],
    ["a key with '/' deep inside", 'start', { a: { b: { 'c/d': 1 } } }, /may not be empty or contain/],
    [
      "a data key with '.'",
      'descriptor',
      { data_keys: { 'a.b': dataKeys.det } },
      /may not be empty or contain/,
    ],
    [
      "a configuration key with '/'",
      'descriptor',
      { configuration: { det: { data: { 'a/b': 1 } } } },
      /may not be empty/,
    ],
    [
      'an unknown dtype',
      'descriptor',
      { data_keys: { det: { ...dataKeys.det, dtype: 'float' } } },
      /one of string, number/,
    ],
    [
      'limits without high',
      'descriptor',
      { data_keys: { det: { ...dataKeys.det, limits: { control: { low: 1 } } } } },
      /limits/,
    ],
    [
      'unknown limits',
      'descriptor',
      { data_keys: { det: { ...dataKeys.det, limits: { soft: null } } } },
      /soft/,
    ],
    ['hints that are not lists', 'descriptor', { hints: { det: { fields: 'det' } } }, /fields must be array/],
    ['a bad NX class', 'descriptor', { hints: { det: { NX_class: 'detector' } } }, /NX_class/],
    ['a seq_num of 1.5', 'event', { seq_num: 1.5 }, /seq_num must be integer/],
    ['a further field in event', 'event', { run_start: 'r' }, /'run_start', which is not allowed/],
    ['filled with a number', 'event', { filled: { det: 1 } }, /filled/],
    ['a column that is no list', 'event_page', { data: { det: 1 } }, /data\/det must be array/],
    ['bytes as column', 'event_page', { data: { det: Buffer.from('a') } }, /data\/det must be array/],
    ['an unknown exit_status', 'stop', { exit_status: 'done' }, /one of success, abort, fail/],
    ["a top-level key with '.' in stop", 'stop', { 'a.b': 1 }, /may not be empty or contain/],
    ['a further field in resource', 'resource', { extra: 1 }, /extra/],
    ['a list instead of an object', 'event', { data: [1] }, /data must be object/],
  ]
  test.each(refused)('%s is refused in %s', (_what, name, change, text) => {
    expect(verdict(name, { ...samples[name], ...change })).toMatch(text)
  })

  test.each([null, 1, 'x', [], undefined])('%j is not a document', (value) => {
    for (const name of documentNames) expect(verdict(name, value)).not.toBe(true)
  })
})

test('the compiled checks agree with an interpreting validator on mutated documents', () => {
  const ajv = new Ajv2020({ strict: false, strictNumbers: false })
  const interpreted = Object.fromEntries(
    documentNames.map((name) => [
      name,
      ajv.compile(
        JSON.parse(readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), 'utf8')) as object,
      ),
    ]),
  )
  const key = fc.constantFrom(
    'uid',
    'time',
    'data',
    'seq_num',
    'hints',
    'data_keys',
    'filled',
    'a.b',
    'x',
    'num_events',
    'shape',
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...documentNames),
      key,
      fc.jsonValue({ maxDepth: 3 }),
      (name, field, value) => {
        const doc = { ...samples[name], [field]: value }
        expect(validateDocument(name, doc).ok).toBe(interpreted[name]?.(doc))
      },
    ),
    { numRuns: 2000 },
  )
})
