import { atomicWriteJson } from '@beamtime/service-kit'
import { readFile } from 'node:fs/promises'
import { ReplayError } from '../error.ts'
import { fetchRound } from '../wire/batch-fetcher.ts'
import type { Cluster } from '../wire/cluster.ts'
import { latestOffset, type ProducerIdentity } from '../wire/kafka-requests.ts'
import { pause } from '../wire/pause.ts'

/** What is known of one partition that is written to. */
export interface ResumePlace {
  /** Messages acknowledged, over all passes. */
  count: number
  /** Next sequence number. */
  sequence: number
  /** Offset behind the last acknowledged message. */
  nextOffset: number
}

export interface ResumeState {
  readonly format: 'play/1'
  readonly playId: string
  readonly sourceId: string
  /** Decimal text of the producer's id. */
  readonly producerId: string
  readonly producerEpoch: number
  pass: number
  /** Messages per `topic/partition` before the current pass. */
  passStart: Record<string, number>
  readonly places: Record<string, ResumePlace>
  isDone: boolean
}

/** Null when there is no such file. Rejects with REPLAY_FILE_UNREADABLE. */
export async function readResumeFile(path: string): Promise<ResumeState | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw unreadable(path, error)
  })
  if (text === null) return null
  try {
    const state = JSON.parse(text) as ResumeState
    if (state.format !== 'play/1' || typeof state.places !== 'object') throw new Error('another format')
    return state
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): ReplayError {
  return new ReplayError({
    code: 'REPLAY_FILE_UNREADABLE',
    message: `${path} is no progress file of a play`,
    remedy: 'Name the file that an earlier --resume wrote, or one that does not exist.',
    cause,
  })
}

export async function writeResumeFile(path: string, state: ResumeState): Promise<void> {
  await atomicWriteJson(path, state)
}

export function identityOf(state: ResumeState): ProducerIdentity {
  return { id: BigInt(state.producerId), epoch: state.producerEpoch }
}

/** The broker may still be taking in what a killed player had sent: its log must be quiet for this long. */
const quietMs = 300

/**
 * Counts what arrived after the file was last written, by the producer id that every batch carries, and brings the state
 * up to it. After that the play goes on with the next sequence number, so that nothing is lost or doubled.
 */
export async function countArrived(cluster: Cluster, state: ResumeState): Promise<void> {
  const id = BigInt(state.producerId)
  for (;;) {
    let found = 0
    for (const [key, place] of Object.entries(state.places))
      found += await countPlace(cluster, { key, place, id })
    if (found === 0) return
    await pause(quietMs)
  }
}

async function countPlace(
  cluster: Cluster,
  { key, place, id }: { readonly key: string; readonly place: ResumePlace; readonly id: bigint },
): Promise<number> {
  const slash = key.lastIndexOf('/')
  const [topic, partition] = [key.slice(0, slash), Number(key.slice(slash + 1))]
  const end = (await cluster.offsets(topic, latestOffset)).get(partition) ?? 0
  const cursor = { topic, partition, offset: place.nextOffset }
  let found = 0
  while (cursor.offset < end) {
    const [fetched] = await fetchRound(cluster, { cursors: [cursor], maxWaitMs: 500, lane: 'resume' })
    for (const { header } of fetched?.batches ?? []) {
      if (header.producerId !== id) continue
      found += header.recordsCount
      place.count += header.recordsCount
      place.sequence = (place.sequence + header.recordsCount) % 2 ** 31
    }
    place.nextOffset = cursor.offset
  }
  return found
}
