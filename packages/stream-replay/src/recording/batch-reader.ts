import {
  batchHeaderBytes,
  batchSize,
  maxBatchBytes,
  readBatchHeader,
  type RecordBatch,
} from '../batch/batch-header.ts'
import { MemoryPool } from '../batch/memory-pool.ts'
import type { StoredFile } from './recording-files.ts'

const largestChunkBytes = 4_194_304
const smallestChunkBytes = 262_144
/** Of all partitions of a recording together; each has one chunk in use and one on its way. */
const readAheadBytes = 67_108_864

/** Chunks that are kept for the next read: as much as is on its way to a broker, and a few. */
const maxFreeBytes = 83_886_080

export interface ChunkPool {
  /** Bytes read at a time; a longer batch is read whole. */
  readonly chunkBytes: number
  readonly memory: MemoryPool
}

/** Chunks for a recording of so many partitions that are read at once. */
export function chunkPoolFor(partitions: number): ChunkPool {
  const share = 2 ** Math.floor(Math.log2(readAheadBytes / Math.max(1, partitions) / 2))
  const chunkBytes = Math.max(smallestChunkBytes, Math.min(largestChunkBytes, share))
  return { chunkBytes, memory: new MemoryPool({ largestBytes: chunkBytes, maxFreeBytes }) }
}

interface Filled {
  readonly bytes: Buffer
  readonly release: () => void
}

interface Place {
  readonly position: number
  /** The batch that begins there needs as much; 0: not known. */
  readonly wantedBytes: number
}

/** Where the whole batches of a chunk begin, and where the next chunk begins; null at the end. */
interface Cut {
  readonly starts: readonly number[]
  readonly next: Place | null
}

/**
 * The whole batches of a log file from a position on, each as bytes that nobody else uses until it is released. A batch that is
 * cut off, or bytes that are none, end it. The next chunk is read while the batches of this one are taken. What a chunk holds of
 * a batch that goes beyond it is read again: that is cheaper than to copy it.
 */
export async function* readBatches(
  log: StoredFile,
  from: number,
  pool: ChunkPool = chunkPoolFor(1),
): AsyncGenerator<RecordBatch> {
  let place: Place = { position: from, wantedBytes: 0 }
  let next: Promise<Filled> | null = from < log.sizeBytes ? fill(log, place, pool) : null
  try {
    while (next !== null) {
      const { bytes, release } = await next
      const cut = cutOf(bytes, place.position, log.sizeBytes)
      next = null
      if (cut.next !== null) {
        place = cut.next
        next = fill(log, place, pool)
        next.catch(() => undefined) // seen when it is awaited
      }
      const hold = shared(release)
      const letGo = hold()
      for (const at of cut.starts) {
        const header = readBatchHeader(bytes, at)
        yield { header, bytes: bytes.subarray(at, at + header.sizeBytes), release: hold() }
      }
      letGo()
    }
  } finally {
    // Whoever stops early closes the file then.
    if (next !== null) (await next.catch(() => null))?.release()
  }
}

async function fill(log: StoredFile, place: Place, pool: ChunkPool): Promise<Filled> {
  const { position, wantedBytes } = place
  const length = Math.min(Math.max(wantedBytes, pool.chunkBytes), log.sizeBytes - position)
  const { bytes, release } = pool.memory.take(length)
  return { release, bytes: await log.read(position, length, bytes) }
}

/** Lets several hold what is released when all of them have let go. */
function shared(release: () => void): () => () => void {
  let holders = 0
  return () => {
    holders++
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--holders === 0) release()
    }
  }
}

function cutOf(bytes: Buffer, position: number, sizeBytes: number): Cut {
  const starts: number[] = []
  let at = 0
  let size = batchSize(bytes, at)
  while (size !== null && at + size <= bytes.length) {
    if (size < batchHeaderBytes || bytes[at + 16] !== 2) return { starts, next: null }
    starts.push(at)
    at += size
    size = batchSize(bytes, at)
  }
  const isEnd = position + bytes.length >= sizeBytes || bytes.length === 0
  if (isEnd || (size !== null && (size < batchHeaderBytes || size > maxBatchBytes)))
    return { starts, next: null }
  return { starts, next: { position: position + at, wantedBytes: size ?? 0 } }
}
