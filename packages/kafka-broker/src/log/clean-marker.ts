import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicWriteFile } from '@beamtime/service-kit'
import { syncDirectory } from './log-file.ts'
import type { PartitionState } from './log-context.ts'

/** State of each partition by directory name, as of the last orderly stop. */
export type CleanState = ReadonlyMap<string, PartitionState & { readonly topicId: string }>

/** Reads and removes the marker of an orderly stop; null when the last stop was not orderly. */
export async function takeCleanMarker(dataDirectory: string): Promise<CleanState | null> {
  const path = join(dataDirectory, 'clean-shutdown')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  await rm(path)
  await syncDirectory(dataDirectory)
  try {
    return new Map(JSON.parse(text) as [string, PartitionState & { readonly topicId: string }][])
  } catch {
    return null // unreadable is like absent: the logs are verified
  }
}

/** Written last, when everything else is on the disk. */
export async function writeCleanMarker(dataDirectory: string, state: CleanState): Promise<void> {
  await atomicWriteFile(join(dataDirectory, 'clean-shutdown'), JSON.stringify([...state]))
}
