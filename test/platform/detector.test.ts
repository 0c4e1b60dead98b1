// A queued plan takes 100 images with the simulated detector: the file, the documents and the export agree.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createHdf5Reader } from '@beamtime/hdf5'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { api, freePorts, idle, Platform, until } from './platform.ts'

const images = 100
const reader = createHdf5Reader()
let platform: Platform
let uid = ''

beforeAll(async () => {
  const [rest = 0, websocket = 0, live = 0] = await freePorts(3)
  platform = await Platform.start(`[daq.jungfrau]
detector_type = "jungfrau-raw"
n_modules = 1
bit_depth = 16
image_pixel_width = 1024
image_pixel_height = 512
start_udp_port = 0
udp_host = "127.0.0.1"
rest = "127.0.0.1:${rest}"
websocket = "127.0.0.1:${websocket}"
ram_buffer = { export = "off", ring_mb = 64 }
stream = { ipc_directory = "" }
live_stream_configs = { "tcp://127.0.0.1:${live}" = { type = "periodic", config = [1, 10] } }
simulator = { enabled = true, auto_start = true, rate_hz = 50 }`)
  await idle(platform)
  const item = { item_type: 'plan', name: 'count', args: [['jungfrau']], kwargs: { num: images } }
  await api(platform, '/queue/item/add', { item })
  await api(platform, '/queue/start', {})
  const entry = await until(
    'the plan is in the history',
    async () => {
      const history = (await api(platform, '/history/get')) as unknown as {
        items: { result: { exit_status: string; run_uids: string[]; msg: string } }[]
      }
      return history.items[0]
    },
    60_000,
  )
  expect(entry.result, entry.result.msg).toMatchObject({ exit_status: 'completed' })
  uid = entry.result.run_uids[0] ?? ''
}, 120_000)

afterAll(async () => {
  await reader.close()
  await platform.dispose()
})

interface Named {
  readonly name: string
  readonly doc: Record<string, unknown>
}

async function exported(): Promise<readonly Named[]> {
  return until('the run is in the store', async () => {
    const { stdout } = await platform.beamtime('runs', 'export', uid, '--format', 'jsonl')
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Named)
    return lines.at(-1)?.name === 'stop' ? lines : undefined
  })
}

test('documents announce a file with every image, and it opens', async () => {
  const documents = await exported()
  const named = (name: string): Record<string, unknown>[] =>
    documents.filter((each) => each.name === name).map(({ doc }) => doc)
  expect(named('event')).toHaveLength(images)
  expect(named('descriptor')).toMatchObject([
    { data_keys: { jungfrau: { external: 'STREAM:', shape: [1, 512, 1024], dtype_numpy: '<u2' } } },
  ])
  const [resource] = named('stream_resource')
  expect(resource).toMatchObject({
    data_key: 'jungfrau',
    mimetype: 'application/x-hdf5',
    parameters: { dataset: '/jungfrau/data' },
  })
  const datums = named('stream_datum') as unknown as {
    readonly stream_resource: string
    readonly indices: { readonly start: number; readonly stop: number }
    readonly seq_nums: { readonly start: number; readonly stop: number }
  }[]
  expect(datums.every((datum) => datum.stream_resource === resource?.['uid'])).toBe(true)
  // Without holes, one image for each event.
  let next = 0
  for (const { indices, seq_nums } of datums) {
    expect(indices.start).toBe(next)
    expect(seq_nums).toEqual({ start: indices.start + 1, stop: indices.stop + 1 })
    next = indices.stop
  }
  expect(next).toBe(images)
  expect(named('stop')).toMatchObject([{ exit_status: 'success', num_events: { primary: images } }])

  const path = fileURLToPath(String(resource?.['uri']).replace('file://localhost', 'file://'))
  expect(existsSync(path)).toBe(true)
  expect(await reader.entity(path, '/jungfrau/data')).toMatchObject({ shape: [images, 512, 1024] })
  const rows = await reader.read(path, '/jungfrau/metadata')
  if (rows.kind !== 'values') throw new Error('the metadata is no table')
  const ids = rows.data.map((row) => (Array.isArray(row) ? Number(row[0]) : -1))
  expect(ids).toHaveLength(images)
  expect(ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0))).toBe(true)
  for (const at of [0, images / 2, images - 1]) {
    const { min, max } = await reader.statistics(path, '/jungfrau/data', [at])
    // The simulated spot over its background.
    expect(min).toBeGreaterThanOrEqual(100)
    expect(max).toBeGreaterThan(1_000)
  }
})

test('the run is exported as a table as well', async () => {
  await exported()
  const { code, stdout } = await platform.beamtime('runs', 'export', uid, '--format', 'csv')
  expect(code).toBe(0)
  expect(stdout.trim().split(/\r?\n/)).toHaveLength(images + 1)
})

test('the run is recorded and played again as a run of its own, with the images where they lie', async () => {
  await exported()
  const topic = 'demo.bluesky.documents'
  const record = ['record', topic, '-o', 'images', '--from', 'earliest', '--to', 'end', '--progress', 'none']
  expect(await platform.beamtime('stream', ...record)).toMatchObject({ code: 0 })
  const play = ['play', 'images', '--prefix', 'again.', '--create', '--renumber', 'docs', '--asap']
  expect(await platform.beamtime('stream', ...play, '--progress', 'none')).toMatchObject({ code: 0 })
  const { stdout } = await platform.beamtime('stream', 'cat', `topic:again.${topic}`, '--format', 'doc')
  const played = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Named)
  const docs = (name: string): Record<string, unknown>[] =>
    played.filter((each) => each.name === name).map(({ doc }) => doc)
  expect(docs('event')).toHaveLength(images)
  expect(docs('start')[0]?.['uid']).not.toBe(uid)
  const [original] = (await exported()).filter(({ name }) => name === 'stream_resource')
  expect(docs('stream_resource')[0]?.['uri']).toBe(original?.doc['uri'])
})

test('the status of the platform names the detector', async () => {
  const { services } = await platform.status()
  expect(services).toContainEqual(expect.objectContaining({ role: 'daq@jungfrau', state: 'up' }))
  const { stdout } = await platform.beamtime('daq', 'status', 'jungfrau')
  expect(stdout).toContain('jungfrau')
})
