import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, runDaq, type RunningDaq } from '../service/running-daq.ts'

let daq: RunningDaq
beforeAll(async () => {
  daq = await runDaq()
})
afterAll(() => daq.close())

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9
}

test(
  'the newest image is a stream of JPEG pictures that ends with its viewer',
  { timeout: 60_000 },
  async () => {
    const stopping = new AbortController()
    const response = await fetch(new URL('/daq/live', daq.rest), { signal: stopping.signal })
    expect(response.headers.get('content-type')).toBe('multipart/x-mixed-replace; boundary=frame')
    let seen = Buffer.alloc(0)
    const pictures: Buffer[] = []
    for await (const chunk of response.body ?? []) {
      seen = Buffer.concat([seen, chunk])
      const head = /^--frame\r\nContent-Type: image\/jpeg\r\nContent-Length: (\d+)\r\n\r\n/.exec(
        seen.toString('latin1', 0, 200),
      )
      const length = Number(head?.[1] ?? Infinity)
      const from = head?.[0].length ?? 0
      if (seen.length < from + length + 2) continue
      pictures.push(seen.subarray(from, from + length))
      seen = seen.subarray(from + length + 2)
      if (pictures.length === 3) break
    }
    stopping.abort()
    expect(pictures.every(isJpeg)).toBe(true)
  },
)

async function image(place: string): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const response = await fetch(new URL(place, daq.rest))
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, bytes }
}

test('images of a file come as they were taken, raw with a description', { timeout: 60_000 }, async () => {
  await call(daq.rest, '/writer/write_sync', { output_file: join(daq.folder, 'raw.h5'), n_images: 2 })
  const [id = ''] = Object.keys((await call(daq.rest, '/daq/logs/1'))['logs'] as object)
  const recorded = await image(`/daq/recorded/${id}/1`)
  expect(Object.fromEntries(recorded.headers)).toMatchObject({
    'x-image-id': '1',
    'x-image-shape': '512,1024',
    'x-image-type': 'uint16',
  })
  expect(recorded.bytes).toHaveLength(1024 * 512 * 2)
  expect((await image('/daq/recorded/current/1')).bytes.equals(recorded.bytes)).toBe(true)
  for (const place of [`${id}/2`, `${id}/-1`, `${id}/one`, '123-0/0'])
    expect(await call(daq.rest, `/daq/recorded/${place}`), place).toMatchObject({ status: 'error' })
})

test('an image of the past comes from the ring while it is there', { timeout: 60_000 }, async () => {
  const newest = await image('/daq/image')
  const id = newest.headers.get('x-image-id')
  const held = await image(`/daq/image?id=${id}`)
  expect(held.headers.get('x-image-id')).toBe(id)
  expect(held.bytes.equals(newest.bytes)).toBe(true)
  for (const none of ['-1', '1e9', 'x']) expect((await image(`/daq/image?id=${none}`)).status).toBe(204)
})

test('images of a written file are JPEG pictures with a description', { timeout: 60_000 }, async () => {
  const path = join(daq.folder, 'shown.h5')
  await call(daq.rest, '/writer/write_sync', { output_file: path, n_images: 3 })
  const { logs } = await call(daq.rest, '/daq/logs/1')
  const [id = ''] = Object.keys(logs as object)
  expect(await call(daq.rest, `/file/${id}`)).toMatchObject({
    status: 'ok',
    file_metadata: {
      filename: path,
      log_id: id,
      dataset_name: 'jungfrau/data',
      n_images: 3,
      image_pixel_height: 512,
      image_pixel_width: 1024,
      dtype: 'uint16',
    },
  })
  for (const place of [`/file/${id}/2`, `/file/${id}/image/0?module_map=1`, '/file/live/0']) {
    const response = await fetch(new URL(place, daq.rest))
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    expect(isJpeg(new Uint8Array(await response.arrayBuffer())), place).toBe(true)
  }
  expect(await call(daq.rest, `/file/${id}/99`)).toMatchObject({ status: 'error' })
  expect(await call(daq.rest, '/file/123-0')).toMatchObject({
    status: 'error',
    message: 'There is no acquisition 123-0.',
  })
  expect(await call(daq.rest, '/file/123-0/0')).toMatchObject({ status: 'error' })
})
