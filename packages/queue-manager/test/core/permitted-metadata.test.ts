import { expect, test } from 'vitest'
import { permittedMetadata } from '../../src/core/methods/engine-methods.ts'

const metadata = { a: { b: 1, c: { d: 2 } }, e: 3 }

test.each([
  [['/'], metadata],
  [['/e'], { e: 3 }],
  [['/a/b/'], { a: { b: 1 } }],
  [['/a/b', '/a/c', '/x/y', '/e/f'], { a: { b: 1, c: { d: 2 } } }],
  [[], {}],
])('the paths %j permit %j', (paths, permitted) => {
  expect(permittedMetadata(metadata, paths)).toEqual(permitted)
})
