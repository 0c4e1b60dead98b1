import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  atomicWriteFile,
  atomicWriteJson,
  prepareDirectories,
  retryDelay,
  runtimeDirOf,
} from '../src/index.ts'
import { tempDir } from '../src/testing.ts'

test('a file is replaced whole, with the mode asked for, and nothing is left beside it', async () => {
  const folder = tempDir()
  const path = join(folder.path, 'a.json')
  await atomicWriteJson(path, { a: 1 }, { mode: 0o600 })
  await atomicWriteFile(path, 'new')
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(readdirSync(folder.path)).toEqual(['a.json'])
  await folder.close()
})

test('a write that fails leaves the old file and nothing else', async () => {
  const folder = tempDir()
  await expect(atomicWriteFile(join(folder.path, 'no/such/folder'), 'x')).rejects.toMatchObject({
    code: 'ENOENT',
  })
  expect(readdirSync(folder.path)).toEqual([])
  await folder.close()
})

test('many writers at once leave one whole content', async () => {
  const folder = tempDir()
  const path = join(folder.path, 'a')
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => atomicWriteFile(path, String(n).repeat(1_000), { durable: false })),
  )
  expect(readFileSync(path, 'utf8')).toMatch(/^(\d+?)\1{999}$/)
  await folder.close()
})

test('the runtime directory is inside the data directory, for its owner only', async () => {
  const folder = tempDir()
  const { runtimeDir } = prepareDirectories(join(folder.path, 'd'))
  expect(runtimeDir).toBe(join(folder.path, 'd/run'))
  expect(statSync(runtimeDir).mode & 0o777).toBe(0o700)
  await folder.close()
})

test('a long data directory gets a short runtime directory that is always the same', () => {
  const long = `/data/${'x'.repeat(100)}`
  expect(Buffer.byteLength(runtimeDirOf(long))).toBeLessThan(63)
  expect(runtimeDirOf(long)).toBe(runtimeDirOf(long))
  expect(runtimeDirOf(long)).not.toBe(runtimeDirOf(`${long}y`))
  expect(existsSync(runtimeDirOf(long))).toBe(false)
})

test.each(['/proc/beamtime-data', '/dev/null', '/dev/null/x'])('%s cannot be a data directory', (path) => {
  expect(() => prepareDirectories(path)).toThrow(
    expect.objectContaining({ code: 'CONFIG_DIRECTORY_UNUSABLE' }),
  )
})

test('delays double up to the greatest and differ by their random share', () => {
  const fixed = { minMs: 100, maxMs: 1_000, random: () => 0 }
  expect([0, 1, 2, 3, 4, 50].map((attempt) => retryDelay(attempt, fixed))).toEqual([
    100, 200, 400, 800, 1_000, 1_000,
  ])
  expect(retryDelay(0, { ...fixed, random: () => 1 })).toBe(80)
})
