import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicWriteFile } from '@beamtime/service-kit'
import type { AbortedTransaction } from '../core/partition-transactions.ts'
import { offsetName } from './segment.ts'

/* `.txnindex` beside a closed segment: the transactions that were aborted in it, entries of 34 bytes, big-endian:
 *   version i16 = 0, producer id i64, first offset i64, last offset i64, last stable offset i64. Kafka's own layout. */

const entryBytes = 34

export async function writeTransactionIndex(
  directory: string,
  baseOffset: number,
  aborted: readonly AbortedTransaction[],
): Promise<void> {
  const path = join(directory, `${offsetName(baseOffset)}.txnindex`)
  if (aborted.length === 0) {
    await rm(path, { force: true })
    return
  }
  const bytes = Buffer.alloc(aborted.length * entryBytes)
  for (const [i, entry] of aborted.entries()) {
    const fields = [entry.producerId, entry.firstOffset, entry.lastOffset, entry.lastStableOffset]
    for (const [k, value] of fields.entries())
      bytes.writeBigInt64BE(BigInt(value), i * entryBytes + 2 + 8 * k)
  }
  await atomicWriteFile(path, bytes)
}

/** All aborted transactions that are written down, below an offset. */
export async function readTransactionIndexes(
  directory: string,
  below: number,
): Promise<readonly AbortedTransaction[]> {
  const found: AbortedTransaction[] = []
  for (const name of (await readdir(directory)).filter((one) => /^\d{20}\.txnindex$/.test(one)).toSorted()) {
    const bytes = await readFile(join(directory, name))
    for (let at = 0; at + entryBytes <= bytes.byteLength; at += entryBytes) {
      const field = (k: number): number => Number(bytes.readBigInt64BE(at + 2 + 8 * k))
      const entry = {
        producerId: field(0),
        firstOffset: field(1),
        lastOffset: field(2),
        lastStableOffset: field(3),
      }
      if (entry.lastOffset < below) found.push(entry)
    }
  }
  return found
}
