import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBulkFile, createChunkCompressor } from '@beamtime/hdf5'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FilesAnswer } from '../src/ui-types.ts'
import { startFixture, type Fixture } from './gateway-fixture.ts'

let gateway: Fixture
const frame = Uint16Array.from({ length: 12 }, (_, index) => index * 100)

beforeAll(async () => {
  gateway = await startFixture({ http: { file_roots: ['%D/frames'] } })
  const folder = join(gateway.dataDir, 'frames', 'today')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(gateway.dataDir, 'secret.h5'), 'not for you')
  const compressor = createChunkCompressor({ maxBytes: 24 })
  const file = createBulkFile(join(folder, 'run.h5'), {
    kind: 'group',
    attributes: { NX_class: 'NXroot' },
    children: {
      data: {
        kind: 'frames',
        type: 'u16',
        frameShape: [3, 4],
        frames: 2,
        layout: { framesPerChunk: 1, filter: 'bslz4' },
        attributes: { units: 'counts' },
      },
    },
  })
  const bytes = new Uint8Array(frame.buffer)
  for (let n = 0; n < 2; n++) file.frames('/data').appendChunk(compressor.compress(bytes, 2), 1)
  file.finish()
})

afterAll(() => gateway.close())

async function h5(route: string): Promise<Response> {
  return await gateway.get(`/api/h5/${route}`)
}

test('files below the folders are listed, newest first', async () => {
  const { files } = (await (await gateway.get('/api/files')).json()) as FilesAnswer
  expect(files.map(({ name }) => name)).toEqual(['today/run.h5'])
})

test('a viewer of h5grove finds groups, datasets and attributes, with and without a slash behind', async () => {
  for (const route of ['meta?file=today/run.h5&path=/', 'meta/?file=today/run.h5&path=/'])
    expect(await (await h5(route)).json()).toMatchObject({
      kind: 'group',
      children: [{ name: 'data', kind: 'dataset' }],
      attributes: [{ name: 'NX_class' }],
    })
  expect(await (await h5('meta?file=today/run.h5&path=/data')).json()).toMatchObject({
    shape: [2, 3, 4],
    type: { class: 0, size: 2, order: 0, sign: 0 },
    filters: [{ id: 32_008 }],
  })
  expect(await (await h5('attr?file=today/run.h5&path=/data')).json()).toEqual({ units: 'counts' })
  expect(await (await h5('paths?file=today/run.h5')).json()).toEqual(['/', '/data'])
})

test('compressed data come as JSON, as bytes, as NumPy file, as table and as picture', async () => {
  const place = 'file=today/run.h5&path=/data&selection=1,:,:'
  expect(await (await h5(`data?${place}`)).json()).toEqual([
    [0, 100, 200, 300],
    [400, 500, 600, 700],
    [800, 900, 1000, 1100],
  ])
  const bytes = Buffer.from(await (await h5(`data?${place}&format=bin&dtype=safe`)).arrayBuffer())
  expect(bytes.equals(Buffer.from(frame.buffer))).toBe(true)
  const npy = Buffer.from(await (await h5(`data?${place}&format=npy`)).arrayBuffer())
  expect(npy.subarray(0, 8).toString('latin1')).toBe('\u0093NUMPY\u0001\u0000')
  expect(npy.subarray(10, npy.length - 24).toString()).toContain("'descr': '<u2'")
  expect((npy.length - 24) % 64).toBe(0)
  expect(await (await h5(`data?${place}&format=csv`)).text()).toBe(
    '0,100,200,300\r\n400,500,600,700\r\n800,900,1000,1100\r\n',
  )
  const tiff = await h5(`data?${place}&format=tiff`)
  expect(tiff.headers.get('content-disposition')).toContain('data.tiff')
  expect(
    Buffer.from(await tiff.arrayBuffer())
      .subarray(0, 4)
      .toString('hex'),
  ).toBe('49492a00')
})

test('statistics are of the selection', async () => {
  expect(await (await h5('stats?file=today/run.h5&path=/data&selection=0,0,:')).json()).toMatchObject({
    min: 0,
    max: 300,
    mean: 150,
    strict_positive_min: 100,
  })
})

test('what cannot be seen is refused in the words that viewers know', async () => {
  const message = async (route: string): Promise<[number, string]> => {
    const answer = await h5(route)
    return [answer.status, ((await answer.json()) as { message: string }).message]
  }
  expect(await message('meta?file=../secret.h5&path=/')).toEqual([403, 'Permission denied'])
  expect(await message(`meta?file=${gateway.dataDir}/secret.h5&path=/`)).toEqual([403, 'Permission denied'])
  expect(await message('meta?file=absent.h5&path=/')).toEqual([404, 'File not found'])
  const [status, text] = await message('meta?file=today/run.h5&path=/absent')
  expect(status).toBe(404)
  expect(text).toMatch(/not a valid path/)
  expect((await h5('data?file=today/run.h5&path=/data&selection=x')).status).toBe(400)
  expect((await h5('data?file=today/run.h5&path=/data&format=gif')).status).toBe(400)
  expect((await gateway.get('/api/h5/meta?file=today/run.h5', { headers: {} })).status).toBe(401)
})
