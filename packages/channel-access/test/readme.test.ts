import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { caErrorCodes } from '../src/index.ts'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')

test('the README lists every error code with its fault and remedy, and no other', () => {
  const rows = Array.from(
    readme.matchAll(/^\| `(CA_[A-Z_]+)` \| (\w+) \| (\w+) \| (.+) \|$/gm),
    ([, ...cells]) => cells,
  )
  const codes = Object.entries(caErrorCodes).map(([code, [fault, canRetry, remedy]]) => [
    code,
    fault,
    canRetry ? 'yes' : 'no',
    remedy,
  ])
  expect(rows).toEqual(codes)
})
