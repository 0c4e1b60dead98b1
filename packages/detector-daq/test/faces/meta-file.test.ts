import { join } from 'node:path'
import { createHdf5Reader } from '@beamtime/hdf5'
import { waitFor } from '@beamtime/service-kit/testing'
import { WebSocket } from 'ws'
import { expect, test } from 'vitest'
import { metaRow } from '../../src/writer/meta-file.ts'
import { call, runDaq } from '../service/running-daq.ts'

test(
  'with meta_file a run of two writers has a third file that knows every image in order',
  { timeout: 60_000 },
  async () => {
    const daq = await runDaq({
      detector_type: 'gigafrost',
      n_modules: 8,
      image_pixel_width: 480,
      image_pixel_height: 128,
      number_of_writers: 2,
      h5: { meta_file: true },
    })
    const reader = createHdf5Reader()
    const client = new WebSocket(daq.websocket)
    const states: string[] = []
    client.on('message', (data: Buffer) =>
      states.push((JSON.parse(data.toString()) as { status: string }).status),
    )
    await new Promise((resolve) => client.once('open', resolve))
    client.send(JSON.stringify({ command: 'start', path: daq.folder, file_prefix: 'm', n_image: 9 }))
    await waitFor(() => states.includes('file_saved') || states.includes('error'), { timeoutMs: 30_000 })
    expect(states).toContain('file_saved')
    const meta = await reader.read(join(daq.folder, 'mMeta.h5'), '/jungfrau/metadata')
    if (meta.kind !== 'values') throw new Error('no table')
    const ids = meta.data.map((row) => Number(Array.isArray(row) ? row[0] : -1))
    expect(ids).toHaveLength(9)
    expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) + at))
    const first = await reader.read(join(daq.folder, 'm0.h5'), '/jungfrau/metadata', [0])
    expect(first).toMatchObject({ data: [[BigInt(ids[0] ?? 0), 1n]] })
    const body = { base_path: daq.folder, file_prefix: 'm', output_file: join(daq.folder, 'joined.h5') }
    expect(await call(daq.rest, '/api/h5/create_interleaved_vds', body)).toMatchObject({ status: 'ok' })
    expect(await reader.read(join(daq.folder, 'joined.h5'), '/jungfrau/gf_metadata')).toEqual(meta)
    client.terminate()
    await reader.close()
    await daq.close()
  },
)

test('a row holds what a GIGAFROST says of an image', () => {
  const detector = {
    kind: 'gf',
    scan_id: 1,
    scan_time: 2,
    sync_time: 3,
    frame_timestamp: 2 ** 40 - 1,
    exposure_time: 5,
    store_image: true,
  } as const
  const view = new DataView(metaRow(2 ** 33, detector).buffer)
  expect([
    view.getBigUint64(0, true),
    view.getBigUint64(8, true),
    view.getUint32(16, true),
    view.getUint32(20, true),
    view.getBigUint64(24, true),
    view.getBigUint64(32, true),
  ]).toEqual([2n ** 33n, 1n, 2, 3, 2n ** 40n - 1n, 5n])
})
