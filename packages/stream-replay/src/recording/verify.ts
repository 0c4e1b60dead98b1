import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSound } from '../batch/batch-header.ts'
import { recordsOf } from '../batch/batch-records.ts'
import { segmentName, topicFolder, writeManifest } from './manifest.ts'
import { measure } from './partition-writer.ts'
import { readBatches } from './batch-reader.ts'
import { Recording } from './recording.ts'
import { SegmentIndex } from './segment-index.ts'

export type DamageKind = 'cut-off' | 'checksum' | 'order' | 'records' | 'index' | 'counts'

export interface Damage {
  readonly topic: string
  readonly partition: number
  readonly segment: string
  /** Byte of the log at which the damage begins. */
  readonly position: number
  readonly kind: DamageKind
  readonly detail: string
}

export interface VerifyReport {
  readonly id: string
  readonly batches: number
  readonly messages: number
  readonly bytes: number
  readonly damages: readonly Damage[]
  /** What was cut off, when repairing was asked for. */
  readonly repairedBytes: number
}

interface SegmentCheck {
  readonly damages: Damage[]
  readonly batches: number
  readonly messages: number
  readonly soundBytes: number
  readonly sizeBytes: number
  readonly lastOffset: number
  readonly index: SegmentIndex
}

/**
 * Walks over every batch: length, checksum, order of offsets, each record; and compares indexes and the manifest's counts.
 * With `repair`, logs are cut off at the last sound batch, indexes and counts are written anew (folders only).
 */
export async function verifyRecording(
  path: string,
  options: { readonly repair?: boolean } = {},
): Promise<VerifyReport> {
  const recording = await Recording.open(path)
  const repair = options.repair === true
  const damages: Damage[] = []
  const totals = { batches: 0, messages: 0, bytes: 0, repairedBytes: 0 }
  try {
    for (const topic of recording.manifest.topics) {
      for (const entry of topic.partitions) {
        let lastOffset = -1
        let counted = 0
        let isCut = false
        for (const base of recording.segmentsOf(topic.name, entry.partition)) {
          const place = { topic: topic.name, partition: entry.partition, base }
          const check = await checkSegment(recording, place, { lastOffset, entry })
          lastOffset = check.lastOffset
          counted += check.messages
          totals.batches += check.batches
          totals.bytes += check.sizeBytes
          damages.push(...check.damages)
          if (repair) {
            const file = join(path, topicFolder(topic.name), String(entry.partition), segmentName(base))
            totals.repairedBytes += await repairSegment(file, check, isCut)
          }
          isCut ||= check.damages.some(({ kind }) => kind !== 'index')
        }
        totals.messages += counted
        if (recording.manifest.closed && counted !== entry.count)
          damages.push({
            topic: topic.name,
            partition: entry.partition,
            segment: 'manifest.json',
            position: 0,
            kind: 'counts',
            detail: `the manifest says ${entry.count} messages, the logs hold ${counted}`,
          })
      }
    }
  } finally {
    await recording.close()
  }
  if (repair && damages.length > 0) await recount(path)
  return { id: recording.id, ...totals, damages }
}

async function checkSegment(
  recording: Recording,
  place: { readonly topic: string; readonly partition: number; readonly base: number },
  known: { readonly lastOffset: number; readonly entry: { readonly first: number; readonly last: number } },
): Promise<SegmentCheck> {
  const { topic, partition, base } = place
  const damages: Damage[] = []
  const index = new SegmentIndex(base)
  const log = await recording.openSegment(place, 'log')
  let position = 0
  let lastOffset = known.lastOffset
  let batches = 0
  let messages = 0
  const damage = (kind: DamageKind, detail: string): void => {
    damages.push({ topic, partition, segment: segmentName(base), position, kind, detail })
  }
  try {
    for await (const batch of readBatches(log, 0)) {
      const { header, bytes } = batch
      if (!isSound(bytes)) damage('checksum', `the batch at offset ${header.baseOffset} has another checksum`)
      else if (header.baseOffset <= lastOffset)
        damage('order', `offset ${header.baseOffset} follows offset ${lastOffset}`)
      else damageOfRecords(batch, damage)
      if (damages.length > 0) break
      index.add({ ...header, position, sizeBytes: bytes.length })
      messages += measure(batch, {
        first: Math.max(0, known.entry.first),
        last: known.entry.last < 0 ? Number.MAX_SAFE_INTEGER : known.entry.last,
      }).count
      batches++
      lastOffset = header.lastOffset
      position += bytes.length
      batch.release?.()
    }
    if (damages.length === 0 && position !== log.sizeBytes)
      damage('cut-off', `${log.sizeBytes - position} bytes at the end are no whole batch`)
    if (damages.length === 0 && recording.manifest.closed)
      await checkIndex(recording, place, { index, damage })
    return { damages, batches, messages, soundBytes: position, sizeBytes: log.sizeBytes, lastOffset, index }
  } finally {
    await log.close()
  }
}

function damageOfRecords(
  batch: Parameters<typeof recordsOf>[0],
  damage: (kind: DamageKind, detail: string) => void,
): void {
  if (batch.header.isControl) return
  try {
    recordsOf(batch)
  } catch (error) {
    damage('records', error instanceof Error ? error.message : String(error))
  }
}

async function checkIndex(
  recording: Recording,
  place: { readonly topic: string; readonly partition: number; readonly base: number },
  {
    index,
    damage,
  }: { readonly index: SegmentIndex; readonly damage: (kind: DamageKind, detail: string) => void },
): Promise<void> {
  for (const [ending, wanted] of [
    ['idx', index.offsetFile()],
    ['tix', index.timeFile()],
  ] as const) {
    const file = await recording.openSegment(place, ending).catch(() => null)
    // A ring that was saved has no index for the segment that was growing.
    if (file === null) continue
    const found = await file.read(0, file.sizeBytes)
    await file.close()
    if (!found.equals(wanted)) damage('index', `the index .${ending} does not belong to the log`)
  }
}

async function repairSegment(file: string, check: SegmentCheck, isAfterCut: boolean): Promise<number> {
  if (isAfterCut) {
    for (const ending of ['log', 'idx', 'tix']) await rm(`${file}.${ending}`, { force: true })
    return check.sizeBytes
  }
  if (check.damages.length === 0) return 0
  await truncate(`${file}.log`, check.soundBytes)
  await writeFile(`${file}.idx`, check.index.offsetFile())
  await writeFile(`${file}.tix`, check.index.timeFile())
  return check.sizeBytes - check.soundBytes
}

async function recount(path: string): Promise<void> {
  const manifestOf = async (): Promise<void> => {
    const recording = await Recording.open(path)
    await recording.close()
    await writeManifest(path, { ...recording.manifest, closed: true })
  }
  const before = await Recording.open(path)
  await before.close()
  await writeManifest(path, { ...before.manifest, closed: false })
  await manifestOf()
}
