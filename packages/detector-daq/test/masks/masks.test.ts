import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHdf5Reader } from '@beamtime/hdf5'
import { waitFor } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MaskReader } from '../../src/masks/mask-file.ts'
import { MaskLibrary } from '../../src/masks/mask-library.ts'
import { call, runDaq, type Answer, type RunningDaq } from '../service/running-daq.ts'

const [rows, columns] = [512, 1024]
const pixels = rows * columns

let daq: RunningDaq
beforeAll(async () => {
  daq = await runDaq({ simulator: { enabled: true, auto_start: true, rate_hz: 30 } })
})
afterAll(() => daq.close())

async function keep(name: string, mask: Uint8Array, query = ''): Promise<Answer> {
  const url = new URL(`/daq/masks/${encodeURIComponent(name)}${query}`, daq.rest)
  const body = mask as Uint8Array<ArrayBuffer>
  return (await (await fetch(url, { method: 'POST', body })).json()) as Answer
}

async function bytesOf(
  path: string,
): Promise<{ readonly version: string | null; readonly bytes: Uint8Array }> {
  const answer = await fetch(new URL(path, daq.rest))
  return {
    version: answer.headers.get('x-mask-version'),
    bytes: new Uint8Array(await answer.arrayBuffer()),
  }
}

/** Waits for an image that fits; one that lost packets on a busy machine is followed by another. */
async function imageThat(fits: (pixels: Uint16Array) => boolean): Promise<void> {
  await waitFor(async () => {
    const answer = await fetch(new URL('/daq/image', daq.rest))
    return answer.status === 200 && fits(new Uint16Array(await answer.arrayBuffer()))
  })
}

function every(step: number): Uint8Array {
  return Uint8Array.from({ length: pixels }, (_, at) => (at % step === 0 ? 255 : 0))
}

test('a mask is kept by name, and what is kept comes back', async () => {
  expect(await keep('beam stop', every(3))).toMatchObject({
    status: 'ok',
    mask: { name: 'beam stop', width: columns, height: rows, pixels: Math.ceil(pixels / 3) },
  })
  expect(await keep('beam stop', every(5))).toMatchObject({ status: 'error', code: 'DAQ_REQUEST_REFUSED' })
  expect(await keep('beam stop', every(5), '?replace=1')).toMatchObject({ status: 'ok' })
  const { masks } = await call(daq.rest, '/daq/masks')
  expect(masks).toMatchObject([{ name: 'beam stop', pixels: Math.ceil(pixels / 5) }])
  const { bytes } = await bytesOf('/daq/masks/beam%20stop')
  expect(bytes).toEqual(every(5).map((value) => (value === 0 ? 0 : 1)))
  // Nothing but the file is left in the folder, and other readers open it.
  expect(readdirSync(join(daq.dataDir, 'masks', 'jungfrau'))).toEqual(['beam stop.h5'])
  const copy = join(daq.folder, 'copy.h5')
  writeFileSync(copy, (await bytesOf('/daq/masks/beam%20stop/file')).bytes)
  const reader = createHdf5Reader()
  expect(await reader.entity(copy, '/pixel_mask')).toMatchObject({ kind: 'dataset', shape: [rows, columns] })
  await reader.close()
})

test('an applied mask changes the images that follow, without a stop, and the files', async () => {
  const { deployment } = await call(daq.rest, '/daq/deployment')
  await imageThat((image) => image.every((value) => value > 0))
  await keep('eighth', every(8))
  const before = await bytesOf('/daq/mask')
  expect(before.bytes).toHaveLength(0)
  expect(await call(daq.rest, '/daq/mask/apply', { name: 'eighth' })).toMatchObject({
    status: 'ok',
    in_use: { name: 'eighth', pixels: pixels / 8, is_from_file: false },
  })
  await imageThat((image) => image.every((value, at) => (at % 8 === 0 ? value === 0 : value > 0)))
  const applied = await bytesOf('/daq/mask')
  expect(applied.version).not.toBe(before.version)
  expect(applied.bytes.subarray(0, 9)).toEqual(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1))
  const path = join(daq.folder, 'masked.h5')
  expect(await call(daq.rest, '/writer/write_sync', { output_file: path, n_images: 2 })).toMatchObject({
    status: 'ok',
  })
  const reader = createHdf5Reader()
  expect(await reader.read(path, '/jungfrau/pixel_mask', [0, { stop: 9 }])).toMatchObject({
    data: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1),
  })
  const written = await reader.read(path, '/jungfrau/data', [1, 3, { stop: 17 }])
  const values: Iterable<unknown> = written.kind === 'numbers' ? written.data : []
  expect(Array.from(values, Number).filter((_, at) => at % 8 === 0)).toEqual([0, 0, 0])
  await reader.close()
  // What was applied stays when the kept one is deleted.
  await fetch(new URL('/daq/masks/eighth', daq.rest), { method: 'DELETE' })
  expect((await call(daq.rest, '/daq/masks'))['in_use']).toMatchObject({ name: 'eighth' })
  expect(await call(daq.rest, '/daq/mask/apply', { name: null })).toMatchObject({
    in_use: { name: '', pixels: 0, is_from_file: false },
  })
  await imageThat((image) => image.every((value) => value > 0))
  expect((await call(daq.rest, '/daq/deployment'))['deployment']).toEqual(deployment)
})

test('the applied mask is used again after a new start of the pipeline', async () => {
  await keep('again', every(2))
  await call(daq.rest, '/daq/mask/apply', { name: 'again' })
  expect(existsSync(join(daq.dataDir, 'state', 'daq-jungfrau-mask.h5'))).toBe(true)
  const { version } = await bytesOf('/daq/mask')
  expect(await call(daq.rest, '/daq/config', { module_sync_queue_size: 51 })).toMatchObject({ status: 'ok' })
  expect((await bytesOf('/daq/mask')).version).not.toBe(version)
  await imageThat((image) => image.every((value, at) => (at % 2 === 0 ? value === 0 : value > 0)))
  await call(daq.rest, '/daq/mask/apply', { name: null })
  expect(existsSync(join(daq.dataDir, 'state', 'daq-jungfrau-mask.h5'))).toBe(false)
})

test('what is no mask is refused with the reason', async () => {
  expect((await keep('small', new Uint8Array(7))).message).toBe(
    'The mask has 7 bytes, the images have 1024 x 512 pixels.',
  )
  expect((await keep('a/b', every(2))).message).toBe("'a/b' is no name of a mask.")
  expect(await keep('.hidden', every(2))).toMatchObject({ status: 'error' })
  for (const name of ['absent', '', undefined, 7])
    expect(await call(daq.rest, '/daq/mask/apply', { name })).toMatchObject({ status: 'error' })
  expect(await call(daq.rest, '/daq/masks/absent')).toMatchObject({
    status: 'error',
    message: "There is no mask 'absent'.",
  })
})

test('the mask does not change while a file is written, which has the one it began with', async () => {
  await keep('late', every(2))
  await call(daq.rest, '/writer/write_async', { n_images: 100_000, output_file: join(daq.folder, 'w.h5') })
  expect(await call(daq.rest, '/daq/mask/apply', { name: 'late' })).toMatchObject({
    status: 'error',
    code: 'DAQ_CONFIG_BUSY',
    message: 'The mask cannot change while a file is written.',
  })
  await call(daq.rest, '/writer/stop', {})
})

test('a file that is no mask is not offered, and says why when it is asked for', async () => {
  const folder = join(daq.folder, 'library')
  mkdirSync(folder)
  writeFileSync(join(folder, 'broken.h5'), 'nothing')
  const reader = new MaskReader()
  const library = new MaskLibrary(folder, reader)
  await library.save('good', { width: 2, height: 2, bytes: Uint8Array.of(0, 1, 1, 0) }, { replace: false })
  expect(await library.list()).toMatchObject([{ name: 'good', pixels: 2, width: 2, height: 2 }])
  await expect(library.load('broken')).rejects.toMatchObject({ code: 'DAQ_CALIBRATION_UNREADABLE' })
  await reader.close()
})
