import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { openRotatingLog } from '../../src/supervisor/rotating-log.ts'

test('the file is moved aside before it grows beyond its bound, and old ones are dropped', async () => {
  const folder = tempDir()
  const path = join(folder.path, 'a/x.log')
  const log = openRotatingLog({ path, maxBytes: 100, keep: 2 })
  for (let n = 0; n < 20; n++) log.write(Buffer.from(`${'x'.repeat(28)}${n % 10}\n`))
  log.close()
  log.write(Buffer.from('too late'))
  expect(readdirSync(join(folder.path, 'a')).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'x.log',
    'x.log.1',
    'x.log.2',
  ])
  for (const name of readdirSync(join(folder.path, 'a')))
    expect(statSync(join(folder.path, 'a', name)).size).toBeLessThanOrEqual(100)
  expect(readFileSync(path, 'utf8')).toMatch(/9\n$/)
  await folder.close()
})

test('a second opening goes on where the first ended', async () => {
  const folder = tempDir()
  const path = join(folder.path, 'x.log')
  for (const line of ['one\n', 'two\n']) {
    const log = openRotatingLog({ path })
    log.write(Buffer.from(line))
    log.close()
  }
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  await folder.close()
})
