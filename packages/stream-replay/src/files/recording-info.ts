import { Recording } from '../recording/recording.ts'
import type { RecordingManifest } from '../recording/manifest.ts'
import { openSource } from '../source/stream-source.ts'

export interface RecordingInfo {
  readonly manifest: RecordingManifest
  readonly messages: number
  readonly bytes: number
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** Messages per second in equal stretches of the time span. */
  readonly rates: readonly number[]
}

/** What a recording holds. The rates are taken from the batches' headers, without decoding. */
export async function recordingInfo(path: string, stretches = 60): Promise<RecordingInfo> {
  const recording = await Recording.open(path)
  const { manifest } = recording
  await recording.close()
  const partitions = manifest.topics.flatMap((topic) => topic.partitions)
  const times = partitions.flatMap(({ firstTs, lastTs }) => [firstTs, lastTs]).filter((time) => time !== null)
  const [firstMs, lastMs] = times.length === 0 ? [null, null] : [Math.min(...times), Math.max(...times)]
  return {
    manifest,
    messages: partitions.reduce((sum, { count }) => sum + count, 0),
    bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
    firstMs,
    lastMs,
    rates: firstMs === null || lastMs === null ? [] : await ratesOf(path, { firstMs, lastMs, stretches }),
  }
}

async function ratesOf(
  path: string,
  {
    firstMs,
    lastMs,
    stretches,
  }: { readonly firstMs: number; readonly lastMs: number; readonly stretches: number },
): Promise<readonly number[]> {
  const counts = Array.from({ length: stretches }, () => 0)
  const widthMs = Math.max(1, lastMs - firstMs) / stretches
  const stretchOf = (timeMs: number): number =>
    Math.min(stretches - 1, Math.max(0, Math.floor((timeMs - firstMs) / widthMs)))
  const source = await openSource(path, { cluster: null })
  try {
    for (const partition of source.partitions) {
      for await (const { header, release } of source.batches(partition, partition.first)) {
        release?.()
        if (header.isControl) continue
        const [from, to] = [stretchOf(header.baseTimestampMs), stretchOf(header.maxTimestampMs)]
        for (let at = from; at <= to; at++)
          counts[at] = (counts[at] ?? 0) + header.recordsCount / (to - from + 1)
      }
    }
  } finally {
    await source.close()
  }
  return counts.map((count) => (count * 1_000) / widthMs)
}
