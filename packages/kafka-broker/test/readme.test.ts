import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { apiTable } from '../src/handlers/api-table.ts'
import { brokerConfig, brokerErrorCodes, registryConfig } from '../src/index.ts'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')

test('the README lists every error code, no more', () => {
  const listed = new Set(readme.match(/`BROKER_[A-Z_]+`/g)?.map((code) => code.slice(1, -1)))
  expect(listed).toEqual(new Set<string>(brokerErrorCodes))
})

test('the README lists every key of the configuration with its default', () => {
  for (const section of [brokerConfig, registryConfig]) {
    for (const [key, field] of Object.entries(section.fields)) {
      expect(readme).toContain(`| \`${section.name}.${key}\` | \`${JSON.stringify(field.default)}\``)
    }
  }
})

test('the README lists every API', () => {
  for (const { name } of apiTable) expect(readme).toContain(`| ${name} |`)
})
