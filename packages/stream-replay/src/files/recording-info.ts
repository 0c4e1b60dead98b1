import { Recording } from '../recording/recording.ts'
import type { RecordingManifest } from '../recording/manifest.ts'
import { hasRuns, type RecordingMark, recordingMarks } from './recording-marks.ts'
import { TimeProfile } from './time-profile.ts'

export interface RecordingInfo {
  readonly manifest: RecordingManifest
  readonly messages: number
  readonly bytes: number
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** Messages per second in equal stretches of the time span. */
  readonly rates: readonly number[]
  /** Runs and gaps. */
  readonly marks: readonly RecordingMark[]
}

/** What a recording holds. The rates are taken from the batches' headers, without decoding; marks from documents. */
export async function recordingInfo(path: string, stretches = 60): Promise<RecordingInfo> {
  const recording = await Recording.open(path)
  try {
    const { manifest } = recording
    const partitions = manifest.topics.flatMap((topic) => topic.partitions)
    const times = partitions
      .flatMap(({ firstTs, lastTs }) => [firstTs, lastTs])
      .filter((time) => time !== null)
    const known = {
      manifest,
      messages: partitions.reduce((sum, { count }) => sum + count, 0),
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
    }
    if (times.length === 0) return { ...known, firstMs: null, lastMs: null, rates: [], marks: [] }
    const [firstMs, lastMs] = [Math.min(...times), Math.max(...times)]
    const profile = await profileOf(recording, { firstMs, lastMs })
    const marks = await recordingMarks(recording, profile)
    return { ...known, firstMs, lastMs, rates: profile.rates(stretches), marks }
  } finally {
    await recording.close()
  }
}

async function profileOf(
  recording: Recording,
  { firstMs, lastMs }: { readonly firstMs: number; readonly lastMs: number },
): Promise<TimeProfile> {
  const profile = new TimeProfile(firstMs, lastMs)
  for (const { name: topic, partitions } of recording.manifest.topics.filter((one) => !hasRuns(one)))
    for (const { partition, first, last, count } of partitions) {
      if (count === 0) continue
      for await (const { header, release } of recording.batches({ topic, partition, from: first })) {
        release?.()
        if (header.baseOffset > last) break
        if (!header.isControl) profile.add(header.baseTimestampMs, header.maxTimestampMs, header.recordsCount)
      }
    }
  return profile
}
