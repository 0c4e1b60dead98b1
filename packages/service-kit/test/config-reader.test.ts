import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configText, formatProblem, parseSection, readSection, section } from '../src/index.ts'
import { tempDir } from '../src/testing.ts'

const sample = section('sample', {
  listen: { type: 'string', default: '127.0.0.1:1', pattern: /^\S+:\d+$/, doc: 'Address to listen on.' },
  segment_bytes: { type: 'integer', default: 1024, min: 16, max: 4096, unit: 'bytes', doc: 'Size.' },
  ratio: { type: 'number', default: null, doc: 'Share.' },
  on: { type: 'boolean', default: false, doc: 'On or off.' },
  mode: { type: 'enum', values: ['embedded', 'mongo'], default: 'embedded', doc: 'Mode.' },
  names: { type: 'string[]', default: [], doc: 'Names.' },
  tls: { type: 'table', default: { cert: '', key: '' }, doc: 'Files.' },
  rest: { type: 'any', default: null, doc: 'Anything.' },
  key: { type: 'string', default: 'env:SAMPLE_KEY', secret: true, doc: 'Secret.' },
})

function problemsOf(raw: unknown, environment: NodeJS.ProcessEnv = {}): readonly string[] {
  const place = {
    key: 'sample',
    environment,
    subsections: ['auth'],
    locate: (path: readonly string[]) => ({ file: 'b.toml', line: path.length + 1, column: 3 }),
  }
  return readSection(sample, raw, place).problems.map(formatProblem)
}

test('an absent table gives every default', () => {
  const values = parseSection(sample, undefined, { key: 'sample', environment: {} })
  expect(values).toEqual({
    listen: '127.0.0.1:1',
    segment_bytes: 1024,
    ratio: null,
    on: false,
    mode: 'embedded',
    names: [],
    tls: { cert: '', key: '' },
    rest: null,
    key: '',
  })
})

test('an unknown key is refused with the nearest known one, its place and what to do', () => {
  expect(problemsOf({ lisen: '127.0.0.1:2' })).toEqual([
    'b.toml:2:3 sample.lisen: unknown key, did you mean listen?',
  ])
})

test('an unknown key that is like none lists what is known', () => {
  expect(problemsOf({ zzzzzzzzzz: 1 })[0]).toContain('unknown key, remove it; known: listen, segment_bytes')
})

test('names of sections below are no unknown keys', () => {
  expect(problemsOf({ auth: { anything: 1 } })).toEqual([])
})

test('all problems of a table are told at once', () => {
  expect(
    problemsOf({
      segment_bytes: 5,
      ratio: 'much',
      on: 'yes',
      mode: 'mango',
      names: [1],
      tls: 3,
      listen: 'nowhere',
      key: 7,
    }),
  ).toHaveLength(8)
})

test.each([
  [{ segment_bytes: 5 }, '5 is below the least value, write 16 bytes or more'],
  [{ segment_bytes: 5000 }, '5000 is above the greatest value, write 4096 bytes or less'],
  [{ segment_bytes: 1.5 }, 'is a number, write a whole number'],
  [{ segment_bytes: 'x' }, 'is a text, write a number (bytes)'],
  [{ on: 1 }, 'is a number, write true or false'],
  [{ mode: 'mongoo' }, 'unknown value "mongoo", did you mean "mongo"? choose one of embedded, mongo'],
  [{ mode: 4 }, 'is a number, write one of embedded, mongo'],
  [{ names: 4 }, 'is a number, write a list of texts'],
  [{ tls: 'x' }, 'is a text, write a table { … }'],
  [{ listen: 4 }, 'is a number, write a text in quotes'],
  [{ listen: ['a'] }, 'is a list, write a text in quotes'],
])('%j is refused: %s', (raw, text) => {
  expect(problemsOf(raw)).toEqual([`b.toml:2:3 sample.${Object.keys(raw)[0]}: ${text}`])
})

test('something else in place of the table is one problem', () => {
  expect(problemsOf([1])).toEqual(['b.toml:1:3 sample: is a list, not a table, write [sample]'])
})

test('a table keeps the defaults of the names that are not written', () => {
  const values = parseSection(sample, { tls: { cert: 'a.pem' } }, { key: 'sample', environment: {} })
  expect(values.tls).toEqual({ cert: 'a.pem', key: '' })
})

test('a single text stands for a list of one', () => {
  expect(parseSection(sample, { names: 'one' }, { key: 'sample' }).names).toEqual(['one'])
})

test('env: reads the environment with the type of the key, in tables and lists too', () => {
  const environment = { N: '17', NAME: 'a', SAMPLE_KEY: 'k' }
  const raw = { segment_bytes: 'env:N', names: ['env:NAME'], tls: { cert: 'env:NAME' } }
  const values = parseSection(sample, raw, { key: 'sample', environment })
  expect(values).toMatchObject({ segment_bytes: 17, names: ['a'], tls: { cert: 'a' }, key: 'k' })
})

test('env: of a variable that is not set is a problem when it is written', () => {
  expect(problemsOf({ key: 'env:NOT_SET' })).toEqual([
    'b.toml:2:3 sample.key: environment variable NOT_SET is not set, set NOT_SET',
  ])
})

test('file: reads a secret and refuses a file that everybody can read', async () => {
  const folder = tempDir()
  const path = join(folder.path, 'secret')
  writeFileSync(path, 'hidden\n', { mode: 0o600 })
  expect(parseSection(sample, { key: `file:${path}` }, { key: 'sample' }).key).toBe('hidden')
  chmodSync(path, 0o644)
  expect(problemsOf({ key: `file:${path}` })[0]).toContain(`can be read by everybody, chmod o-r ${path}`)
  expect(problemsOf({ key: `file:${path}.no` })[0]).toContain('cannot be read (ENOENT)')
  await folder.close()
})

test('a secret that does not have its form is not repeated in the message', () => {
  const secret = section('s', {
    key: { type: 'string', default: '', secret: true, pattern: /^\d+$/, doc: 'Digits.' },
  })
  const { problems } = readSection(secret, { key: 'hunter2' }, { key: 's' })
  expect(problems.map(formatProblem).join()).not.toContain('hunter2')
})

test('a text from the environment takes the type of its key', () => {
  const raw = {
    segment_bytes: configText('1_024'),
    on: configText('true'),
    names: configText('a, b'),
    tls: configText('{"cert":"c"}'),
    rest: configText('[1,2]'),
  }
  expect(parseSection(sample, raw, { key: 'sample' })).toMatchObject({
    segment_bytes: 1024,
    on: true,
    names: ['a', 'b'],
    tls: { cert: 'c' },
    rest: [1, 2],
  })
})

test('%D stands for the data directory at the start of a path only', () => {
  const variables = { '%D': '/data' }
  const read = (listen: string): string =>
    parseSection(
      section('p', { listen: { type: 'string', default: '', doc: 'Path.' } }),
      { listen },
      { key: 'p', variables },
    ).listen
  expect(read('%D/frames')).toBe('/data/frames')
  expect(read('%D')).toBe('/data')
  expect(read('100%D/x')).toBe('100%D/x')
  expect(read('%Dx')).toBe('%Dx')
})

test('whatever is written, reading gives values of the declared types and never throws', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...Object.keys(sample.fields), 'other', '__proto__'), fc.anything()),
      (raw) => {
        const { values } = readSection(sample, raw, { key: 'sample', environment: {} })
        expect(typeof values.listen).toBe('string')
        expect(Number.isInteger(values.segment_bytes)).toBe(true)
        expect(values.segment_bytes).toBeGreaterThanOrEqual(16)
        expect(typeof values.on).toBe('boolean')
        expect(['embedded', 'mongo']).toContain(values.mode)
        expect(values.names.every((name) => typeof name === 'string')).toBe(true)
        expect(typeof values.tls).toBe('object')
      },
    ),
  )
})
