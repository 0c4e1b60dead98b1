import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SparseIndex } from '../core/sparse-index.ts'
import { LogFile, syncDirectory } from './log-file.ts'
import { offsetName, type Segment, type SegmentState } from './segment.ts'

/* How compaction replaces neighbouring segments by one, so that a crash leaves either the old or the new:
 *   <base>-<next>.cleaned   being written; thrown away at a start
 *   <base>-<next>.swap      complete: stands for all segments from base up to next; a start finishes what is left to do */

/** What takes the place of some segments. */
export interface CleanedSegment {
  readonly baseOffset: number
  readonly file: LogFile
  readonly index: SparseIndex
  readonly facts: SegmentState
}

function nameOf(span: { baseOffset: number; nextOffset: number }, extension: string): string {
  return `${offsetName(span.baseOffset)}-${offsetName(span.nextOffset)}.${extension}`
}

/** An empty file to write the new segment into. */
export async function cleanedFile(
  directory: string,
  span: { baseOffset: number; nextOffset: number },
): Promise<LogFile> {
  const file = new LogFile(join(directory, nameOf(span, 'cleaned')))
  await file.truncate(0)
  return file
}

/** From here on the new segment counts, whatever happens. */
export async function commitSwap(directory: string, cleaned: CleanedSegment): Promise<void> {
  const swapPath = join(directory, nameOf({ ...cleaned.facts, baseOffset: cleaned.baseOffset }, 'swap'))
  await cleaned.file.sync()
  await rename(cleaned.file.path, swapPath)
  cleaned.file.movedTo(swapPath)
  await syncDirectory(directory)
}

/** Takes the old files away and gives the new one their name. */
export async function completeSwap(directory: string, old: readonly Segment[], made: Segment): Promise<void> {
  for (const segment of old) await segment.remove()
  const path = join(directory, `${offsetName(made.baseOffset)}.log`)
  await rename(made.file.path, path)
  made.file.movedTo(path)
  await made.writeIndexes()
  await syncDirectory(directory)
}

export async function discardCleaned({ file }: CleanedSegment): Promise<void> {
  await file.retire()
  await rm(file.path, { force: true })
}

/** Does what a crash left undone. Before anything else of the partition is looked at. */
export async function finishSwaps(directory: string): Promise<void> {
  const names = await readdir(directory)
  for (const name of names) {
    const swap = /^(\d{20})-(\d{20})\.swap$/.exec(name)
    if (swap === null) continue
    const [base = '', next = ''] = swap.slice(1)
    for (const other of names) {
      const offset = /^(\d{20})\.(?:log|index|timeindex)$/.exec(other)?.[1]
      if (offset !== undefined && offset >= base && offset < next)
        await rm(join(directory, other), { force: true })
    }
    await rename(join(directory, name), join(directory, `${base}.log`))
  }
}
