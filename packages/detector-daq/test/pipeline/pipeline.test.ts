import { createSocket } from 'node:dgram'
import { waitFor } from '@beamtime/service-kit/testing'
import { afterEach, expect, test } from 'vitest'
import type { DetectorConfig } from '../../src/core/detector-config.ts'
import type { DetectorModel } from '../../src/core/detector-model.ts'
import { rampPattern } from '../../src/core/packet-source.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import { compileUdpAddon } from '../../src/receiver/udp-addon.ts'
import { startSimulator, type SimulatorOptions } from '../../src/simulator/simulator.ts'
import { addonFolder, eiger, gigafrost, jungfrau, testOptions } from './detectors.ts'

const addon = await compileUdpAddon(addonFolder)
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

async function start(config: DetectorConfig, more: Partial<PipelineOptions> = {}): Promise<Pipeline> {
  const pipeline = await Pipeline.start(config, { ...testOptions, ...more }, () => undefined)
  open.push(pipeline)
  return pipeline
}

async function simulate(
  pipeline: Pipeline,
  config: DetectorConfig,
  more: Partial<SimulatorOptions>,
): Promise<void> {
  const simulator = startSimulator({
    config,
    host: '127.0.0.1',
    udpPorts: pipeline.udpPorts,
    rateHz: 50,
    pattern: 'ramp',
    packetsPerSecond: 20_000,
    ...more,
  })
  open.push(simulator)
  await simulator.done
}

function images(pipeline: Pipeline): number {
  const { good, missing } = pipeline.counters.images()
  return good + missing
}

/** The image as its pattern says, pixel by pixel, without any of the code under test but the modules' places. */
function expectedImage(model: DetectorModel, bitDepth: number, id: number): Float64Array {
  const out = new Float64Array(model.width * model.height)
  const pattern = rampPattern(bitDepth)(id % 16)
  for (const port of model.ports) {
    if (model.metadata === 'gf' && port.index >> 3 !== id % 2) continue
    const row = new Float64Array(port.format.columns)
    for (const segment of port.segments) {
      for (let y = 0; y < segment.rows; y += 1) {
        pattern({ port: port.index, row: segment.sourceY + y }, row)
        for (let x = 0; x < segment.columns; x += 1) {
          const at = segment.start + x * segment.columnStep + y * segment.rowStep
          out[at] = row[segment.sourceX + x] ?? -1
        }
      }
    }
  }
  return out
}

function pixelsOf(pipeline: Pipeline): ArrayLike<number> {
  const { pixels } = pipeline.latestImage() ?? { pixels: new Uint8Array() }
  const { pixelType } = pipeline.model
  if (pixelType === 'u8') return pixels
  return pixelType === 'f32' ? new Float32Array(pixels.buffer) : new Uint16Array(pixels.buffer)
}

function differing(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let count = a.length === b.length ? 0 : 1
  for (let at = 0; at < b.length; at += 1) if (a[at] !== b[at]) count += 1
  return count
}

const detectors = [
  ['JUNGFRAU', jungfrau, 16],
  ['EIGER', eiger, 16],
  ['EIGER of 4 bits', { ...eiger, bit_depth: 4 }, 4],
  ['EIGER of 8 bits', { ...eiger, bit_depth: 8 }, 8],
  ['GIGAFROST', gigafrost, 12],
] as const

test.each(detectors)('images of a %s are assembled pixel for pixel', async (_name, config, bitDepth) => {
  const pipeline = await start(config)
  await simulate(pipeline, config, { images: 5 })
  await waitFor(() => images(pipeline) === 5, { what: 'five images' })
  expect(pipeline.counters.images()).toMatchObject({ good: 5, missing: 0, dropped: 0, lastId: 5 })
  expect(differing(pixelsOf(pipeline), expectedImage(pipeline.model, bitDepth, 5))).toBe(0)
})

const receivers = addon === undefined ? (['dgram'] as const) : (['dgram', 'addon'] as const)
test.each(receivers)(
  'lost, doubled, reordered and late packets are counted by the %s receiver, every one',
  async (receiver) => {
    // A sender that has to wait for a processor does not make its packets late.
    const pipeline = await start(jungfrau, { receiver, addonFolder, frameTimeoutMs: 3_000 })
    expect(pipeline.receiverKind).toBe(receiver)
    const faults = { drop: 0.002, dup: 0.01, reorder: 0.05, late: 0.002, seed: 3 }
    const simulator = startSimulator({
      config: jungfrau,
      host: '127.0.0.1',
      udpPorts: pipeline.udpPorts,
      rateHz: 50,
      images: 30,
      pattern: 'ramp',
      faults,
      packetsPerSecond: 20_000,
    })
    open.push(simulator)
    await simulator.done
    const total = (
      key: 'packetsOk' | 'packetsDuplicate' | 'packetsLate' | 'packetsLost' | 'packetsBad',
    ): number => pipeline.counters.port(0)[key] + pipeline.counters.port(1)[key]
    await waitFor(() => images(pipeline) === 30, { what: 'thirty images', timeoutMs: 15_000 })
    await waitFor(
      () => total('packetsOk') + total('packetsDuplicate') + total('packetsLate') === simulator.faults.sent,
      { what: 'every packet', timeoutMs: 15_000 },
    )
    expect(total('packetsBad')).toBe(0)
    expect(total('packetsDuplicate')).toBe(simulator.faults.duplicated)
    expect(total('packetsOk') + total('packetsLost')).toBe(30 * 256)
    // A packet that was late was missed before; late ones of the last images were never sent.
    expect(total('packetsLost')).toBe(simulator.faults.dropped + simulator.faults.late)
    expect(pipeline.counters.images().missing).toBeGreaterThan(0)
  },
)

test('rows of packets that never came are filled with the missing value', async () => {
  const pipeline = await start(jungfrau, { missingValue: 999 })
  await simulate(pipeline, jungfrau, { images: 3, faults: { drop: 0.5, seed: 5 } })
  await waitFor(() => images(pipeline) === 3)
  const pixels = pixelsOf(pipeline)
  const expected = expectedImage(pipeline.model, 16, 3)
  const missingRows = Array.from({ length: 1024 }, (_, row) => row).filter(
    (row) => pixels[row * 1024] === 999,
  )
  expect(missingRows.length % 4).toBe(0)
  expect(missingRows.length).toBeGreaterThan(100)
  for (let row = 0; row < 1024; row += 1) {
    const value = missingRows.includes(row) ? 999 : expected[row * 1024 + 77]
    expect(pixels[row * 1024 + 77]).toBe(value)
  }
})

test('a module that is silent makes images incomplete, and with publish_incomplete they come all the same', async () => {
  const pipeline = await start(jungfrau, { publishIncomplete: true, syncTimeoutMs: 50, missingValue: 7 })
  const [first = 0] = pipeline.udpPorts
  const nobody = createSocket('udp4').bind(0, '127.0.0.1')
  await new Promise<void>((resolve) => void nobody.once('listening', () => resolve()))
  open.push({ close: () => new Promise<void>((resolve) => void nobody.close(() => resolve())) })
  await simulate(pipeline, jungfrau, { images: 1, udpPorts: [first, nobody.address().port] })
  await waitFor(() => images(pipeline) === 1)
  expect(pipeline.counters.images()).toMatchObject({ missing: 1, good: 0 })
  const pixels = pixelsOf(pipeline)
  expect([pixels[512 * 1024], pixels[1024 * 1024 - 1]]).toEqual([7, 7])
})

test('foreign, truncated and oversized datagrams are counted and change nothing', async () => {
  const pipeline = await start(gigafrost)
  const socket = createSocket('udp4')
  const [port = 0] = pipeline.udpPorts
  for (const size of [0, 1, 31, 32, 33, 7_432, 7_433, 9_000, 20_000])
    await new Promise<void>((resolve) =>
      socket.send(new Uint8Array(size), port, '127.0.0.1', () => resolve()),
    )
  socket.close()
  await waitFor(() => pipeline.counters.port(0).packetsBad === 9)
  await simulate(pipeline, gigafrost, { images: 2 })
  await waitFor(() => images(pipeline) === 2)
  expect(pipeline.counters.images()).toMatchObject({ good: 2 })
})

test('calibrated JUNGFRAU pixels are (adc - pedestal) * gain', async () => {
  const config = { ...jungfrau, detector_type: 'jungfrau-converted' }
  const plane = (value: number): Float32Array => new Float32Array(1024 * 512).fill(value)
  const calibration = { pedestals: [plane(-1), plane(-1), plane(-1)], gains: [plane(2), plane(2), plane(2)] }
  const jungfrauCalibration = new Map([0, 1].map((module) => [module, calibration]))
  const pipeline = await start(config, { corrections: { jungfrau: jungfrauCalibration } })
  await simulate(pipeline, config, { images: 1 })
  await waitFor(() => images(pipeline) === 1)
  const pixels = pixelsOf(pipeline)
  const raw = expectedImage(pipeline.model, 16, 1)
  expect(pixels).toHaveLength(raw.length)
  for (let at = 0; at < raw.length; at += 997) {
    const value = raw[at] ?? 0
    if (value < 0x4000) expect(pixels[at]).toBe((value + 1) * 2)
    else if (value >> 14 === 2) expect(pixels[at]).toBeNaN()
  }
})

test('dark image, flat field and mask are applied for every detector, and only when they are given', async () => {
  const size = 1030 * 514
  const dark = new Float64Array(size).fill(100)
  const mask = new Uint8Array(size)
  mask[5] = 1
  const subtracted = await start(eiger, { corrections: { dark, mask } })
  await simulate(subtracted, eiger, { images: 1 })
  await waitFor(() => images(subtracted) === 1)
  const raw = expectedImage(subtracted.model, 16, 1)
  const pixels = pixelsOf(subtracted)
  expect(pixels[5]).toBe(0)
  for (const at of [0, 100, 1_031, 5_000]) expect(pixels[at]).toBe(Math.max(0, (raw[at] ?? 0) - 100))
  const corrected = await start(eiger, {
    corrections: { dark, flat: new Float64Array(size).fill(0.5), mask },
  })
  expect(corrected.model.pixelType).toBe('f32')
  await simulate(corrected, eiger, { images: 1 })
  await waitFor(() => images(corrected) === 1)
  const floats = pixelsOf(corrected)
  expect(floats[5]).toBeNaN()
  for (const at of [0, 100, 1_031, 5_000]) expect(floats[at]).toBe(((raw[at] ?? 0) - 100) * 0.5)
})

test('a UDP port that is in use is an error that names the key, and nothing stays open', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await new Promise<void>((resolve) => void socket.once('listening', () => resolve()))
  open.push({ close: () => new Promise<void>((resolve) => void socket.close(() => resolve())) })
  const taken = { ...gigafrost, start_udp_port: socket.address().port }
  for (const receiver of receivers)
    await expect(
      Pipeline.start(taken, { ...testOptions, receiver, addonFolder }, () => undefined),
    ).rejects.toMatchObject({ code: 'DAQ_PORT_TAKEN', key: 'start_udp_port' })
})
