/* When and what compaction takes. Source: Kafka documentation, "Log Compaction". */

/** A closed segment whose data are on the disk. */
export interface CompactionSegment {
  readonly baseOffset: number
  readonly nextOffset: number
  readonly sizeBytes: number
  readonly maxTimestampMs: number
  readonly firstAppendMs: number | null
}

export interface CompactionRule {
  readonly nowMs: number
  /** Records below it have been through a compaction. */
  readonly cleanedOffset: number
  /** Nothing at or above it is touched: the first open transaction. */
  readonly stableOffset: number
  readonly minCompactionLagMs: number
  readonly maxCompactionLagMs: number
  readonly minDirtyRatio: number
}

/** How many of the first closed segments to compact now; 0 = not yet. */
export function segmentsToCompact(closed: readonly CompactionSegment[], rule: CompactionRule): number {
  const { nowMs, cleanedOffset, stableOffset, minCompactionLagMs, maxCompactionLagMs, minDirtyRatio } = rule
  const firstYoung = closed.findIndex(
    ({ maxTimestampMs, nextOffset }) =>
      (minCompactionLagMs > 0 && nowMs - maxTimestampMs < minCompactionLagMs) || nextOffset > stableOffset,
  )
  const count = firstYoung < 0 ? closed.length : firstYoung
  const taken = closed.slice(0, count)
  const dirty = taken.filter(({ nextOffset }) => nextOffset > cleanedOffset)
  if (dirty.length === 0) return 0
  const bytesOf = (segments: readonly CompactionSegment[]): number =>
    segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const isLate = dirty.some(({ firstAppendMs }) => nowMs - (firstAppendMs ?? nowMs) > maxCompactionLagMs)
  return isLate || bytesOf(dirty) >= minDirtyRatio * bytesOf(taken) ? count : 0
}

/** Neighbours that together make at most one segment are written into one. */
export function compactionGroups<T extends CompactionSegment>(
  segments: readonly T[],
  segmentBytes: number,
): readonly (readonly T[])[] {
  const groups: T[][] = []
  let sizeBytes = 0
  for (const segment of segments) {
    const group = groups.at(-1)
    const base = group?.[0]?.baseOffset ?? 0
    sizeBytes += segment.sizeBytes
    if (group !== undefined && sizeBytes <= segmentBytes && segment.nextOffset - base <= 0x7fff_ffff) {
      group.push(segment)
      continue
    }
    groups.push([segment])
    sizeBytes = segment.sizeBytes
  }
  return groups
}
