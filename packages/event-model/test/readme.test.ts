import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventModelErrorCodes } from '../src/index.ts'

test('the README lists every error code and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  const listed = new Set(readme.match(/\bEVENT_MODEL_[A-Z_]+\b/g))
  expect([...listed].toSorted()).toEqual(eventModelErrorCodes.toSorted())
})
