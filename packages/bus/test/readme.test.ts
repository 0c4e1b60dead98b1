import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { busConfig, busErrorCodes } from '../src/index.ts'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')

test('the README lists every error code, no more', () => {
  const listed = new Set(readme.match(/`BUS_[A-Z_]+`/g)?.map((code) => code.slice(1, -1)))
  expect(listed).toEqual(new Set<string>(busErrorCodes))
})

test('the README lists every key of the configuration with its default', () => {
  for (const [key, field] of Object.entries(busConfig.fields)) {
    expect(readme).toContain(`| \`bus.${key}\` | \`${JSON.stringify(field.default)}\``)
  }
})
