import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the README lists the error codes', () => {
  const source = readFileSync(join(import.meta.dirname, '../src/error.ts'), 'utf8')
  const codes = [...source.matchAll(/'(CLI_[A-Z_]+)'/g)].map((match) => match[1])
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1])
  expect(new Set(listed)).toEqual(new Set(codes))
})
