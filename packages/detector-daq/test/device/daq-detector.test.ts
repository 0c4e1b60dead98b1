import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RunEngine, count } from '@beamtime/run-engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDaqDetector } from '../../src/device.ts'
import { call, runDaq, type RunningDaq } from '../service/running-daq.ts'

let daq: RunningDaq
beforeAll(async () => {
  daq = await runDaq()
})
afterAll(() => daq.close())

test('a plan takes images, and its documents say where they are', async () => {
  const detector = createDaqDetector('jungfrau', { url: daq.rest })
  const documents: [string, Record<string, unknown>][] = []
  const engine = new RunEngine({})
  engine.subscribe((name, doc) => void documents.push([name, doc as unknown as Record<string, unknown>]))
  await engine.run(count([detector], 5))
  const named = (name: string): Record<string, unknown>[] =>
    documents.flatMap(([each, doc]) => (each === name ? [doc] : []))
  expect(named('descriptor')).toMatchObject([
    { data_keys: { jungfrau: { external: 'STREAM:', shape: [1, 512, 1024], dtype_numpy: '<u2' } } },
  ])
  const [resource] = named('stream_resource')
  expect(resource).toMatchObject({
    mimetype: 'application/x-hdf5',
    parameters: { dataset: '/jungfrau/data', chunk_shape: [1] },
  })
  expect(named('stream_datum').map(({ indices }) => indices)).toEqual(
    [0, 1, 2, 3, 4].map((start) => ({ start, stop: start + 1 })),
  )
  expect(named('event')).toHaveLength(5)
  expect(named('stop')).toMatchObject([{ exit_status: 'success' }])
  const folder = join(daq.dataDir, 'frames', 'jungfrau')
  const [file = ''] = readdirSync(folder)
  expect(String(resource?.['uri'])).toBe(`file://localhost${join(folder, file)}`)
  const { datasets } = await call(daq.rest, `/api/h5/get_metadata_status?filename=${join(folder, file)}`)
  expect(datasets).toContainEqual({ path: '/jungfrau/data', shape: [5, 512, 1024], dtype: '<u2' })
})

test('a service that is not there fails the plan with its address', async () => {
  const detector = createDaqDetector('nobody', { url: 'http://127.0.0.1:9', timeoutMs: 100 })
  const engine = new RunEngine({})
  await expect(engine.run(count([detector], 1))).rejects.toThrow(/127.0.0.1:9/)
})
