import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { workerHostErrorCodes } from '../src/error.ts'

test('the README lists every error code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| `(WORKER_\w+)`/gm)].map((match) => String(match[1]))
  const byText = (a: string, b: string): number => a.localeCompare(b)
  expect(listed.toSorted(byText)).toEqual([...workerHostErrorCodes].toSorted(byText))
})
