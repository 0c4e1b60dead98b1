import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DetectorConfig } from '../../src/core/detector-config.ts'
import { detectorModel, type DetectorModel } from '../../src/core/detector-model.ts'
import { packetSource, rampPattern } from '../../src/core/packet-source.ts'
import { ImageFlow } from '../../src/image/image-flow.ts'
import { PortGroup } from '../../src/receiver/port-group.ts'
import type { ImageCounts, PortCounts } from '../../src/ring/counters.ts'
import { createSharedMemory } from '../../src/ring/shared-state.ts'
import { eiger, gigafrost, jungfrau } from './detectors.ts'

/* Receivers, ring, module synchronisation and image thread without their sockets and clocks: what comes out of a delivery. */

const receivers = 2
const rules = { missingValue: 7, maskValue: 0, saturatedValue: 0 }
const firstImage = 100
/** Fewer than may be open at a time: within them packets may come in any order. */
const images = 3
const farImage = firstImage + 40

interface Packet {
  /** Index of the port in the model. */
  readonly port: number
  readonly bytes: Uint8Array
}

interface Result {
  readonly images: readonly { readonly id: number; readonly status: string; readonly pixels: string }[]
  readonly ports: readonly PortCounts[]
  readonly counts: Omit<ImageCounts, 'lastMs'>
}

function result(
  detector: { readonly config: DetectorConfig; readonly model: DetectorModel },
  packets: readonly Packet[],
  publishIncomplete: boolean,
): Result {
  const { model } = detector
  const shared = createSharedMemory({
    model,
    receivers,
    writers: 1,
    compressed: false,
    ringBytes: 1,
    corrections: { dark: false, flat: false, mask: false },
  })
  const limits = { openFrames: 4, frameTimeoutMs: 100, resetWindow: 10_000 }
  const groups = shared.plan.receivers.map(
    (_, receiver) => new PortGroup({ shared, model, receiver, rules, ...limits }),
  )
  const out: { id: number; status: string; pixels: string }[] = []
  const flow = new ImageFlow(
    {
      shared,
      model,
      rules,
      queueSize: 50,
      syncTimeoutMs: 1_000,
      publishIncomplete,
      resetWindow: 10_000,
      doNotStoreBit: 0,
    },
    ({ metadata, pixels }) => {
      const hash = createHash('sha1').update(pixels.slice()).digest('hex')
      out.push({ id: metadata.image_id, status: metadata.status, pixels: hash })
    },
  )
  const memory = new Uint8Array(shared.memory.buffer)
  for (const { port, bytes } of packets) {
    const receiver = port % receivers
    const group = groups[receiver]
    if (group === undefined) throw new Error('no receiver')
    memory.set(bytes, group.area.staging)
    group.packet(group.area.ports.indexOf(port), { at: group.area.staging, length: bytes.length, nowMs: 0 })
    flow.drain(0)
  }
  for (const nowMs of [99, 200]) for (const group of groups) group.tick(nowMs)
  flow.drain(200)
  flow.drain(5_000)
  const { lastMs: _, ...counts } = flow.parts.counters.images()
  return { images: out, ports: model.ports.map((_port, index) => flow.parts.counters.port(index)), counts }
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const out = [...items]
  let state = seed >>> 0
  for (let at = out.length - 1; at > 0; at -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (at + 1))
    const [a, b] = [out[at], out[other]]
    if (a !== undefined && b !== undefined) [out[at], out[other]] = [b, a]
  }
  return out
}

const detectors = [
  ['JUNGFRAU', jungfrau, 16],
  ['EIGER', { ...eiger, bit_depth: 8 }, 8],
  ['GIGAFROST', { ...gigafrost, image_pixel_width: 600, image_pixel_height: 600 }, 12],
] as const

/** What becomes of a packet: how many copies are sent, or that it comes when its image is long over. */
const fate = fc.oneof(
  { weight: 20, arbitrary: fc.constant<number | 'late'>(1) },
  { weight: 2, arbitrary: fc.constant<number | 'late'>(0) },
  { weight: 2, arbitrary: fc.constant<number | 'late'>(2) },
  { weight: 1, arbitrary: fc.constant<number | 'late'>(3) },
  { weight: 1, arbitrary: fc.constant<number | 'late'>('late') },
)

test.each(detectors)(
  'any multiset of packets of a %s gives the images and counters that sorted delivery gives',
  { timeout: 120_000 },
  (_name, config, bits) => {
    const model = detectorModel(config)
    const source = packetSource({ config, model, pattern: rampPattern(bits) })
    const isGigafrost = model.metadata === 'gf'
    /** Whole images in order; GIGAFROST sends every second image to the other eight ports. */
    const packetsOf = (image: number): Packet[] =>
      model.ports
        .map((port, index) => ({ port, index }))
        .filter(({ port }) => !isGigafrost || port.index >> 3 === image % 2)
        .flatMap(({ port, index }) => source.packets(port, image).map((bytes) => ({ port: index, bytes })))
    const begin = [firstImage - 1, firstImage].flatMap(packetsOf)
    const middle = Array.from({ length: images }, (_, at) => packetsOf(firstImage + 1 + at)).flat()
    const far = [farImage, farImage + 1].flatMap(packetsOf)
    const fates = fc.array(fate, { minLength: middle.length, maxLength: middle.length })
    // A whole module that says nothing for an image happens too, or most of it.
    const silence = fc.array(fc.record({ port: fc.nat(model.ports.length - 1), image: fc.nat(images - 1) }), {
      maxLength: 2,
    })
    fc.assert(
      fc.property(fates, silence, fc.nat(), fc.boolean(), (drawn, silent, seed, publishIncomplete) => {
        const perImage = middle.length / images
        const what = middle.map((packet, at) => {
          const image = Math.floor(at / perImage)
          const isSilent = silent.some((each) => each.port === packet.port && each.image === image)
          return { packet, fate: isSilent ? 0 : (drawn[at] ?? 1) }
        })
        const inTime = what.flatMap((each) =>
          each.fate === 'late' ? [] : Array.from({ length: each.fate }, () => each.packet),
        )
        const late = what.flatMap((each) => (each.fate === 'late' ? [each.packet] : []))
        const sorted = result({ config, model }, [...begin, ...inTime, ...far], publishIncomplete)
        const any = result(
          { config, model },
          [...begin, ...shuffled(inTime, seed), ...shuffled(far, seed), ...shuffled(late, seed)],
          publishIncomplete,
        )
        expect(any.images).toEqual(sorted.images)
        expect(any.counts).toEqual(sorted.counts)
        const lateOf = (port: number): number => late.filter((packet) => packet.port === port).length
        expect(any.ports).toEqual(
          sorted.ports.map((counts, port) => ({ ...counts, packetsLate: counts.packetsLate + lateOf(port) })),
        )
        // And the sorted delivery says what the fates say.
        const total = (key: keyof PortCounts): number => any.ports.reduce((sum, each) => sum + each[key], 0)
        const copies = what.reduce(
          (sum, each) => sum + (each.fate === 'late' ? 0 : Math.max(0, each.fate - 1)),
          0,
        )
        expect(total('packetsDuplicate')).toBe(copies)
        expect(total('packetsLate')).toBe(late.length)
        expect(total('packetsOk')).toBe(begin.length + inTime.length - copies + far.length)
        expect(any.images.map(({ id }) => id)).toEqual(
          any.images.map(({ id }) => id).toSorted((a, b) => a - b),
        )
      }),
      { numRuns: 25 },
    )
  },
)
