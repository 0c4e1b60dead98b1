import type { Pipeline } from '../pipeline/pipeline.ts'

export interface Rate {
  readonly bytes_per_second: number
  readonly images_per_second: number
}

export interface DaqRates {
  readonly detector: Rate
  readonly writer: Rate
}

interface Sample {
  readonly atMs: number
  readonly images: number
  readonly bytes: number
  readonly writtenImages: number
  readonly writtenBytes: number
}

const none = { bytes_per_second: 0, images_per_second: 0 }

/** Rates of the last second. */
export class RateMeter {
  rates: DaqRates = { detector: none, writer: none }
  private last: Sample | undefined

  reset(): void {
    this.last = undefined
    this.rates = { detector: none, writer: none }
  }

  sample(pipeline: Pipeline, atMs: number): void {
    const { good, missing, bytes } = pipeline.counters.images()
    let writtenImages = 0
    let writtenBytes = 0
    for (let writer = 0; writer < pipeline.writers; writer += 1) {
      const counts = pipeline.counters.writer(writer)
      writtenImages += counts.images
      writtenBytes += counts.bytes
    }
    const now = { atMs, images: good + missing, bytes, writtenImages, writtenBytes }
    const { last } = this
    this.last = now
    if (last === undefined || atMs <= last.atMs) return
    const perSecond = (more: number): number => Math.round((more * 10_000) / (atMs - last.atMs)) / 10
    this.rates = {
      detector: {
        bytes_per_second: perSecond(now.bytes - last.bytes),
        images_per_second: perSecond(now.images - last.images),
      },
      writer: {
        bytes_per_second: perSecond(now.writtenBytes - last.writtenBytes),
        images_per_second: perSecond(now.writtenImages - last.writtenImages),
      },
    }
  }
}
