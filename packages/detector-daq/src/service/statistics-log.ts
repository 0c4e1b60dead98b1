import type { Logger } from '@beamtime/service-kit'
import type { Daq } from './daq.ts'

/** Every `stats_collection_period` one line for the receivers, the synchroniser and the writers (daq contract 16). */
export function logStatistics(daq: Daq, log: Logger): { close(): void } {
  const before = { images: 0, atMs: performance.now() }

  function report(): void {
    const { pipeline } = daq
    if (pipeline === undefined) return
    const { counters, model } = pipeline
    const atMs = performance.now()
    const { good, missing, dropped, waiting } = counters.images()
    const images = good + missing
    const more = Math.max(0, images - before.images)
    const repetition_rate_hz = Math.round((more * 10_000) / Math.max(1, atMs - before.atMs)) / 10
    before.images = images
    before.atMs = atMs
    const ports = model.ports.map((_port, index) => counters.port(index))
    const total = (key: keyof (typeof ports)[number]): number =>
      ports.reduce((sum, port) => sum + port[key], 0)
    log.info('statistics.receiver', {
      frames_counter: total('framesComplete') + total('framesIncomplete'),
      n_corrupted_frames: total('framesIncomplete'),
      n_missed_packets: total('packetsLost'),
      duplicate: total('packetsDuplicate'),
      late: total('packetsLate'),
      bad: total('packetsBad'),
    })
    log.info('statistics.images', {
      processed_times: more,
      repetition_rate_hz,
      n_corrupted_images: dropped,
      queue: waiting,
    })
    for (let writer = 0; writer < pipeline.writers; writer += 1) {
      const counts = counters.writer(writer)
      if (counts.images === 0) continue
      log.info('statistics.writer', {
        id: writer,
        n_written_images: counts.images,
        avg_buffer_write_us: Math.round(counts.busyUs / counts.images),
        max_buffer_write_us: Math.round(counts.longestUs),
        avg_throughput_mb_s: Math.round(counts.bytes / Math.max(1, counts.busyUs)),
      })
    }
  }

  const periodMs = daq.config.stats_collection_period * 1_000
  if (periodMs <= 0) return { close: () => undefined }
  const timer = setInterval(report, periodMs)
  return { close: () => clearInterval(timer) }
}
