import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { queueManagerErrorCodes } from '../src/index.ts'

test('the README lists every error code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const code of queueManagerErrorCodes) expect(readme).toContain(`| \`${code}\` |`)
})
