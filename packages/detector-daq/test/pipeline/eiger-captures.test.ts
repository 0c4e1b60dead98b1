import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { detectorModel } from '../../src/core/detector-model.ts'
import { PortGroup } from '../../src/receiver/port-group.ts'
import { ImageFlow, type PublishedImage } from '../../src/image/image-flow.ts'
import { createSharedMemory } from '../../src/ring/shared-state.ts'
import { eiger } from './detectors.ts'

/* Real datagrams of an EIGER 9M: records of u64 length and datagram, 640 a port, 32 bits. */

const folder = fileURLToPath(new URL('../../../../../shared/data/eiger-9m/', import.meta.url))
const isThere = existsSync(`${folder}50020.dat`)
if (!isThere) process.stderr.write(`skipped: no EIGER captures in ${folder}\n`)

function records(file: string): Uint8Array[] {
  const bytes = readFileSync(file)
  const out: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at))
    out.push(bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return out
}

/** The image by the contract's words alone: chips of 256 columns, a gap of 2, lower modules upside down. */
function independentImage(ports: readonly Uint8Array[][], frame: bigint): Uint32Array {
  const out = new Uint32Array(1030 * 514)
  for (const [module, packets] of ports.entries()) {
    const [startX, startY, , endY] = eiger.module_positions[String(module)] ?? [0, 0, 0, 0]
    for (const packet of packets) {
      const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
      if (view.getBigUint64(0, true) !== frame) continue
      const first = view.getUint32(12, true) * 1024
      for (let at = 0; at < 1024; at += 1) {
        const row = Math.floor((first + at) / 512)
        const column = (first + at) % 512
        const x = startX + column + (column >= 256 ? 2 : 0)
        const y = endY < startY ? startY - row : startY + row
        out[y * 1030 + x] = view.getUint32(48 + at * 4, true)
      }
    }
  }
  return out
}

test.runIf(isThere)('captures of a real EIGER are assembled as the contract says', () => {
  const config = { ...eiger, bit_depth: 32 }
  const model = detectorModel(config)
  const none = { dark: false, flat: false, mask: false }
  const shared = createSharedMemory({
    model,
    receivers: 1,
    writers: 1,
    compressed: false,
    ringBytes: 2 ** 26,
    corrections: none,
  })
  const rules = { missingValue: 0, maskValue: 0, saturatedValue: 0 }
  const limits = { openFrames: 4, frameTimeoutMs: 100, resetWindow: 10_000 }
  const group = new PortGroup({ shared, model, receiver: 0, rules, ...limits })
  const images: PublishedImage[] = []
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
    (image) => void images.push(image),
  )
  const ports = [50_020, 50_021, 50_022, 50_023].map((port) => records(`${folder}${port}.dat`))
  const memory = new Uint8Array(shared.memory.buffer)
  for (const [which, packets] of ports.entries()) {
    for (const packet of packets) {
      memory.set(packet, group.area.staging)
      group.packet(which, { at: group.area.staging, length: packet.length, nowMs: 0 })
    }
  }
  flow.drain(0)
  expect(images.map(({ metadata }) => [metadata.image_id, metadata.status])).toEqual(
    [29_512, 29_513, 29_514, 29_515, 29_516].map((id) => [id, 'good_image']),
  )
  for (const { metadata, pixels } of images) {
    const expected = independentImage(ports, BigInt(metadata.image_id))
    expect(Buffer.from(pixels.slice()).equals(Buffer.from(expected.buffer))).toBe(true)
  }
})
