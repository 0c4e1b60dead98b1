import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const place = join(import.meta.dirname, '..')

test('the README lists every error code and no other', () => {
  const codes = readFileSync(join(place, 'src/error.ts'), 'utf8').match(/'DAQ_[A-Z_]+'/g) ?? []
  const listed = readFileSync(join(place, 'README.md'), 'utf8').match(/(?<=^\| `)DAQ_[A-Z_]+/gm) ?? []
  expect(listed.toSorted()).toEqual([...new Set(codes)].map((code) => code.replaceAll("'", '')).toSorted())
})
