import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { liveDataErrorCodes } from '../src/index.ts'

test('the README lists every error code and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  const listed = [...readme.matchAll(/^\| `(LIVEDATA_[A-Z_]+)`/gm)].map(([, code]) => code)
  expect(new Set(listed)).toEqual(new Set<string>(liveDataErrorCodes))
})
