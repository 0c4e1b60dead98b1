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

test('what is not yet said in German is told, and shown in English', ({ annotate }) => {
  const german = new Map(leaves(de, ''))
  const missing = leaves(en, '').filter(([path]) => !german.has(path))
  const tables = Map.groupBy(missing, ([path]) => path.split('.', 1)[0] ?? '')
  for (const [table, lacking] of tables)
    void annotate(`${table} lacks ${lacking.map(([path]) => path.slice(table.length + 1)).join(', ')}`)
  expect(missing.length).toBeLessThan(leaves(en, '').length / 2)
})
