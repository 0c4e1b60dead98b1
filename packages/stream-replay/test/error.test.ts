import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replayErrorCodes } from '../src/error.ts'
import { replayConfig } from '../src/config.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

test('the README lists the error codes', () => {
  const listed = [...readme.matchAll(/^\| `(REPLAY_[A-Z_]+)` \|/gm)].map((match) => match[1])
  expect(new Set(listed)).toEqual(new Set(replayErrorCodes))
})

test('the README lists the configuration', () => {
  const listed = [...readme.matchAll(/^\| `replay\.([a-z_]+)` \|/gm)].map((match) => match[1])
  expect(listed).toEqual(Object.keys(replayConfig.fields))
})
