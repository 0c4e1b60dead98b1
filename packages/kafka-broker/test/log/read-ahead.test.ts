import { expect, test, vi } from 'vitest'
import { ReadAhead } from '../../src/log/read-ahead.ts'
import type { ReadResult } from '../../src/log/log-context.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { ReadBuffers } from '../../src/log/read-buffers.ts'
import { checkedBatch } from '../batch-builder.ts'
import { logBench, newLog } from '../log-bench.ts'

async function filledLog(batches = 30): Promise<PartitionLog> {
  const log = await newLog(logBench())
  for (let i = 0; i < batches; i++) await log.append(checkedBatch({ values: [`v${i}`.repeat(40)] }))
  return log
}

const bytesOf = ({ pieces }: ReadResult): string => Buffer.concat(pieces).toString('hex')

test('a reader in order gets what the log has, every second piece without waiting for the file', async () => {
  const log = await filledLog()
  const ahead = new ReadAhead(new ReadBuffers())
  const read = vi.spyOn(log, 'read')
  const found: string[] = []
  for (let offset = 0; offset < log.endOffset;) {
    const part = await ahead.read(log, { offset, maxBytes: 500 })
    found.push(bytesOf(part))
    offset = part.nextOffset
  }
  const reads = read.mock.calls.map(([offset]) => offset)
  // Each offset is read once, whether ahead or not.
  expect(new Set(reads).size).toBe(reads.length)
  read.mockRestore()
  expect(found.join('')).toBe(bytesOf(await log.read(0, 1_000_000)))
})

test('the next piece is read before it is asked for, once reading goes in order', async () => {
  const log = await filledLog()
  const ahead = new ReadAhead(new ReadBuffers())
  const first = await ahead.read(log, { offset: 0, maxBytes: 500 })
  const read = vi.spyOn(log, 'read')
  const second = await ahead.read(log, { offset: first.nextOffset, maxBytes: 500 })
  expect(read.mock.calls.map(([offset]) => offset)).toEqual([first.nextOffset, second.nextOffset])
  await ahead.read(log, { offset: second.nextOffset, maxBytes: 500 })
  expect(read.mock.calls.filter(([offset]) => offset === second.nextOffset)).toHaveLength(1)
})

test('a reader who turns elsewhere gets what is there, and the buffer goes back', async () => {
  const log = await filledLog()
  const buffers = new ReadBuffers()
  const give = vi.spyOn(buffers, 'give')
  const ahead = new ReadAhead(buffers)
  const first = await ahead.read(log, { offset: 0, maxBytes: 500 })
  await ahead.read(log, { offset: first.nextOffset, maxBytes: 500 })
  const elsewhere = await ahead.read(log, { offset: 20, maxBytes: 500 })
  expect(bytesOf(elsewhere)).toBe(bytesOf(await log.read(20, 500)))
  await vi.waitFor(() => expect(give).toHaveBeenCalledTimes(1))
})

test('what fails ahead is read again when it is asked for', async () => {
  const log = await filledLog()
  const ahead = new ReadAhead(new ReadBuffers())
  const first = await ahead.read(log, { offset: 0, maxBytes: 500 })
  const files = log.read.bind(log)
  const read = vi.spyOn(log, 'read').mockImplementationOnce(files).mockRejectedValueOnce(new Error('disk'))
  const second = await ahead.read(log, { offset: first.nextOffset, maxBytes: 500 })
  const third = await ahead.read(log, { offset: second.nextOffset, maxBytes: 500 })
  expect(read.mock.calls.filter(([offset]) => offset === second.nextOffset)).toHaveLength(2)
  expect(bytesOf(third)).toBe(bytesOf(await files(second.nextOffset, 500)))
})

test('of many readers only the last ones have a piece waiting', async () => {
  const buffers = new ReadBuffers()
  const give = vi.spyOn(buffers, 'give')
  const ahead = new ReadAhead(buffers)
  for (let i = 0; i < 20; i++) {
    const log = await filledLog(10)
    const { nextOffset } = await ahead.read(log, { offset: 0, maxBytes: 300 })
    await ahead.read(log, { offset: nextOffset, maxBytes: 300 })
  }
  await vi.waitFor(() => expect(give).toHaveBeenCalledTimes(4))
})
