import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNamespace } from '../../src/startup/namespace.ts'
import { loadStartupFiles, runSetup, startupFiles, startupRoot } from '../../src/startup/startup-loader.ts'

let folder: TempDir

beforeEach(() => {
  folder = tempDir()
})

afterEach(() => folder.close())

function write(name: string, text: string): string {
  const path = join(folder.path, name)
  writeFileSync(path, text)
  return path
}

test('files of a folder are loaded by name; declarations, tests, hidden and private files are not', () => {
  for (const name of [
    'b.ts',
    'a.js',
    'c.mjs',
    'c.d.ts',
    'a.test.ts',
    '.hidden.ts',
    '_private.ts',
    'notes.md',
  ])
    write(name, '')
  mkdirSync(join(folder.path, 'sub.ts'))
  const names = startupFiles({ kind: 'dir', path: folder.path }).map(({ module }) => module)
  expect(names).toEqual(['a', 'b', 'c'])
})

test('later files win and the shadowed name is told; default and setup are no names', async () => {
  write('a.js', 'export const x = 1; export const y = 1; export default 3')
  write('b.js', 'export const x = 2; export function setup(RE, names) { names.z = names.x + RE.n }')
  const shadowed: string[] = []
  const namespace = createNamespace((name, by) => shadowed.push(`${name} by ${by}`))
  const steps = await loadStartupFiles(startupFiles({ kind: 'dir', path: folder.path }), namespace)
  await runSetup(steps, { n: 40 }, namespace)
  expect(namespace.values).toEqual(Object.assign(Object.create(null), { x: 2, y: 1, z: 42 }))
  expect(shadowed).toEqual(['x by b'])
  expect(namespace.moduleOf('x')).toBe('b')
})

test('a file that throws is named with its text', async () => {
  const path = write('a.js', 'export const x = nothing.at.all')
  const loading = loadStartupFiles(
    startupFiles({ kind: 'script', path }),
    createNamespace(() => undefined),
  )
  await expect(loading).rejects.toMatchObject({
    code: 'WORKER_STARTUP_FAILED',
    reason: `Error while executing script '${path}': nothing is not defined`,
    traceback: expect.stringContaining('ReferenceError') as string,
  })
})

test('a source that is not there is a readable error', () => {
  expect(() => startupFiles({ kind: 'dir', path: '/nowhere' })).toThrow(
    /the startup folder \/nowhere does not exist/,
  )
  expect(() => startupFiles({ kind: 'script', path: '/nowhere.ts' })).toThrow(/startup file/)
})

test('the working directory of user code is its folder', () => {
  expect(startupRoot({ kind: 'dir', path: '/a/b' })).toBe('/a/b')
  expect(startupRoot({ kind: 'script', path: '/a/b/c.ts' })).toBe('/a/b')
  expect(startupRoot({ kind: 'module', path: 'haven' })).toBeNull()
})
