import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ThresholdMarks } from '../src/detectors/pixel-threshold.ts'
import { startFixture, type Fixture } from './gateway-fixture.ts'

/* A detector service with the routes of masks as detector-daq has them, for images of 4 x 2. */

const kept = new Map<string, Buffer>()
let used: { name: string; bytes: Buffer } | null = null
let version = 1
let imageId = 0
let detector: Server
let gateway: Fixture

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function refused(message: string): unknown {
  return { status: 'error', message, code: 'DAQ_REQUEST_REFUSED' }
}

async function apply(request: IncomingMessage): Promise<unknown> {
  const { name } = JSON.parse((await bodyOf(request)).toString()) as { name: string | null }
  const bytes = name === null ? undefined : kept.get(name)
  if (name !== null && bytes === undefined) return refused(`There is no mask '${name}'.`)
  used = name === null || bytes === undefined ? null : { name, bytes }
  version += 1
  return { status: 'ok', in_use: { name: name ?? '', pixels: 3, version } }
}

async function keepOne(request: IncomingMessage, name: string, isReplaced: boolean): Promise<unknown> {
  const bytes = await bodyOf(request)
  if (bytes.length !== 8) return refused(`The mask has ${bytes.length} bytes, the images have 4 x 2 pixels.`)
  if (name.includes('/')) return refused(`'${name}' is no name of a mask.`)
  if (kept.has(name) && !isReplaced) return refused(`There is a mask '${name}' already.`)
  kept.set(name, bytes)
  return { status: 'ok', mask: { name, pixels: 3, width: 4, height: 2, savedMs: 5 } }
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://detector')
  const name = decodeURIComponent(pathname.split('/')[3] ?? '')
  if (pathname === '/daq/masks') {
    const masks = [...kept].map(([one]) => ({ name: one, pixels: 3, width: 4, height: 2, savedMs: 5 }))
    return { status: 'ok', in_use: { name: used?.name ?? '', pixels: 3, version }, masks }
  }
  if (pathname === '/daq/mask/apply') return await apply(request)
  if (pathname === '/daq/mask') return used
  if (pathname.endsWith('/file')) return Buffer.from('HDF5')
  if (request.method === 'POST') return await keepOne(request, name, searchParams.get('replace') === '1')
  const bytes = kept.get(name)
  if (bytes === undefined) return refused(`There is no mask '${name}'.`)
  if (request.method !== 'DELETE') return { name, bytes }
  kept.delete(name)
  return { status: 'ok', message: 'Mask deleted.' }
}

beforeAll(async () => {
  detector = createServer((request, response) => {
    if (request.url?.startsWith('/daq/image') === true) {
      imageId += 1
      const pixels = Uint16Array.of(0, 5, imageId, 9, 5, 5, 900, 5)
      response.writeHead(200, { 'x-image-shape': '2,4', 'x-image-type': 'uint16', 'x-image-id': imageId })
      return void response.end(Buffer.from(pixels.buffer))
    }
    void answer(request).then((found) => {
      if (Buffer.isBuffer(found)) return void response.end(found)
      if (found === null) return void response.writeHead(204).end()
      const { bytes, name = '' } = found as { bytes?: Buffer; name?: string }
      if (bytes === undefined)
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found))
      response.writeHead(200, { 'x-mask-shape': '2,4', 'x-mask-name': name })
      response.end(bytes)
    })
  })
  await new Promise<void>((resolve) => detector.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(detector.address() as AddressInfo).port}`
  gateway = await startFixture({ config: { detectors: [{ id: 'eiger', url, isSimulated: false }] } })
})

afterAll(async () => {
  await gateway.close()
  await new Promise((resolve) => detector.close(resolve))
})

const octets = { 'Content-Type': 'application/octet-stream', Authorization: 'ApiKey APIKEYFORTESTS' }

async function keep(query: string, bytes: readonly number[]): Promise<{ status: number; body: unknown }> {
  const init = { method: 'POST', headers: octets, body: Uint8Array.from(bytes) }
  const sent = await gateway.get(`/api/detectors/eiger/mask?${query}`, init)
  return { status: sent.status, body: await sent.json() }
}

test('a mask is kept, listed, applied, loaded by another client, and deleted; who did it is noted', async () => {
  const bytes = [0, 1, 0, 0, 1, 0, 0, 1]
  expect(await keep('name=beam%20stop', bytes)).toEqual({
    status: 200,
    body: { name: 'beam stop', pixels: 3, width: 4, height: 2, savedMs: 5 },
  })
  expect((await gateway.get('/api/detectors/eiger/mask')).status).toBe(204)
  const applied = await gateway.post('/api/detectors/eiger/mask/apply', { name: 'beam stop' })
  expect(await applied.json()).toEqual({ name: 'beam stop', pixels: 3, version: 2 })
  const inUse = await gateway.get('/api/detectors/eiger/mask')
  expect(inUse.headers.get('x-mask-shape')).toBe('2,4')
  expect([...new Uint8Array(await inUse.arrayBuffer())]).toEqual(bytes)
  expect(await (await gateway.get('/api/detectors/eiger/masks')).json()).toEqual({
    inUse: { name: 'beam stop', pixels: 3, version: 2 },
    masks: [{ name: 'beam stop', pixels: 3, width: 4, height: 2, savedMs: 5 }],
  })
  const file = await gateway.get('/api/detectors/eiger/mask?name=beam%20stop&format=h5')
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="eiger-beam_stop.h5"')
  expect(await file.text()).toBe('HDF5')
  const removed = await gateway.get('/api/detectors/eiger/mask?name=beam%20stop', { method: 'DELETE' })
  expect(removed.status).toBe(200)
  const log = (await (await gateway.get('/api/audit')).json()) as {
    entries: { method: string; msg: string }[]
  }
  expect(log.entries.map(({ method, msg }) => `${method}: ${msg}`)).toEqual(
    expect.arrayContaining([
      'detector_mask_save eiger: beam stop',
      'detector_mask_apply eiger: beam stop',
      'detector_mask_delete eiger: beam stop',
    ]),
  )
})

test('what makes no sense is refused with the reason of the service', async () => {
  const reason = async (answered: Promise<Response>): Promise<unknown> => {
    const response = await answered
    return [response.status, ((await response.json()) as { detail: unknown }).detail]
  }
  expect(await keep('name=small', [1, 2])).toEqual({
    status: 400,
    body: { detail: 'The mask has 2 bytes, the images have 4 x 2 pixels.' },
  })
  expect((await keep('name=a%2Fb', [0, 0, 0, 0, 0, 0, 0, 0])).body).toEqual({
    detail: "'a/b' is no name of a mask.",
  })
  expect(await keep('', [0])).toMatchObject({ status: 400 })
  expect(await reason(gateway.post('/api/detectors/eiger/mask?name=x', { bytes: [1] }))).toMatchObject([
    422,
    expect.anything(),
  ])
  expect(await reason(gateway.post('/api/detectors/eiger/mask/apply', { name: 'absent' }))).toEqual([
    404,
    "There is no mask 'absent'.",
  ])
  expect(await reason(gateway.post('/api/detectors/eiger/mask/apply', { name: 7 }))).toMatchObject([
    422,
    expect.anything(),
  ])
  expect(await reason(gateway.get('/api/detectors/eiger/mask?name=absent'))).toMatchObject([
    404,
    expect.any(String),
  ])
  expect(await reason(gateway.get('/api/detectors/none/masks'))).toMatchObject([404, expect.any(String)])
  expect(await reason(gateway.get('/api/detectors/eiger/mask/threshold'))).toMatchObject([
    400,
    expect.any(String),
  ])
  expect(await reason(gateway.get('/api/detectors/eiger/mask/threshold?below=x'))).toMatchObject([
    400,
    expect.any(String),
  ])
  const large = { method: 'POST', headers: octets, body: new Uint8Array(64 * 1024 * 1024 + 1) }
  expect(await reason(gateway.get('/api/detectors/eiger/mask?name=large', large))).toEqual([
    413,
    'The body is larger than 64 MiB',
  ])
})

test('a mask needs the right to change the configuration', async () => {
  const viewer = await startFixture({
    auth: { anonymous: true },
    config: { detectors: [{ id: 'eiger', url: 'http://127.0.0.1:1', isSimulated: false }] },
  })
  const headers = { 'Content-Type': 'application/octet-stream' }
  const anonymous = { method: 'POST', headers, body: new Uint8Array(8) }
  expect((await viewer.get('/api/detectors/eiger/mask?name=x', anonymous)).status).toBe(401)
  expect((await viewer.post('/api/detectors/eiger/mask/apply', { name: 'x' }, { headers: {} })).status).toBe(
    401,
  )
  // With the right the detector is asked, which is away.
  expect((await viewer.post('/api/detectors/eiger/mask/apply', { name: 'x' })).status).toBe(503)
  await viewer.close()
})

test('a threshold marks the pixels that all images have beyond it', async () => {
  const marks = async (query: string): Promise<readonly number[]> => {
    const answered = await gateway.get(`/api/detectors/eiger/mask/threshold?${query}`)
    expect(answered.headers.get('x-mask-shape')).toBe('2,4')
    return [...new Uint8Array(await answered.arrayBuffer())]
  }
  imageId = 0
  // The third pixel is dead in the first images only.
  expect(await marks('below=3')).toEqual([1, 0, 1, 0, 0, 0, 0, 0])
  imageId = 0
  expect(await marks('below=3&images=5')).toEqual([1, 0, 0, 0, 0, 0, 0, 0])
  expect(await marks('below=1&above=100')).toEqual([1, 0, 0, 0, 0, 0, 1, 0])
})

test('marks of any images are what each of them says', () => {
  const value = fc.oneof(fc.double({ min: -10, max: 10, noNaN: true }), fc.constant(Number.NaN))
  const images = fc.array(fc.array(value, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(images, fc.option(fc.integer()), fc.option(fc.integer()), (rows, below, above) => {
      const marks = new ThresholdMarks({ below, above })
      for (const row of rows)
        marks.take({ id: 1, width: 3, height: 2, pixels: Float64Array.from(row), atMs: 0 })
      for (const [at, mark] of marks.marks.entries())
        expect(mark === 1).toBe(
          rows.every((row) => {
            const one = row[at] ?? Number.NaN
            return (below !== null && one < below) || (above !== null && one > above)
          }),
        )
    }),
  )
})
