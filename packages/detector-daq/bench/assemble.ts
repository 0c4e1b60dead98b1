// Packets that are in memory already -> image in the ring: what one thread does besides receiving. CPU time, so that a busy machine
// does not matter.
import { parseDetectorConfig } from '../src/index.ts'
import { detectorModel } from '../src/core/detector-model.ts'
import { packetSource, rampPattern } from '../src/core/packet-source.ts'
import { writeCalibration } from '../src/pixels/calibration.ts'
import { PortGroup } from '../src/receiver/port-group.ts'
import { descriptorWords } from '../src/ring/descriptor-queue.ts'
import { createSharedMemory, openShared } from '../src/ring/shared-state.ts'

const detectors = {
  'jungfrau-raw': {
    detector_type: 'jungfrau-raw',
    bit_depth: 16,
    image_pixel_width: 1024,
    image_pixel_height: 512,
    module_positions: {},
  },
  'jungfrau-converted': {
    detector_type: 'jungfrau-converted',
    bit_depth: 16,
    image_pixel_width: 1024,
    image_pixel_height: 512,
    module_positions: {},
  },
  eiger: {
    detector_type: 'eiger',
    bit_depth: 16,
    image_pixel_width: 514,
    image_pixel_height: 256,
    module_positions: { '0': [0, 0, 513, 255] },
  },
  gigafrost: {
    detector_type: 'gigafrost',
    bit_depth: 16,
    image_pixel_width: 2016,
    image_pixel_height: 2016,
    module_positions: {},
  },
}

function measure(config: (typeof detectors)[keyof typeof detectors]): number {
  const parsed = parseDetectorConfig({ detector_name: 'bench', n_modules: 1, start_udp_port: 0, ...config })
  const model = detectorModel(parsed)
  const none = { dark: false, flat: false, mask: false }
  const shared = createSharedMemory({
    model,
    receivers: 1,
    writers: 1,
    compressed: false,
    ringBytes: 2 ** 29,
    corrections: none,
  })
  for (const [index, port] of model.ports.entries()) {
    const area = shared.plan.calibration[index]
    if (area !== undefined) writeCalibration({ memory: shared.memory, model, port }, area, {})
  }
  const group = new PortGroup({
    shared,
    model,
    receiver: 0,
    rules: { missingValue: 0, maskValue: 0, saturatedValue: 0 },
    openFrames: 4,
    frameTimeoutMs: 1000,
    resetWindow: 10_000,
  })
  const [port] = model.ports
  const area = shared.plan.receivers[0]
  if (port === undefined || area === undefined) throw new Error('no port')
  const bits = model.transform === 'unpack12' ? 12 : 14
  const packets = packetSource({ config: parsed, model, pattern: rampPattern(bits) }).packets(port, 1)
  const bytes = new Uint8Array(shared.memory.buffer)
  const view = new DataView(shared.memory.buffer)
  // 32 packets lie in the staging area; only their headers change from frame to frame.
  for (let at = 0; at < Math.min(32, packets.length); at += 1)
    bytes.set(packets[at] ?? new Uint8Array(), area.staging + at * area.packetStride)
  const queue = openShared(shared).receiverQueue(0)
  const entry = new Float64Array(descriptorWords)
  const isGigafrost = model.metadata === 'gf'
  const frames = isGigafrost ? 3_000 : 6_000
  let moved = 0
  const run = (from: number, to: number): void => {
    for (let frame = from; frame < to; frame += 1) {
      for (const [number, packet] of packets.entries()) {
        const at = area.staging + (number % Math.min(32, packets.length)) * area.packetStride
        if (isGigafrost) {
          view.setUint32(at + 8, frame * 2, true)
          view.setUint16(at + 14, (number * port.format.rows) / packets.length, true)
        } else {
          view.setUint32(at, frame, true)
          view.setUint32(at + 12, number, true)
        }
        group.packet(0, { at, length: packet.length, nowMs: frame })
        moved += packet.length
      }
      while (queue.pop(entry)) group.flushBatch()
    }
  }
  run(1, 500)
  moved = 0
  const before = process.cpuUsage()
  run(500, 500 + frames)
  const used = process.cpuUsage(before)
  return Number((moved / (used.user + used.system) / 1e3).toFixed(2))
}

const figures = Object.fromEntries(
  Object.entries(detectors).map(([name, config]) => [`${name} GB/s`, measure(config)]),
)
console.log(
  JSON.stringify({
    name: 'detector-daq/assemble',
    node: process.version,
    per: 'CPU second of one thread',
    ...figures,
  }),
)
