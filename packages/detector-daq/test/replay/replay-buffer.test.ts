import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { WebSocket } from 'ws'
import { Pull } from 'zeromq'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { bufferFile, bufferName } from '../../src/replay/buffer-path.ts'
import { BufferDriver, readReplayCommand } from '../../src/replay/buffer-driver.ts'
import { openBufferIndex } from '../../src/replay/buffer-index.ts'
import { BufferReader } from '../../src/replay/buffer-reader.ts'
import { BufferRecorder } from '../../src/replay/buffer-recorder.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { AttachedStream, type AttachedImage } from '../../src/replay/attached-stream.ts'
import { LocalStream } from '../../src/replay/local-stream.ts'
import { imageStream } from '../../src/replay/stream-place.ts'
import { jungfrau, testOptions } from '../pipeline/detectors.ts'

const open: { close(): Promise<void> | void }[] = []
let folder: ReturnType<typeof tempDir>
beforeEach(() => (folder = tempDir()))
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
  await folder.close()
})

function keep<T extends { close(): Promise<void> | void }>(resource: T): T {
  open.push(resource)
  return resource
}

test('the place of an image is that of the peer', () => {
  expect(bufferFile('/d/', 'REPLAY-jf', 123_456)).toBe('/d/jf/0000000/123000.dat')
  expect(bufferFile('/d/', 'jf', 20_123_456_789)).toBe('/d/jf/20123000000/20123456000.dat')
  expect(bufferName('jf')).toBe('jf')
})

test('commands are read, and refused with what was expected', () => {
  expect(readReplayCommand('{"command":"start","start_image_id":5,"end_image_id":9,"delay":20}')).toEqual({
    kind: 'start',
    order: { startId: 5, endId: 9, betweenMs: 20 },
  })
  expect(readReplayCommand('{"command":"start","start_image_id":5,"rate_hz":4}')).toMatchObject({
    order: { endId: undefined, betweenMs: 250 },
  })
  expect(readReplayCommand('{"command":"stop"}')).toEqual({ kind: 'stop' })
  for (const bad of [
    'x',
    '{}',
    '[]',
    'null',
    '{"command":"start"}',
    '{"command":"start","start_image_id":-1}',
    '{"command":"start","start_image_id":1,"rate_hz":0}',
  ])
    expect(readReplayCommand(bad)).toMatch(/^Invalid command!/)
})

/** Images of a running detector into a buffer; gives what was recorded. */
async function record(images: number, indexAddress: string): Promise<AttachedImage[]> {
  const place = { ipcDirectory: join(folder.path, 'live'), shmDirectory: folder.path }
  const stream = imageStream(jungfrau, place)
  mkdirSync(place.ipcDirectory, { recursive: true })
  const index = keep(
    await openBufferIndex(indexAddress, { detector: jungfrau.detector_name, keepMs: 60_000 }),
  )
  const recorder = keep(
    new BufferRecorder({
      root: join(folder.path, 'buffer'),
      detector: jungfrau.detector_name,
      index,
      keepMs: 60_000,
      imageBytes: stream.slotBytes,
    }),
  )
  const attached = keep(new AttachedStream(stream))
  const pipeline = keep(
    await Pipeline.start(
      jungfrau,
      {
        ...testOptions,
        mirror: 'on-demand',
        shmDirectory: place.shmDirectory,
        ipcDirectory: place.ipcDirectory,
      },
      () => undefined,
    ),
  )
  const simulator = keep(
    startSimulator({
      config: jungfrau,
      host: '127.0.0.1',
      udpPorts: pipeline.udpPorts,
      rateHz: 20,
      packetsPerSecond: 20_000,
    }),
  )
  const seen: AttachedImage[] = []
  for await (const image of attached.images()) {
    await recorder.record(image)
    seen.push(image)
    if (seen.length === images) break
  }
  await simulator.close()
  await pipeline.close()
  return seen
}

test('recorded images are played back in their order, pixel by pixel', { timeout: 60_000 }, async () => {
  const indexAddress = `sqlite:${join(folder.path, 'index.sqlite')}`
  const recorded = await record(12, indexAddress)
  const config = { ...jungfrau, detector_name: `REPLAY-${jungfrau.detector_name}` }
  const place = { ipcDirectory: join(folder.path, 'live'), shmDirectory: folder.path }
  const stream = imageStream(config, place)
  const index = keep(await openBufferIndex(indexAddress, { detector: config.detector_name, keepMs: 60_000 }))
  const local = keep(await LocalStream.open(stream))
  const reader = keep(
    new BufferReader({
      root: join(folder.path, 'buffer'),
      detector: config.detector_name,
      imageBytes: stream.slotBytes,
      index,
      stream: local,
    }),
  )
  const readerAddress = `ipc://${join(folder.path, `${config.detector_name}-driver`)}`
  await reader.bind(readerAddress)
  const serving = reader.serve()
  const driver = keep(
    new BufferDriver({
      stream,
      readerAddress,
      pushAddress: 'tcp://127.0.0.1:*',
      websocket: { host: '127.0.0.1', port: 0 },
    }),
  )
  const { websocket, push } = await driver.open()
  const pull = keep(new Pull({ receiveTimeout: 10_000 }))
  pull.connect(push)
  const states: string[] = []
  const client = new WebSocket(websocket)
  client.on('message', (data: Buffer) => {
    const { status } = JSON.parse(data.toString()) as { status: string }
    if (states.at(-1) !== status) states.push(status)
  })
  await new Promise((resolve) => client.once('open', resolve))
  const [first] = recorded
  client.send(JSON.stringify({ command: 'start', start_image_id: 0, delay: 5 }))
  for (const image of recorded) {
    const [header, pixels] = await pull.receive()
    expect(JSON.parse(String(header))).toMatchObject({
      htype: 'array-1.0',
      frame: image.metadata.image_id,
      type: 'uint16',
    })
    expect(Buffer.compare(pixels ?? Buffer.alloc(0), image.pixels)).toBe(0)
  }
  await waitFor(() => states.at(-1) === 'idle' && states.includes('finished'))
  expect(states).toEqual(['idle', 'replaying', 'finishing', 'finished', 'idle'])
  // A part of it, with a hole where the files are gone.
  const from = (first?.metadata.image_id ?? 0) + 3
  client.send(JSON.stringify({ command: 'start', start_image_id: from, end_image_id: from + 1 }))
  for (const id of [from, from + 1])
    expect(JSON.parse(String((await pull.receive())[0]))).toMatchObject({ frame: id })
  await waitFor(() => states.filter((state) => state === 'finished').length === 2)
  rmSync(join(folder.path, 'buffer'), { recursive: true })
  client.send(JSON.stringify({ command: 'start', start_image_id: 0 }))
  await waitFor(() => states.filter((state) => state === 'finished').length === 3)
  expect(reader.lost).toBe(recorded.length)
  client.close()
  reader.close()
  await serving
})

test('an entry is forgotten when its time is over', async () => {
  const path = join(folder.path, 'short.sqlite')
  const index = keep(await openBufferIndex(`sqlite:${path}`, { detector: 'd', keepMs: 50 }))
  const metadata = {
    image_id: 7,
    height: 1,
    width: 1,
    size: 3,
    dtype: 'u16',
    status: 'good_image',
    compression: 'h5bitshuffle_lz4',
  } as const
  await index.put({ metadata, offset: 4 })
  expect(await index.next(0)).toEqual({ metadata, offset: 4 })
  expect(await index.next(8)).toBeUndefined()
  await waitFor(async () => (await index.next(0)) === undefined)
  expect(readdirSync(folder.path)).toContain('short.sqlite')
})
