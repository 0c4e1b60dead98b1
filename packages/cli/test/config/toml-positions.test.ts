import fc from 'fast-check'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { pathKey, tomlPositions } from '../../src/config/toml-positions.ts'

const text = `# comment
include = ["a.toml"]
[facility]
name = "x" # comment [not.a.table]
  metadata = { xray = "y", "quoted.key" = { deep = 1 } }
[queue.main]
control = 'tcp://1'
text = """
[facility]
name = 1
"""
[[http.auth.providers]]
provider = "a"
[[http.auth.providers]]
provider = "b"
[http.auth.providers.args]
users = ["x", { y = 1 },
  "z"]
[store]
topic_map."25idc.bluesky.documents" = "c"
`

test.each([
  [['include'], 2, 1],
  [['facility'], 3, 1],
  [['facility', 'name'], 4, 1],
  [['facility', 'metadata'], 5, 3],
  [['facility', 'metadata', 'xray'], 5, 16],
  [['facility', 'metadata', 'quoted.key', 'deep'], 5, 45],
  [['queue', 'main'], 6, 1],
  [['queue', 'main', 'control'], 7, 1],
  [['http', 'auth', 'providers', '0', 'provider'], 13, 1],
  [['http', 'auth', 'providers', '1', 'provider'], 15, 1],
  [['http', 'auth', 'providers', '1', 'args', 'users'], 17, 1],
  [['http', 'auth', 'providers', '1', 'args', 'users', '1', 'y'], 17, 17],
  [['http', 'auth', 'providers', '1', 'args', 'users', '2'], 18, 3],
  [['store', 'topic_map', '25idc.bluesky.documents'], 20, 1],
])('%j stands at %i:%i', (path, line, column) => {
  expect(tomlPositions(text).get(pathKey(path))).toEqual({ line, column })
})

function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Date) return [pathKey(path)]
  return Object.entries(value).flatMap(([name, entry]) => pathsOf(entry, [...path, name]))
}

test('every value that the parser finds has a position', () => {
  const positions = tomlPositions(text)
  for (const path of pathsOf(parse(text))) expect(positions.has(path), path).toBe(true)
})

test('damaged text is walked to its end without failing', () => {
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(10), fc.string({ maxLength: 5 }), (at, length, insert) => {
      const damaged = text.slice(0, at) + insert + text.slice(at + length)
      for (const { line, column } of tomlPositions(damaged).values()) {
        expect(line).toBeGreaterThan(0)
        expect(column).toBeGreaterThan(0)
      }
    }),
    { numRuns: 500 },
  )
})

test('any text is walked to its end', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('[', ']', '{', '}', '"', "'", '=', '.', ',', '\n', ' ', '#', 'a', '\\'),
      }),
      (any) => {
        expect(tomlPositions(any).size).toBeGreaterThanOrEqual(0)
      },
    ),
    {
      numRuns: 500,
    },
  )
})
