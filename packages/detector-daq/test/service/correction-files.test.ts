import { join } from 'node:path'
import { createBulkFile, createHdf5Reader } from '@beamtime/hdf5'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { call, runDaq } from './running-daq.ts'

const rows = 512
const columns = 1024

function writeTables(path: string, tables: Readonly<Record<string, Float32Array>>): void {
  const file = createBulkFile(path, {
    kind: 'group',
    children: Object.fromEntries(
      Object.keys(tables).map((name) => [
        name,
        { kind: 'frames', type: 'f32', frameShape: [columns], frames: rows } as const,
      ]),
    ),
  })
  for (const [name, values] of Object.entries(tables))
    file.frames(`/${name}`).writeFrames(0, new Uint8Array(values.buffer))
  file.finish()
}

test('dark image, flat field and pixel mask come from files, and the mask goes into the images file', async () => {
  const folder = tempDir()
  const darkFlat = join(folder.path, 'dark-flat.h5')
  const maskFile = join(folder.path, 'mask.h5')
  writeTables(darkFlat, {
    dark: new Float32Array(rows * columns).fill(100),
    flat: new Float32Array(rows * columns).fill(2),
  })
  writeTables(maskFile, { pixel_mask: Float32Array.from({ length: rows * columns }, (_, at) => at % 2) })
  const daq = await runDaq({ dark_flat_file: darkFlat, pixel_mask_file: maskFile })
  const reader = createHdf5Reader()
  try {
    const path = join(daq.folder, 'corrected.h5')
    expect(await call(daq.rest, '/writer/write_sync', { output_file: path, n_images: 2 })).toMatchObject({
      status: 'ok',
    })
    const image = await reader.read(path, '/jungfrau/data', [0])
    if (image.kind !== 'numbers') throw new Error('no numbers')
    expect(image.data).toBeInstanceOf(Float32Array)
    const pixels = Array.from(image.data, Number)
    expect(pixels.every((value, at) => (at % 2 === 1 ? Number.isNaN(value) : value >= 0))).toBe(true)
    // The simulated background is 100 and up to 63 more, its spot thousands; halves come from the flat field.
    expect(pixels.some((value) => value > 500)).toBe(true)
    expect(pixels.some((value) => value % 1 === 0.5)).toBe(true)
    expect(await reader.read(path, '/jungfrau/pixel_mask', [3, { stop: 4 }])).toMatchObject({
      data: Uint8Array.of(0, 1, 0, 1),
    })
    // What the control room shows.
    const mask = await fetch(new URL('/daq/mask', daq.rest))
    expect([...new Uint8Array(await mask.arrayBuffer()).subarray(0, 4)]).toEqual([0, 1, 0, 1])
    expect(await call(daq.rest, '/daq/losses')).toMatchObject({ masked_pixels: (rows * columns) / 2 })
    const shown = await fetch(new URL('/daq/image', daq.rest))
    expect(shown.headers.get('x-mask-version')).toBe(mask.headers.get('x-mask-version'))
  } finally {
    await reader.close()
    await daq.close()
    await folder.close()
  }
})

test('a correction file that does not fit names its key', async () => {
  const folder = tempDir()
  const path = join(folder.path, 'small.h5')
  const file = createBulkFile(path, {
    kind: 'group',
    children: { dark: { kind: 'frames', type: 'f32', frameShape: [4], frames: 4 } },
  })
  file.frames('/dark').writeFrames(0, new Uint8Array(64))
  file.finish()
  await expect(runDaq({ dark_flat_file: path })).rejects.toMatchObject({
    code: 'DAQ_CALIBRATION_UNREADABLE',
    message: expect.stringContaining('dark_flat_file') as string,
  })
  await folder.close()
})
