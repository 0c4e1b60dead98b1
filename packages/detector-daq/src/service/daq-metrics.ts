import { readFileSync } from 'node:fs'
import type { Counter, Metrics } from '@beamtime/service-kit'
import { latencyBounds } from '../ring/counters.ts'
import type { Daq } from './daq.ts'

/** Brings a counter up to a total that is counted elsewhere; a total that fell was started anew. */
function follower(counter: Counter): (labels: Readonly<Record<string, string>>, total: number) => void {
  const last = new Map<string, number>()
  return (labels, total) => {
    const key = JSON.stringify(labels)
    const before = last.get(key)
    last.set(key, total)
    // The first time with 0 as well, so that every result has a line.
    if (before === undefined || total < before) counter.inc(labels, total)
    else if (total > before) counter.inc(labels, total - before)
  }
}

/** Datagrams that the kernel threw away for each local UDP port; empty where /proc is not. */
export function socketDrops(ports: readonly number[]): ReadonlyMap<number, number> {
  const drops = new Map<number, number>()
  const wanted = new Set(ports)
  try {
    for (const line of readFileSync('/proc/net/udp', 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)
      if (wanted.has(port)) drops.set(port, Number(fields.at(-1)))
    }
  } catch {
    // no /proc here
  }
  return drops
}

/** The metrics of a detector (daq contract 16), read when they are asked for. */
export function exportMetrics(metrics: Metrics, daq: Daq): void {
  const detector = daq.config.detector_name
  const packets = follower(
    metrics.counter('beamtime_daq_packets_total', 'Packets by what became of them.', [
      'detector',
      'module',
      'result',
    ]),
  )
  const frames = follower(
    metrics.counter('beamtime_daq_frames_total', 'Frames by what became of them.', [
      'detector',
      'module',
      'result',
    ]),
  )
  const images = follower(
    metrics.counter('beamtime_daq_images_total', 'Images by what became of them.', ['detector', 'result']),
  )
  const bytes = follower(
    metrics.counter('beamtime_daq_image_bytes_total', 'Bytes of published images.', ['detector']),
  )
  const written = follower(
    metrics.counter('beamtime_daq_writer_images_total', 'Images written to files.', ['detector']),
  )
  const writtenBytes = follower(
    metrics.counter('beamtime_daq_writer_bytes_total', 'Bytes of images written to files.', ['detector']),
  )
  const drops = follower(
    metrics.counter('beamtime_daq_socket_drops_total', 'Datagrams that found no room in the socket.', [
      'detector',
      'port',
    ]),
  )
  const queue = metrics.gauge('beamtime_daq_sync_queue', 'Images that wait for modules.', ['detector'])
  const used = metrics.gauge('beamtime_daq_buffer_used_ratio', 'Part of the ring that waits to be written.', [
    'detector',
  ])
  const waiting = metrics.gauge('beamtime_daq_writer_queue_frames', 'Images that wait to be written.', [
    'detector',
  ])
  const state = metrics.gauge('beamtime_daq_writer_state', '1 while a file is written.', ['detector'])
  const latency = metrics.histogram('beamtime_daq_latency_seconds', 'First packet to published image.', {
    labels: ['detector'],
    buckets: [...latencyBounds],
  })
  let seen: readonly number[] = []

  metrics.onCollect(() => {
    state.set({ detector }, daq.control.isWriting ? 1 : 0)
    const { pipeline } = daq
    if (pipeline === undefined) return
    const { counters } = pipeline
    for (const [index, port] of pipeline.model.ports.entries()) {
      const counts = counters.port(index)
      const module = String(port.index)
      const put = (result: string, total: number): void => packets({ detector, module, result }, total)
      put('ok', counts.packetsOk)
      put('late', counts.packetsLate)
      put('duplicate', counts.packetsDuplicate)
      put('bad', counts.packetsBad)
      put('lost', counts.packetsLost)
      frames({ detector, module, result: 'complete' }, counts.framesComplete)
      frames({ detector, module, result: 'incomplete' }, counts.framesIncomplete)
      frames({ detector, module, result: 'refused' }, counts.framesRefused)
    }
    const counts = counters.images()
    images({ detector, result: 'good' }, counts.good)
    images({ detector, result: 'missing' }, counts.missing)
    images({ detector, result: 'dropped' }, counts.dropped)
    bytes({ detector }, counts.bytes)
    queue.set({ detector }, counts.waiting)
    let imagesWritten = 0
    let bytesWritten = 0
    for (let writer = 0; writer < pipeline.writers; writer += 1) {
      imagesWritten += counters.writer(writer).images
      bytesWritten += counters.writer(writer).bytes
    }
    written({ detector }, imagesWritten)
    writtenBytes({ detector }, bytesWritten)
    const { acquisition } = daq.control
    const behind =
      daq.control.isWriting && acquisition !== null ? acquisition.requested - acquisition.completed : 0
    waiting.set({ detector }, behind)
    used.set({ detector }, behind / pipeline.slots)
    for (const [port, total] of socketDrops(pipeline.udpPorts)) drops({ detector, port: String(port) }, total)
    const { buckets } = counters.latency()
    for (const [at, count] of buckets.entries()) {
      const bound = latencyBounds[at] ?? (latencyBounds.at(-1) ?? 1) * 2
      for (let more = count - (seen[at] ?? 0); more > 0; more -= 1) latency.observe({ detector }, bound)
    }
    seen = buckets
  })
}
