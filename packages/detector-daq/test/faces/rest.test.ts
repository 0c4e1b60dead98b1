import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, runDaq, type RunningDaq } from '../service/running-daq.ts'

let daq: RunningDaq
beforeAll(async () => {
  daq = await runDaq()
})
afterAll(() => daq.close())

test('write_sync answers when the file is there, and the file holds the images', async () => {
  const output_file = join(daq.folder, 'a.h5')
  const answer = await call(daq.rest, '/writer/write_sync', { n_images: 5, output_file, run_id: 42 })
  expect(answer).toMatchObject({
    status: 'ok',
    message: 'Writing finished.',
    writer: {
      state: 'READY',
      acquisition: {
        state: 'FINISHED',
        message: 'Completed.',
        info: { n_images: 5, output_file, run_id: 42 },
        stats: { n_write_completed: 5, n_write_requested: 5 },
      },
    },
  })
  expect(statSync(output_file).size).toBeGreaterThan(5 * 1_048_576)
})

test('write_async answers at once; stop ends the run with what was recorded', async () => {
  const output_file = join(daq.folder, 'b.h5')
  const started = await call(daq.rest, '/writer/write_async', { n_images: 100_000, output_file })
  expect(started).toMatchObject({ status: 'ok', message: 'Writing started.', writer: { state: 'WRITING' } })
  const again = await call(daq.rest, '/writer/write_async', {
    n_images: 1,
    output_file: join(daq.folder, 'c.h5'),
  })
  expect(again.status).toBe('error')
  expect(again.message).toMatch(/^Cannot start new acquisition while previous one is running:/)
  const config = await call(daq.rest, '/daq/config', { module_sync_queue_size: 60 })
  expect(config).toMatchObject({
    status: 'error',
    message: 'The configuration cannot change while a file is written.',
  })
  await waitFor(async () => {
    const { writer } = await call(daq.rest, '/writer/status')
    return JSON.stringify(writer).includes('ACQUIRING_IMAGES')
  })
  const stopped = await call(daq.rest, '/writer/stop', {})
  expect(stopped).toMatchObject({
    message: 'Writing stopped.',
    writer: { state: 'READY', acquisition: { state: 'FINISHED', message: 'Interrupted.' } },
  })
  expect(await call(daq.rest, '/writer/status')).toMatchObject({ message: 'Writer is READY' })
})

test('requests that make no sense are answered with 200 and the reason', async () => {
  const path = (body: unknown): Promise<Awaited<ReturnType<typeof call>>> =>
    call(daq.rest, '/writer/write_async', body)
  const file = join(daq.folder, 'd.h5')
  expect(await path({ n_images: 0, output_file: file })).toMatchObject({ status: 'error' })
  expect((await path({ output_file: file })).message).toMatch(/n_images/)
  expect((await path({ n_images: 1, output_file: 'relative.h5' })).message).toMatch(/output_file/)
  expect((await path({ n_images: 1, output_file: '/tmp/../etc/x.h5' })).message).toMatch(/output_file/)
  expect((await path('not json')).message).toMatch(/n_images/)
  expect((await path({ n_images: 1, output_file: '/no/such/folder/a.h5' })).message).toBe(
    'Output file folder /no/such/folder does not exist. Please create it first.',
  )
  expect((await path({ n_images: 1, output_file: join(daq.folder, 'a.h5') })).message).toMatch(/exists/)
  expect(existsSync(file)).toBe(false)
})

test('a file that is removed while it is written ends the run with the reason', async () => {
  const output_file = join(daq.folder, 'gone.h5')
  await call(daq.rest, '/writer/write_async', { n_images: 1_000, output_file })
  const { unlinkSync } = await import('node:fs')
  unlinkSync(output_file)
  const status = await waitFor(async () => {
    const answer = await call(daq.rest, '/writer/status')
    return JSON.stringify(answer['writer']).includes('FAILED') ? answer : undefined
  })
  expect(JSON.stringify(status['writer'])).toMatch(
    /ERROR: .*gone.h5 was removed or replaced while it was written/,
  )
})

test('a disk without room ends the run with the reason', async () => {
  // /dev/full says "no space" to every write; a directory of it cannot be made, so a link stands for the file.
  const { symlinkSync } = await import('node:fs')
  const output_file = join(daq.folder, 'full.h5')
  symlinkSync('/dev/full', output_file)
  const answer = await call(daq.rest, '/writer/write_sync', { n_images: 1, output_file })
  expect(answer.status).toBe('error')
})

test('the configuration is changed in parts, and a bad one is refused with the key and changes nothing', async () => {
  const changed = await call(daq.rest, '/daq/config', { module_sync_queue_size: 77, n_modules: null })
  expect(changed).toMatchObject({ status: 'ok', config: { module_sync_queue_size: 77, n_modules: 1 } })
  const refused = await call(daq.rest, '/daq/config', { bit_depth: 12 })
  expect(refused).toMatchObject({ status: 'error' })
  expect(refused.message).toMatch(/bit_depth/)
  const now = await call(daq.rest, '/daq/config')
  expect(now).toMatchObject({
    message: 'DAQ configured for bit_depth=16.',
    config: { module_sync_queue_size: 77 },
  })
  expect(readFileSync(join(daq.dataDir, 'state', 'daq-jungfrau.json'), 'utf8')).toContain('77')
  expect(await call(daq.rest, '/daq/deployment')).toMatchObject({
    deployment: { status: 'SUCCESS', message: 'Deployment successful', servers: { jungfrau: 'Done' } },
  })
})

test('statistics, logs and the simulator answer as clients expect', async () => {
  expect(await call(daq.rest, '/daq/stats')).toMatchObject({
    stats: {
      detector: { bytes_per_second: expect.any(Number) },
      writer: { images_per_second: expect.any(Number) },
    },
  })
  const { logs } = await call(daq.rest, '/daq/logs/5')
  expect(Object.keys(logs as object).length).toBeGreaterThan(1)
  const list = (await call(daq.rest, '/logs/2'))['logs']
  expect(list).toHaveLength(2)
  expect(await call(daq.rest, '/simulation/status')).toMatchObject({ simulator: { status: 'STREAMING' } })
  await call(daq.rest, '/simulation/stop', {})
  expect(await call(daq.rest, '/simulation/status')).toMatchObject({ simulator: { status: 'READY' } })
  await call(daq.rest, '/simulation/start', {})
})

test('the oldest calls are answered in their own way', async () => {
  expect(await call(daq.rest, '/alive')).toEqual({ alive: 'True', status: 200 })
  const body = { sources: 'jungfrau', n_images: 2, output_file: join(daq.folder, 'g0.h5'), user_id: 0 }
  const answer = await call(daq.rest, '/write_sync', body)
  expect(answer).toMatchObject({
    request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    response: { output_file: body.output_file, status: 'request_success' },
  })
  const asynchronous = { ...body, n_images: 10_000, output_file: join(daq.folder, 'g0-kill.h5') }
  const { request_id } = await call(daq.rest, '/write_async', asynchronous)
  const killed = await call(daq.rest, '/write_kill', { request_id })
  expect(killed).toMatchObject({ request_id, response: { status: 'request_success' } })
})

test('the newest image is served with its shape and type', async () => {
  const response = await waitFor(async () => {
    const answer = await fetch(new URL('/daq/image', daq.rest))
    return answer.status === 200 ? answer : undefined
  })
  expect(response.headers.get('x-image-shape')).toBe('512,1024')
  expect(response.headers.get('x-image-type')).toBe('uint16')
  expect((await response.arrayBuffer()).byteLength).toBe(1_048_576)
})

test('the configuration of the newest generation is read and set as a whole', async () => {
  const config = await call(daq.rest, '/api/config/get?user=me')
  expect(config).toMatchObject({ detector_name: 'jungfrau', image_pixel_width: 1024 })
  const { bit_depth: _, ...rest } = config
  const refused = await fetch(new URL('/api/config/set', daq.rest), {
    method: 'POST',
    body: JSON.stringify(rest),
  })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toEqual({ detail: "'bit_depth' is a required property" })
  expect(await call(daq.rest, '/api/config/set?user=me', config)).toEqual({
    message: 'Configuration updated and synchronized successfully',
  })
})

test('metrics and the status line tell what came and what was lost', async () => {
  await waitFor(async () => (await fetch(new URL('/daq/image', daq.rest))).status === 200)
  const text = await daq.context.metrics.text()
  expect(text).toMatch(/beamtime_daq_packets_total\{detector="jungfrau",module="0",result="ok"/)
  expect(text).toMatch(/beamtime_daq_latency_seconds_bucket/)
  expect(daq.status()).toMatch(/images\/s, \d+ MB\/s, \d+ packets lost, writer ready/)
})
