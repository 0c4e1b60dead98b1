import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicWriteFile } from '@beamtime/service-kit'
import type { OpenTransaction } from '../core/partition-transactions.ts'
import type { ProducerEntry } from '../core/producer-state.ts'
import { offsetName } from './segment.ts'

/** Contents of `partition.json`. */
export interface PartitionCheckpoint {
  readonly topicId: string
  readonly logStartOffset: number
  /** Offset that the next record gets at least. */
  readonly nextOffset: number
  /** Segments below it are known to be on the disk; recovery begins here. */
  readonly recoveryOffset: number
  /** Records below it have been compacted: there may be gaps. */
  readonly cleanedOffset?: number
}

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

export async function readCheckpoint(directory: string): Promise<PartitionCheckpoint | null> {
  const text = await readFile(join(directory, 'partition.json'), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return isCheckpoint(value) ? value : null
  } catch {
    return null // a damaged checkpoint is like none: the log itself says what is there
  }
}

function isCheckpoint(value: unknown): value is PartitionCheckpoint {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Readonly<Record<string, unknown>>
  return (
    typeof fields['topicId'] === 'string' &&
    [fields['logStartOffset'], fields['nextOffset'], fields['recoveryOffset']].every(Number.isSafeInteger)
  )
}

/** Without `durable` a power cut may lose it: for new partitions, which the catalog knows. */
export async function writeCheckpoint(
  directory: string,
  checkpoint: PartitionCheckpoint,
  durable = true,
): Promise<void> {
  await atomicWriteFile(join(directory, 'partition.json'), JSON.stringify(checkpoint), { durable })
}

/** `leader-epochs`, in the form of Kafka's checkpoint: version, count, lines "epoch start-offset". */
export async function readEpochs(directory: string): Promise<EpochEntry[]> {
  const text = await readFile(join(directory, 'leader-epochs'), 'utf8').catch(() => '')
  const entries: EpochEntry[] = []
  for (const line of text.split('\n').slice(2)) {
    const match = /^(\d+) (\d+)$/.exec(line)
    if (match !== null) entries.push({ epoch: Number(match[1]), startOffset: Number(match[2]) })
  }
  return entries
}

export async function writeEpochs(directory: string, entries: readonly EpochEntry[]): Promise<void> {
  const lines = entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}\n`)
  await atomicWriteFile(join(directory, 'leader-epochs'), `0\n${entries.length}\n${lines.join('')}`, {
    durable: false,
  })
}

/** First offsets of the segments of a partition, ascending. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  const offsets = names.flatMap((name) => {
    const match = /^(\d{20})\.log$/.exec(name)
    return match === null ? [] : [Number(match[1])]
  })
  return offsets.toSorted((a, b) => a - b)
}

/** Contents of a `.snapshot` file. */
export interface ProducerSnapshot {
  readonly entries: readonly ProducerEntry[]
  /** Transactions that were open there. */
  readonly open: readonly OpenTransaction[]
}

function isSnapshot(value: unknown): value is ProducerSnapshot {
  const { entries, open } = (value ?? {}) as Readonly<Record<string, unknown>>
  return Array.isArray(entries) && Array.isArray(open)
}

export async function writeProducerSnapshot(
  directory: string,
  offset: number,
  snapshot: ProducerSnapshot,
): Promise<void> {
  const path = join(directory, `${offsetName(offset)}.snapshot`)
  await atomicWriteFile(path, JSON.stringify(snapshot), { durable: false })
}

/** The newest readable snapshot of producers at or below an offset. */
export async function readProducerSnapshot(
  directory: string,
  atMost: number,
): Promise<(ProducerSnapshot & { readonly offset: number }) | null> {
  for (const offset of (await listSnapshots(directory)).toReversed()) {
    if (offset > atMost) continue
    const text = await readFile(join(directory, `${offsetName(offset)}.snapshot`), 'utf8').catch(() => '')
    try {
      const snapshot: unknown = JSON.parse(text)
      // The first release wrote the entries alone.
      if (Array.isArray(snapshot)) return { offset, entries: snapshot as ProducerEntry[], open: [] }
      if (isSnapshot(snapshot)) return { offset, ...snapshot }
    } catch {
      continue // a torn snapshot: an older one plus more of the log gives the same state
    }
  }
  return null
}

async function listSnapshots(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  const offsets = names.flatMap((name) => {
    const match = /^(\d{20})\.snapshot$/.exec(name)
    return match === null ? [] : [Number(match[1])]
  })
  return offsets.toSorted((a, b) => a - b)
}

/** Removes snapshots below an offset, the newest of them excepted. */
export async function pruneProducerSnapshots(directory: string, below: number): Promise<void> {
  const old = (await listSnapshots(directory)).filter((offset) => offset < below)
  for (const offset of old.slice(0, -1))
    await rm(join(directory, `${offsetName(offset)}.snapshot`), { force: true })
}
