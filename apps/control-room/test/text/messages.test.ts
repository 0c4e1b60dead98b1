import { expect, test } from 'vitest'
import { de } from '../../src/text/messages-de.ts'
import { en } from '../../src/text/messages-en.ts'

function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`))
}

test('every German text has an English one of the same kind', () => {
  const english = new Map(leaves(en, ''))
  for (const [path, text] of leaves(de, '')) expect(typeof english.get(path), path).toBe(typeof text)
})

test('no text is empty', () => {
  const empty = leaves(en, '').filter(([, text]) => text === '')
  expect(empty).toEqual([])
})
