import { expect, test } from 'vitest'
import type { DetectorConfig } from '../../src/core/detector-config.ts'
import { detectorModel } from '../../src/core/detector-model.ts'
import { packetSource, rampPattern } from '../../src/core/packet-source.ts'
import { ImageFlow } from '../../src/image/image-flow.ts'
import { writeCalibration, type Corrections } from '../../src/pixels/calibration.ts'
import { PortGroup } from '../../src/receiver/port-group.ts'
import { createSharedMemory } from '../../src/ring/shared-state.ts'
import { eiger, gigafrost, jungfrau } from './detectors.ts'

/** One image through receivers, ring and image thread without sockets, and the image without any correction. */
function images(
  config: DetectorConfig,
  bits: number,
  corrections: Corrections,
): { readonly plain: Float64Array; readonly corrected: Float64Array; readonly type: string } {
  const plain = image(config, bits, {})
  const corrected = image(config, bits, corrections)
  return { plain: plain.values, corrected: corrected.values, type: corrected.type }
}

function image(
  config: DetectorConfig,
  bits: number,
  corrections: Corrections,
): { readonly values: Float64Array; readonly type: string } {
  const model = detectorModel(config, { hasFlat: corrections.flat !== undefined })
  const shared = createSharedMemory({
    model,
    receivers: 1,
    writers: 1,
    compressed: false,
    ringBytes: 1,
    corrections: {
      dark: corrections.dark !== undefined,
      flat: corrections.flat !== undefined,
      mask: corrections.mask !== undefined,
    },
  })
  for (const [index, port] of model.ports.entries()) {
    const area = shared.plan.calibration[index]
    if (area !== undefined) writeCalibration({ memory: shared.memory, model, port }, area, corrections)
  }
  const maskValue = model.pixelType === 'f32' ? Number.NaN : 0
  const rules = { missingValue: 0, maskValue, saturatedValue: Infinity }
  const limits = { openFrames: 4, frameTimeoutMs: 100, resetWindow: 10_000 }
  const group = new PortGroup({ shared, model, receiver: 0, rules, ...limits })
  let values = new Float64Array()
  const flow = new ImageFlow(
    {
      shared,
      model,
      rules,
      queueSize: 50,
      syncTimeoutMs: 1_000,
      publishIncomplete: false,
      resetWindow: 10_000,
      doNotStoreBit: 0,
    },
    ({ pixels }) => {
      const { buffer } = pixels.slice()
      const arrays = { f32: Float32Array, u8: Uint8Array, u16: Uint16Array, u32: Uint32Array } as const
      const array = arrays[model.pixelType as keyof typeof arrays]
      values = Float64Array.from(new array(buffer))
    },
  )
  const source = packetSource({ config, model, pattern: rampPattern(bits) })
  const memory = new Uint8Array(shared.memory.buffer)
  for (const [which, port] of model.ports.entries()) {
    if (model.metadata === 'gf' && port.index >> 3 !== 0) continue
    for (const packet of source.packets(port, 2)) {
      memory.set(packet, group.area.staging)
      group.packet(which, { at: group.area.staging, length: packet.length, nowMs: 0 })
    }
  }
  group.tick(1_000)
  flow.drain(10_000)
  return { values, type: model.pixelType }
}

const detectors = [
  ['JUNGFRAU', jungfrau, 14],
  ['converted JUNGFRAU', { ...jungfrau, detector_type: 'jungfrau-converted' }, 14],
  ['EIGER of 32 bits', { ...eiger, bit_depth: 32 }, 20],
  ['EIGER of 16 bits', eiger, 16],
  ['EIGER of 8 bits', { ...eiger, bit_depth: 8 }, 8],
  ['EIGER of 4 bits', { ...eiger, bit_depth: 4 }, 4],
  ['GIGAFROST', gigafrost, 12],
] as const

/** A dark image that is sometimes brighter than the image, a flat field around 1, a mask with every 97th pixel. */
function correctionsFor(config: DetectorConfig, bits: number): Required<Omit<Corrections, 'jungfrau'>> {
  const pixels = config.image_pixel_width * config.image_pixel_height
  return {
    dark: Float64Array.from({ length: pixels }, (_, at) => (at * 13) % 2 ** (bits - 1)),
    flat: Float64Array.from({ length: pixels }, (_, at) => 0.5 + (at % 11) / 10),
    mask: Uint8Array.from({ length: pixels }, (_, at) => (at % 97 === 0 ? 1 : 0)),
  }
}

/** Pixels in the gaps between chips and modules belong to nobody and are never written. */
function compare(
  actual: Float64Array,
  plain: Float64Array,
  expected: (raw: number, at: number) => number,
): { readonly differing: number; readonly areMostThere: boolean } {
  let differing = 0
  let touched = 0
  for (let at = 0; at < plain.length; at += 1) {
    const raw = plain[at] ?? 0
    const wanted = expected(raw, at)
    if (Object.is(actual[at], wanted)) touched += 1
    else if (actual[at] === 0 && raw === 0) continue
    else differing += 1
  }
  return { differing, areMostThere: touched > plain.length * 0.9 }
}

const alike = { differing: 0, areMostThere: true }

test.each(detectors)('a dark image is taken off a %s, never below 0 for integers', (_name, config, bits) => {
  const { dark } = correctionsFor(config, bits)
  const { plain, corrected, type } = images(config, bits, { dark })
  expect(
    compare(corrected, plain, (raw, at) => {
      const left = raw - (dark[at] ?? 0)
      return type === 'f32' ? Math.fround(left) : Math.max(0, left)
    }),
  ).toEqual(alike)
})

test.each(detectors)('dark image and flat field make floats of a %s', (_name, config, bits) => {
  const { dark, flat } = correctionsFor(config, bits)
  const { plain, corrected, type } = images(config, bits, { dark, flat })
  expect(type).toBe('f32')
  expect(
    compare(corrected, plain, (raw, at) =>
      Math.fround(Math.fround(raw - (dark[at] ?? 0)) * Math.fround(flat[at] ?? 0)),
    ),
  ).toEqual(alike)
})

test.each(detectors)(
  'masked pixels of a %s are no numbers where they are floats, else 0',
  (_name, config, bits) => {
    const { dark, mask } = correctionsFor(config, bits)
    const { plain, corrected, type } = images(config, bits, { dark, mask })
    expect(
      compare(corrected, plain, (raw, at) => {
        if (mask[at] === 1) return type === 'f32' ? Number.NaN : 0
        const left = raw - (dark[at] ?? 0)
        return type === 'f32' ? Math.fround(left) : Math.max(0, left)
      }),
    ).toEqual(alike)
  },
)

test.each(detectors)('a %s without corrections is what the packets say', (_name, config, bits) => {
  const { plain, corrected } = images(config, bits, {})
  expect(corrected).toEqual(plain)
  expect(plain.some((value) => value > 0)).toBe(true)
})
