// From the last packet of an image to the whole image at a ZMQ subscriber of the live stream (array-1.0), one JUNGFRAU module, everything on
// this machine. Sender and subscriber share one thread, so their own delays count too.
import { createSocket } from 'node:dgram'
import { loadavg } from 'node:os'
import { Subscriber } from 'zeromq'
import { detectorModel } from '../src/core/detector-model.ts'
import { packetSource, rampPattern } from '../src/core/packet-source.ts'
import { benchConfig, median, sleep, startPipeline } from './load.part.ts'

const rateHz = Number(process.env['BEAMTIME_BENCH_RATE'] ?? 50)
const images = Number(process.env['BEAMTIME_BENCH_IMAGES'] ?? 500)
const warmUp = 50

const live = { 'tcp://127.0.0.1:*': { type: 'forward' } }
const config = benchConfig({ live_stream_configs: live })
const pipeline = await startPipeline({ live })
const subscriber = new Subscriber({ receiveHighWaterMark: 0 })
subscriber.connect(pipeline.liveEndpoints[0] ?? '')
subscriber.subscribe()
const [port] = detectorModel(config).ports
const [udpPort = 0] = pipeline.udpPorts
if (port === undefined) throw new Error('no port')
const source = packetSource({
  config,
  model: detectorModel(config),
  pattern: rampPattern(14),
  pulseId: (id) => id,
})
const socket = createSocket('udp4')
const sentAt = new Map<number, number>()
const latencies: number[] = []

async function receive(): Promise<void> {
  for await (const [header] of subscriber) {
    const now = performance.now()
    const { frame } = JSON.parse(String(header)) as { frame: number }
    const sent = sentAt.get(frame)
    if (frame > warmUp && sent !== undefined) latencies.push(now - sent)
    sentAt.delete(frame)
  }
}

const receiving = receive()
await sleep(500)
const started = performance.now()
for (let id = 1; id <= images + warmUp; id += 1) {
  const packets = source.packets(port, id)
  const last = packets.pop() ?? new Uint8Array()
  for (const packet of packets) socket.send(packet, udpPort, '127.0.0.1')
  await new Promise((resolve) => {
    sentAt.set(id, performance.now())
    socket.send(last, udpPort, '127.0.0.1', resolve)
  })
  await sleep(Math.max(0, started + (id * 1000) / rateHz - performance.now()))
}
await sleep(500)
subscriber.close()
await receiving
socket.close()
const { good, missing } = pipeline.counters.images()
await pipeline.close()
const sorted = latencies.toSorted((a, b) => a - b)
const at = (fraction: number): number =>
  Number((sorted[Math.floor(sorted.length * fraction)] ?? 0).toFixed(2))
console.log(
  JSON.stringify({
    name: 'detector-daq/live-latency',
    node: process.version,
    load: loadavg().map((each) => Number(each.toFixed(1))),
    rateHz,
    images: { sent: images + warmUp, whole: good, missing, seen: latencies.length },
    ms: { median: Number(median(latencies).toFixed(2)), p90: at(0.9), p99: at(0.99), worst: at(0.9999) },
  }),
)
