import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { storeConfig, storeErrorCodes } from '../src/index.ts'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')

test('the README lists every error code and no other', () => {
  expect([...new Set(readme.match(/\bSTORE_[A-Z_]+\b/g))].toSorted()).toEqual(storeErrorCodes.toSorted())
})

test('the README lists every key of the configuration', () => {
  for (const key of Object.keys(storeConfig.fields)) expect(readme).toContain(`| \`${key}\` |`)
})
