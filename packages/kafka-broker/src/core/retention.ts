/** A closed segment as retention sees it. */
export interface SegmentFacts {
  readonly baseOffset: number
  readonly nextOffset: number
  readonly sizeBytes: number
  /** Largest timestamp in it. */
  readonly maxTimestampMs: number
}

export interface RetentionRule {
  readonly nowMs: number
  /** -1 = kept for ever. */
  readonly retentionMs: number
  /** Of the partition, -1 = no limit. */
  readonly retentionBytes: number
  readonly logStartOffset: number
}

/** How many of the oldest closed segments go. Whole segments only, without a gap; the active segment is not among them. */
export function segmentsToDelete(
  closed: readonly SegmentFacts[],
  activeBytes: number,
  rule: RetentionRule,
): number {
  let totalBytes = closed.reduce((sum, segment) => sum + segment.sizeBytes, activeBytes)
  let count = 0
  for (const segment of closed) {
    const isBelowStart = segment.nextOffset <= rule.logStartOffset
    const isOld = rule.retentionMs >= 0 && rule.nowMs - segment.maxTimestampMs > rule.retentionMs
    const isOverSize = rule.retentionBytes >= 0 && totalBytes - segment.sizeBytes >= rule.retentionBytes
    if (!isBelowStart && !isOld && !isOverSize) break
    totalBytes -= segment.sizeBytes
    count++
  }
  return count
}

/** Whether the active segment is closed before the next batch is written. */
export function shouldRoll(
  active: {
    readonly baseOffset: number
    readonly sizeBytes: number
    readonly indexBytes: number
    readonly firstAppendMs: number | null
  },
  next: { readonly lastOffset: number; readonly sizeBytes: number; readonly nowMs: number },
  limits: { readonly segmentBytes: number; readonly segmentMs: number; readonly segmentIndexBytes: number },
): boolean {
  if (active.sizeBytes === 0) return false
  if (active.sizeBytes + next.sizeBytes > limits.segmentBytes) return true
  if (active.indexBytes >= limits.segmentIndexBytes) return true
  if (next.lastOffset - active.baseOffset > 0x7fff_ffff) return true
  return active.firstAppendMs !== null && next.nowMs - active.firstAppendMs > limits.segmentMs
}
