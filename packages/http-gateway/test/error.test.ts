import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the README lists the codes that exist, and no other', () => {
  const source = readFileSync(new URL('../src/error.ts', import.meta.url), 'utf8')
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const codes = (text: string, pattern: RegExp): string[] =>
    [...new Set([...text.matchAll(pattern)].map((one) => one[1] ?? ''))].toSorted()
  const listed = codes(readme, /^\| `(GATEWAY_\w+)`/gm)
  expect(listed).toEqual(codes(source, /^ {2}\| '(GATEWAY_\w+)'/gm))
})
