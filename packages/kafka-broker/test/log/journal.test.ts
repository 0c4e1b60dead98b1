import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Journal } from '../../src/log/journal.ts'
import { scratchFolder } from '../log-bench.ts'

/** A journal of numbers whose state is their list. */
async function openNumbers(
  directory: string,
  compactBytes?: number,
): Promise<{ journal: Journal; numbers: number[] }> {
  const numbers: number[] = []
  const journal = await Journal.open({
    directory,
    restore: (state) => numbers.push(...(state as number[])),
    apply: (entry) => numbers.push(entry as number),
    state: () => numbers,
    ...(compactBytes === undefined ? {} : { compactBytes }),
  })
  return { journal, numbers }
}

async function reopened(directory: string): Promise<number[]> {
  const { journal, numbers } = await openNumbers(directory)
  await journal.close()
  return numbers
}

test('entries are applied in order and found again', async () => {
  const directory = scratchFolder()
  const { journal, numbers } = await openNumbers(directory)
  await Promise.all([1, 2, 3].map((n) => journal.append(n, false)))
  await journal.append(4, true)
  expect(numbers).toEqual([1, 2, 3, 4])
  await journal.close()
  expect(await reopened(directory)).toEqual([1, 2, 3, 4])
})

test('a tail that is torn at any byte is dropped and written over', async () => {
  const directory = scratchFolder()
  const { journal } = await openNumbers(directory)
  await journal.append(1, false)
  const good = statSync(join(directory, 'journal.log')).size
  await journal.append(2, false)
  await journal.close()
  const whole = readFileSync(join(directory, 'journal.log'))
  for (let size = good; size < whole.byteLength; size++) {
    writeFileSync(join(directory, 'journal.log'), whole.subarray(0, size))
    expect(await reopened(directory)).toEqual([1])
    expect(statSync(join(directory, 'journal.log')).size).toBe(good)
  }
})

test('garbage after the last entry does no harm', async () => {
  const directory = scratchFolder()
  const { journal } = await openNumbers(directory)
  await journal.append(1, false)
  await journal.close()
  appendFileSync(join(directory, 'journal.log'), Buffer.from([0, 0, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
  expect(await reopened(directory)).toEqual([1])
})

test('a long journal becomes a snapshot, and a crash between the two files doubles nothing', async () => {
  const directory = scratchFolder()
  const { journal } = await openNumbers(directory, 100)
  for (let n = 0; n < 50; n++) {
    await journal.append(n, false)
    if (n === 20) writeFileSync(join(directory, 'before'), readFileSync(join(directory, 'journal.log')))
  }
  await journal.close()
  const expected = Array.from({ length: 50 }, (_, n) => n)
  expect(await reopened(directory)).toEqual(expected)
  // The journal as it was before the snapshot: its entries are in the snapshot already.
  truncateSync(join(directory, 'journal.log'), 0)
  writeFileSync(join(directory, 'journal.log'), readFileSync(join(directory, 'before')))
  const found = await reopened(directory)
  expect(new Set(found).size).toBe(found.length)
})

test('an unreadable snapshot is an error with a remedy, not an empty catalog', async () => {
  const directory = scratchFolder()
  writeFileSync(join(directory, 'snapshot.json'), '{"n": 3,')
  await expect(openNumbers(directory)).rejects.toMatchObject({ code: 'BROKER_DATA_UNREADABLE' })
})
