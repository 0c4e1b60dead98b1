import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { createHdf5Reader } from '@beamtime/hdf5'
import { freePort, tempDir, waitFor } from '@beamtime/service-kit/testing'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Subscriber } from 'zeromq'
import { parseDetectorConfig, type DetectorConfig } from '../../src/core/detector-config.ts'
import { decodeImageMetadata } from '../../src/core/image-metadata.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import {
  compressStage,
  convertStage,
  delayStage,
  detectorWriterStage,
  driverStage,
  filterStage,
  liveStreamStage,
  metadataStreamStage,
  receiveStage,
  streamReceiveStage,
  streamSendStage,
  syncMetadataStage,
  syncModuleStage,
  syncPartsStage,
  type StageOptions,
} from '../../src/stages.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

interface Host {
  readonly options: StageOptions
  readonly folder: string
  /** Runs a stage until the end of the test, which fails when the stage does. */
  run(stage: Promise<void>): void
}

async function freeUdp(): Promise<number> {
  // Ports of modules follow each other: take them far from what others ask for.
  return 20_000 + ((await freePort()) % 20_000)
}

/** A host of its own: folders for sockets and rings. */
function host(config: DetectorConfig): Host {
  const made = tempDir()
  mkdirSync(join(made.path, 'shm'))
  const stopping = new AbortController()
  const running: Promise<void>[] = []
  closers.push(async () => {
    stopping.abort()
    await Promise.all(running)
    await made.close()
  })
  const options = {
    config,
    signal: stopping.signal,
    onStatistics: () => undefined,
    ipcDirectory: made.path,
    shmDirectory: join(made.path, 'shm'),
  }
  return { options, folder: made.path, run: (stage) => void running.push(stage) }
}

function subscribe(place: Host, suffix: string): Subscriber {
  const socket = new Subscriber({ linger: 0 })
  socket.connect(suffix.startsWith('tcp:') ? suffix : `ipc://${place.folder}/det-${suffix}`)
  socket.subscribe()
  closers.push(() => Promise.resolve(socket.close()))
  return socket
}

async function jungfrau(more: object = {}): Promise<DetectorConfig> {
  return parseDetectorConfig({
    detector_name: 'det',
    detector_type: 'jungfrau-raw',
    n_modules: 2,
    bit_depth: 16,
    image_pixel_width: 1024,
    image_pixel_height: 1024,
    start_udp_port: await freeUdp(),
    module_positions: { 0: [0, 0, 1023, 511], 1: [0, 512, 1023, 1023] },
    stats_collection_period: 0,
    ...more,
  })
}

/** Receivers, converters and synchroniser, each as it runs alone. */
function dataPlane(place: Host): void {
  for (let module = 0; module < place.options.config.n_modules; module += 1) {
    place.run(receiveStage({ ...place.options, module }))
    place.run(convertStage({ ...place.options, module }))
  }
  place.run(syncModuleStage(place.options))
}

function simulate(config: DetectorConfig): void {
  const simulator = startSimulator({ config, host: '127.0.0.1', rateHz: 20 })
  closers.push(() => simulator.close())
}

async function nextImage(socket: Subscriber): Promise<ReturnType<typeof decodeImageMetadata>> {
  const [bytes] = await socket.receive()
  return bytes === undefined ? undefined : decodeImageMetadata(bytes)
}

/** The slot of an image in a ring file. */
function slot(path: string, id: number, bytes: number): Uint16Array {
  const pixels = new Uint16Array(bytes / 2)
  const file = openSync(path, 'r')
  readSync(file, pixels, 0, bytes, (id % 1000) * bytes)
  closeSync(file)
  return pixels
}

test(
  'packets become images through receivers, converters and synchroniser that run alone',
  { timeout: 60_000 },
  async () => {
    const config = await jungfrau()
    const place = host(config)
    dataPlane(place)
    const images = subscribe(place, 'image')
    const frames = subscribe(place, '1')
    simulate(config)
    const [frame] = await frames.receive()
    expect(frame).toHaveLength(64)
    expect(frame?.readUInt16LE(16)).toBe(1)
    const first = await nextImage(images)
    expect(first).toMatchObject({
      height: 1024,
      width: 1024,
      size: 2_097_152,
      dtype: 'u16',
      status: 'good_image',
      detector: { kind: 'jf' },
    })
    const second = await nextImage(images)
    expect(second?.image_id).toBe((first?.image_id ?? 0) + 1)
    const id = first?.image_id ?? 0
    const image = slot(join(place.folder, 'shm', 'det-image'), id, 2_097_152)
    // The halves of the image are the frames of the modules.
    for (const module of [0, 1]) {
      const raw = slot(join(place.folder, 'shm', `det-${module}`), id, 1_048_576)
      expect(
        Buffer.from(raw).equals(Buffer.from(image.subarray(module * 524_288, (module + 1) * 524_288))),
      ).toBe(true)
      expect(Math.max(...raw.subarray(0, 100_000))).toBeGreaterThan(50)
    }
  },
)

test(
  'a driver over two writers makes two files that hold every second image',
  { timeout: 60_000 },
  async () => {
    const config = await jungfrau({ number_of_writers: 2 })
    const place = host(config)
    dataPlane(place)
    const { options, folder } = place
    for (const index of [0, 1, 2]) place.run(detectorWriterStage({ ...options, index, source: 'image' }))
    const listening = Promise.withResolvers<string>()
    place.run(
      driverStage({
        ...options,
        source: 'image',
        host: '127.0.0.1',
        port: 0,
        onListening: listening.resolve,
      }),
    )
    simulate(config)
    const socket = new WebSocket(await listening.promise)
    closers.push(() => Promise.resolve(socket.terminate()))
    const seen: string[] = []
    socket.on('message', (data: Buffer) =>
      seen.push((JSON.parse(data.toString()) as { status: string }).status),
    )
    await once(socket, 'open')
    socket.send(JSON.stringify({ command: 'start', path: folder, file_prefix: 'run', n_image: 7 }))
    await waitFor(() => seen.includes('file_saved') || seen.includes('error'), {
      timeoutMs: 30_000,
      what: 'the end of the run',
    })
    expect(seen).toContain('file_saved')
    const reader = createHdf5Reader()
    closers.push(() => reader.close())
    const shapes = []
    for (const index of [0, 1]) shapes.push(await reader.entity(join(folder, `run${index}.h5`), '/det/data'))
    expect(shapes).toMatchObject([{ shape: [4, 1024, 1024] }, { shape: [3, 1024, 1024] }])
  },
)

test(
  'a folder in which no file can be made is an error of the run, with the reason',
  { timeout: 60_000 },
  async () => {
    const config = await jungfrau()
    const place = host(config)
    const { options, folder } = place
    place.run(detectorWriterStage({ ...options, index: 0, source: 'image' }))
    const listening = Promise.withResolvers<string>()
    place.run(
      driverStage({
        ...options,
        source: 'image',
        host: '127.0.0.1',
        port: 0,
        onListening: listening.resolve,
      }),
    )
    const socket = new WebSocket(await listening.promise)
    closers.push(() => Promise.resolve(socket.terminate()))
    const seen: Record<string, unknown>[] = []
    socket.on('message', (data: Buffer) => seen.push(JSON.parse(data.toString()) as Record<string, unknown>))
    await once(socket, 'open')
    socket.send(JSON.stringify({ command: 'start', path: join(folder, 'no-folder') }))
    await waitFor(() => seen.some(({ status }) => status === 'error'))
    expect(JSON.stringify(seen)).toContain('no-folder')
  },
)

test(
  'images go to another host in parts and are published there when all parts came',
  { timeout: 60_000 },
  async () => {
    const config = await jungfrau({ use_all_forwarders: true, max_number_of_forwarders_spawned: 3 })
    const [here, there] = [host(config), host(config)]
    dataPlane(here)
    for (let part = 0; part < 4; part += 1) {
      const address = `tcp://127.0.0.1:${await freePort()}`
      here.run(streamSendStage({ ...here.options, address, part }))
      there.run(streamReceiveStage({ ...there.options, address, part }))
    }
    there.run(syncPartsStage(there.options))
    const images = subscribe(there, 'image')
    simulate(config)
    const first = await nextImage(images)
    expect(first).toMatchObject({ status: 'good_image', size: 2_097_152 })
    const id = first?.image_id ?? 0
    const [a, b] = [here, there].map((place) => slot(join(place.folder, 'shm', 'det-image'), id, 2_097_152))
    expect(Buffer.from(a ?? []).equals(Buffer.from(b ?? []))).toBe(true)
  },
)

test(
  'whole images by several senders come out in the order of the metadata stream',
  { timeout: 60_000 },
  async () => {
    const config = await jungfrau({ sender_sends_full_images: true, max_number_of_forwarders_spawned: 2 })
    const [here, there] = [host(config), host(config)]
    dataPlane(here)
    const metadata = `tcp://127.0.0.1:${await freePort()}`
    here.run(metadataStreamStage({ ...here.options, address: metadata }))
    there.run(syncMetadataStage({ ...there.options, metadataAddress: metadata }))
    for (const part of [0, 1]) {
      const address = `tcp://127.0.0.1:${await freePort()}`
      here.run(streamSendStage({ ...here.options, address, part }))
      there.run(streamReceiveStage({ ...there.options, address, part }))
    }
    const images = subscribe(there, 'image')
    simulate(config)
    const ids: number[] = []
    while (ids.length < 6) ids.push((await nextImage(images))?.image_id ?? 0)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  },
)

test('streams are filtered, delayed, compressed and shown', { timeout: 60_000 }, async () => {
  const config = await jungfrau({ delay_filter_timeout: 0.05 })
  const place = host(config)
  dataPlane(place)
  const { options } = place
  const live = `tcp://127.0.0.1:${await freePort()}`
  place.run(filterStage({ ...options, source: 'image', isOff: false }))
  place.run(delayStage({ ...options, source: 'image' }))
  place.run(compressStage(options))
  place.run(
    liveStreamStage({
      ...options,
      source: 'image',
      streams: [{ address: live, selection: { type: 'forward' } }],
    }),
  )
  const [filtered, delayed, compressed, viewer] = ['filter', 'delay-filter', 'h5bitshuffle-lz4', live].map(
    (suffix) => subscribe(place, suffix),
  )
  simulate(config)
  const next = async (socket: Subscriber | undefined): Promise<unknown> =>
    socket === undefined ? undefined : nextImage(socket)
  expect(await next(filtered)).toMatchObject({ compression: 'none' })
  expect(await next(delayed)).toMatchObject({ compression: 'none' })
  const packed = compressed === undefined ? undefined : await nextImage(compressed)
  expect(packed).toMatchObject({ compression: 'h5bitshuffle_lz4' })
  expect(packed?.size).toBeLessThan(2_097_152)
  const [header, pixels] = (await viewer?.receive()) ?? []
  expect(JSON.parse(header?.toString() ?? '')).toMatchObject({
    htype: 'array-1.0',
    shape: [1024, 1024],
    type: 'uint16',
  })
  expect(pixels).toHaveLength(2_097_152)
})

test('a module that the detector does not have is refused with its key', async () => {
  const place = host(await jungfrau())
  await expect(receiveStage({ ...place.options, module: 5 })).rejects.toMatchObject({
    code: 'DAQ_CONFIG_INVALID',
    key: 'module_id',
  })
})
