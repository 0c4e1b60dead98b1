import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { File, ready } from 'h5wasm/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createBulkFile,
  createChunkCompressor,
  createHdf5Reader,
  Hdf5Error,
  type GroupNode,
  type Hdf5Reader,
} from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'hdf5-reader-'))
const open: Hdf5Reader[] = []

function reader(options: Parameters<typeof createHdf5Reader>[0] = {}): Hdf5Reader {
  const created = createHdf5Reader(options)
  open.push(created)
  return created
}

let shared: Hdf5Reader
const kinds = join(folder, 'kinds.h5')

beforeAll(async () => {
  await ready
  shared = reader({ roots: [folder] })
  const file = new File(kinds, 'w')
  file.create_dataset({ name: 'be', data: Int32Array.from({ length: 12 }, (_, i) => i), shape: [3, 4] })
  file.create_dataset({ name: 'text', data: ['a', 'hé', ''] })
  file.create_dataset({ name: 'wide', data: BigInt64Array.of(2n ** 62n, -1n) })
  file.create_dataset({ name: 'scalar', data: 3.5, dtype: '<d' })
  const gzip = { chunks: [10, 100], compression: 'gzip' as const, compression_opts: 4 }
  const numbers = Float32Array.from({ length: 10_000 }, (_, i) => i)
  file.create_dataset({ name: 'packed', data: numbers, shape: [100, 100], ...gzip })
  const group = file.create_group('g')
  group.create_attribute('NX_class', 'NXdata')
  group.create_attribute('list', Float64Array.of(1, 2, 3))
  file.create_soft_link('/be', 'soft')
  file.create_soft_link('/nowhere', 'broken')
  file.create_external_link('away.h5', '/x', 'away')
  file.close()
})

afterAll(async () => {
  await Promise.all(open.map((each) => each.close()))
  rmSync(folder, { recursive: true, force: true })
})

function frames(
  path: string,
  more: Partial<Extract<GroupNode['children'][string], { kind: 'frames' }>> = {},
) {
  return createBulkFile(join(folder, path), {
    kind: 'group',
    children: { data: { kind: 'frames', type: 'u16', frameShape: [4, 6], frames: 50, ...more } },
  })
}

function frame(value: number): Uint8Array {
  return new Uint8Array(Uint16Array.from({ length: 24 }, (_, at) => value * 100 + at).buffer)
}

test('a group tells its children and attributes', async () => {
  const root = await shared.entity(kinds, '/')
  expect(root).toMatchObject({ kind: 'group', name: '/' })
  if (root.kind !== 'group') throw new Error('no group')
  expect(root.children).toContainEqual({ name: 'broken', kind: 'soft_link', target_path: '/nowhere' })
  expect(root.children).toContainEqual({
    name: 'away',
    kind: 'external_link',
    target_file: 'away.h5',
    target_path: '/x',
  })
  expect(root.children).toContainEqual({ name: 'soft', kind: 'dataset' })
  expect(await shared.entity(kinds, 'g/')).toMatchObject({
    name: 'g',
    attributes: [
      { name: 'NX_class', shape: [], type: { class: 3 } },
      { name: 'list', shape: [3], type: { class: 1, size: 8, order: 0 } },
    ],
  })
  expect(await shared.attributes(kinds, '/g')).toMatchObject({
    NX_class: { kind: 'values', shape: [], data: ['NXdata'] },
    list: { kind: 'numbers', data: Float64Array.of(1, 2, 3) },
  })
})

test('a dataset tells its shape, type, chunks and filters', async () => {
  expect(await shared.entity(kinds, '/packed')).toMatchObject({
    kind: 'dataset',
    shape: [100, 100],
    type: { class: 1, size: 4, order: 0 },
    chunks: [10, 100],
    filters: [{ id: 1, name: 'deflate' }],
  })
  expect(await shared.entity(kinds, '/be')).toMatchObject({ chunks: null, filters: null })
})

test('values of every kind', async () => {
  expect(await shared.read(kinds, '/be', [1])).toMatchObject({ shape: [4], data: Int32Array.of(4, 5, 6, 7) })
  expect(await shared.read(kinds, '/soft', [{ step: 2 }, -1])).toMatchObject({ data: Int32Array.of(3, 11) })
  expect(await shared.read(kinds, '/text')).toMatchObject({ kind: 'values', data: ['a', 'hé', ''] })
  expect(await shared.read(kinds, '/wide')).toMatchObject({ data: BigInt64Array.of(2n ** 62n, -1n) })
  expect(await shared.read(kinds, '/scalar')).toMatchObject({ shape: [], data: Float64Array.of(3.5) })
  expect(
    await shared.read(kinds, '/packed', [{ start: 99 }, { start: 50, stop: 60, step: 5 }]),
  ).toMatchObject({
    shape: [1, 2],
    data: Float32Array.of(9950, 9955),
  })
})

test('statistics of a selection', async () => {
  const { min, max, mean, std, strict_positive_min } = await shared.statistics(kinds, '/packed')
  expect({ min, max, mean, strict_positive_min }).toEqual({
    min: 0,
    max: 9_999,
    mean: 4_999.5,
    strict_positive_min: 1,
  })
  expect(std).toBeCloseTo(2_886.751, 2)
  await expect(shared.statistics(kinds, '/text')).rejects.toMatchObject({ code: 'HDF5_TYPE_UNSUPPORTED' })
})

test('every path of a file', async () => {
  expect(await shared.paths(kinds)).toEqual(expect.arrayContaining(['/', '/be', '/g', '/packed']))
})

test('a file is read while it grows: contiguous, chunked and compressed', async () => {
  const plain = frames('plain.h5')
  const chunked = frames('chunked.h5', { layout: { framesPerChunk: 4 } })
  const packed = frames('packed.h5', { layout: { framesPerChunk: 1, filter: 'bslz4' } })
  const compressor = createChunkCompressor({ maxBytes: 48 })
  for (let index = 0; index < 10; index += 1) {
    plain.frames('/data').writeFrame(index, frame(index))
    chunked.frames('/data').appendFrames(frame(index))
    packed.frames('/data').appendChunk(compressor.compress(frame(index), 2), 1)
    for (const name of ['plain.h5', 'chunked.h5', 'packed.h5'])
      expect(await shared.read(join(folder, name), '/data', [index, 3, 5]), name).toMatchObject({
        data: Uint16Array.of(index * 100 + 23),
      })
  }
  expect(await shared.entity(join(folder, 'packed.h5'), '/data')).toMatchObject({
    shape: [10, 4, 6],
    filters: [{ id: 32008 }],
  })
  for (const file of [plain, chunked, packed]) file.finish()
})

test('a virtual dataset gives the values of its sources', async () => {
  const part = frames('part.h5', { frames: 3 })
  for (let index = 0; index < 3; index += 1) part.frames('/data').writeFrame(index, frame(index))
  part.finish()
  const whole = { start: [0, 0, 0], stride: [1, 1, 1], count: [1, 1, 1], block: [3, 4, 6] }
  const every = { start: [1, 0, 0], stride: [2, 1, 1], count: [3, 1, 1], block: [1, 4, 6] }
  const mappings = [{ file: 'part.h5', dataset: '/data', source: whole, target: every }]
  createBulkFile(join(folder, 'virtual.h5'), {
    kind: 'group',
    children: { data: { kind: 'virtual', type: 'u16', shape: [6, 4, 6], mappings } },
  }).finish()
  const path = join(folder, 'virtual.h5')
  expect(await shared.read(path, '/data', [{}, 0, 1])).toMatchObject({
    data: Uint16Array.of(0, 1, 0, 101, 0, 201),
  })
  expect(await shared.entity(path, '/data')).toMatchObject({
    virtualSources: [{ file: 'part.h5', dataset: '/data' }],
  })
})

test('what is outside of the roots is not opened, not by a link, a virtual dataset or a link of the disk either', async () => {
  const inside = join(folder, 'inside')
  mkdirSync(inside)
  const confined = reader({ roots: [inside] })
  const secret = frames('secret.h5', { frames: 1 })
  secret.frames('/data').writeFrame(0, frame(7))
  secret.finish()
  const part = { start: [0, 0, 0], stride: [1, 1, 1], count: [1, 1, 1], block: [1, 4, 6] }
  const secretPath = join(folder, 'secret.h5')
  createBulkFile(join(inside, 'spy.h5'), {
    kind: 'group',
    children: {
      link: { kind: 'external-link', file: secretPath, target: '/data' },
      virtual: {
        kind: 'virtual',
        type: 'u16',
        shape: [1, 4, 6],
        mappings: [{ file: secretPath, dataset: '/data', source: part, target: part }],
      },
    },
  }).finish()
  const spy = join(inside, 'spy.h5')
  symlinkSync(secretPath, join(inside, 'alias.h5'))
  await expect(confined.read(secretPath, '/data')).rejects.toMatchObject({ code: 'HDF5_OUTSIDE_ROOTS' })
  await expect(confined.read(join(inside, 'alias.h5'), '/data')).rejects.toMatchObject({
    code: 'HDF5_OUTSIDE_ROOTS',
  })
  await expect(confined.read(join(inside, '..', 'secret.h5'), '/data')).rejects.toMatchObject({
    code: 'HDF5_OUTSIDE_ROOTS',
  })
  await expect(confined.read(spy, '/link')).rejects.toMatchObject({ code: 'HDF5_PATH_UNKNOWN' })
  // The library gives the fill value where a source cannot be opened.
  const seen = await confined.read(spy, '/virtual')
  expect(seen).toMatchObject({ data: new Uint16Array(24) })
  const free = reader()
  expect(await free.read(spy, '/link', [0, 0, 0])).toMatchObject({ data: Uint16Array.of(700) })
  expect(await free.read(spy, '/virtual', [0, 0, 0])).toMatchObject({ data: Uint16Array.of(700) })
})

test('what cannot be read is refused with its code, and the reader goes on', async () => {
  const broken = join(folder, 'broken.h5')
  writeFileSync(broken, 'no HDF5 at all')
  const small = reader({ maxBytes: 1_000 })
  await expect(shared.entity(broken, '/')).rejects.toMatchObject({ code: 'HDF5_FILE_UNREADABLE' })
  await expect(shared.entity(join(folder, 'none.h5'), '/')).rejects.toMatchObject({
    code: 'HDF5_FILE_UNREADABLE',
  })
  await expect(shared.entity(kinds, '/none')).rejects.toMatchObject({ code: 'HDF5_PATH_UNKNOWN' })
  await expect(shared.read(kinds, '/g')).rejects.toMatchObject({ code: 'HDF5_PATH_UNKNOWN' })
  await expect(shared.read(kinds, '/be', [9])).rejects.toMatchObject({ code: 'HDF5_SELECTION_WRONG' })
  await expect(small.read(kinds, '/packed')).rejects.toMatchObject({ code: 'HDF5_TOO_LARGE' })
  expect(await small.read(kinds, '/packed', [0])).toMatchObject({ shape: [100] })
  expect(await shared.read(kinds, '/be', [0, 0])).toMatchObject({ data: Int32Array.of(0) })
})

test('a request that takes too long ends, and the next one is served', async () => {
  const hasty = reader({ timeoutMs: 1 })
  const outcomes = await Promise.allSettled([hasty.entity(kinds, '/'), hasty.entity(kinds, '/be')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const patient = reader({ timeoutMs: 20_000, maxWaiting: 1 })
  const first = patient.entity(kinds, '/be')
  await expect(patient.entity(kinds, '/')).rejects.toMatchObject({ code: 'HDF5_READER_STOPPED' })
  expect(await first).toMatchObject({ kind: 'dataset' })
  await patient.close()
  await expect(patient.entity(kinds, '/')).rejects.toMatchObject({ code: 'HDF5_READER_STOPPED' })
})

test('a compressed chunk that is damaged is an error, not pixels', async () => {
  const path = join(folder, 'damaged.h5')
  const file = frames('damaged.h5', { layout: { framesPerChunk: 1, filter: 'bslz4' }, frames: 2 })
  const compressor = createChunkCompressor({ maxBytes: 48 })
  for (const value of [1, 2]) file.frames('/data').appendChunk(compressor.compress(frame(value), 2), 1)
  file.finish()
  const bytes = readFileSync(path)
  // The last chunk's first block says that it is longer than the chunk.
  const chunk = Buffer.from(compressor.compress(frame(2), 2))
  bytes.writeUInt32BE(0x7fff_ffff, bytes.lastIndexOf(chunk) + 12)
  writeFileSync(path, bytes)
  expect(await shared.read(path, '/data', [0, 0, 0])).toMatchObject({ data: Uint16Array.of(100) })
  await expect(shared.read(path, '/data', [1])).rejects.toMatchObject({ code: 'HDF5_READ_FAILED' })
})

test('damaged files give an answer or an error, and the reader stays', { timeout: 60_000 }, async () => {
  const original = readFileSync(kinds)
  const path = join(folder, 'fuzzed.h5')
  const places = fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(places, async (changes) => {
      const bytes = Buffer.from(original)
      for (const [at, value] of changes) bytes[at] = value
      writeFileSync(path, bytes)
      const asked = ['/', '/be', '/text', '/packed', '/g'].flatMap((name) => [
        shared.entity(path, name),
        shared.read(path, name),
        shared.attributes(path, name),
      ])
      for (const outcome of await Promise.allSettled(asked)) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Hdf5Error)
      }
    }),
    { numRuns: 30 },
  )
  expect(await shared.read(kinds, '/be', [0, 0])).toMatchObject({ data: Int32Array.of(0) })
})
