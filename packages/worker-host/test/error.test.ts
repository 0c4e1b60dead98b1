import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { workerHostErrorCodes } from '../src/error.ts'

test('the README lists every error code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| `(WORKER_\w+)`/gm)].map((match) => match[1])
  expect(listed.toSorted()).toEqual([...workerHostErrorCodes].toSorted())
})
