import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

const launcher = join(import.meta.dirname, '../../../bin/beamtime.mjs')
let folder: TempDir

beforeEach(() => {
  folder = tempDir()
})
afterEach(() => folder.close())

interface Output {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function beamtime(...args: readonly string[]): Promise<Output> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: folder.path,
      env: { ...process.env, BEAMTIME_CONFIG: '', XDG_CONFIG_HOME: folder.path },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.once('close', (code) => resolve({ code, out, err }))
  })
}

test('the version is that of the package', async () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string
  }
  expect(await beamtime('--version')).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' })
})

test.each([
  [['frob'], "unknown command 'frob'"],
  [['status', '--frob'], "unknown option '--frob'"],
  [['restart'], "missing required argument 'role'"],
  [['topic', 'consume', 't', '--from', 'x'], 'no place in a topic'],
  [['runs', 'list', '-n', 'x'], 'is not 1 to 1000'],
])('misuse %j ends with 2 and says what is wrong', async (args, text) => {
  const { code, err } = await beamtime(...args)
  expect(err).toContain(text)
  expect(code).toBe(2)
})

test('every command has help with an example', async () => {
  const { out } = await beamtime('queue', '--help')
  const names = [...out.matchAll(/^ {2}([a-z-]+)/gm)]
    .map((match) => match[1])
    .filter((name) => name !== 'help')
  expect(names).toContain('add')
  for (const name of ['add', 'list', 'env']) expect((await beamtime('queue', name, '--help')).code).toBe(0)
  expect((await beamtime('queue', 'add', '--help')).out).toContain(
    'beamtime queue add scan det motor -1 1 21',
  )
})

test('without a platform the commands say so in one line with the remedy', async () => {
  expect(await beamtime('status')).toMatchObject({
    code: 1,
    out: expect.stringContaining('beamtime up') as string,
  })
  const down = await beamtime('down')
  expect(down).toMatchObject({ code: 1, out: '' })
  expect(down.err).toMatch(/^beamtime: no platform runs on .*; start it with `beamtime up`.*\n$/)
  expect(JSON.parse((await beamtime('status', '--json')).out)).toMatchObject({ running: false, services: [] })
})

test('with --json a failure is an object with code and remedy', async () => {
  const { err, code } = await beamtime('down', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'CLI_NOT_RUNNING' } })
})

test('config get prints bare values, 3 for a missing key, and the default that was given', async () => {
  writeFileSync(
    join(folder.path, 'beamtime.toml'),
    '[facility]\nname = "x y"\n[store]\ntopic_map = { "demo.bluesky.documents" = "c" }\n',
  )
  expect(await beamtime('config', 'get', 'facility.name')).toMatchObject({ code: 0, out: 'x y\n' })
  expect(await beamtime('config', 'get', 'store.topic_map."demo.bluesky.documents"')).toMatchObject({
    out: 'c\n',
  })
  expect(await beamtime('config', 'get', 'facility.nam')).toMatchObject({ code: 3, out: '' })
  expect(await beamtime('config', 'get', 'facility.nam', '--default', 'z')).toMatchObject({
    code: 0,
    out: 'z\n',
  })
}, 60_000) // four processes

test('config check tells errors with 1 and an unreadable file with 2', async () => {
  writeFileSync(join(folder.path, 'b.toml'), '[broker]\nlisen = "x"\n')
  const wrong = await beamtime('config', 'check', '--config', 'b.toml')
  expect(wrong).toMatchObject({
    code: 1,
    err: `${join(folder.path, 'b.toml')}:2:1 broker.lisen: unknown key, did you mean listen?\n`,
  })
  expect(await beamtime('config', 'check', '--config', 'none.toml')).toMatchObject({ code: 2 })
  expect(await beamtime('config', 'check')).toMatchObject({ code: 0 })
})

test('config init writes a file that is good, and does not overwrite one', async () => {
  expect(await beamtime('config', 'init')).toMatchObject({ code: 0 })
  expect(await beamtime('config', 'init')).toMatchObject({ code: 1 })
  expect(await beamtime('config', 'check')).toMatchObject({ code: 0 })
})

test('a service with a wrong configuration ends with 78 and one message', async () => {
  writeFileSync(join(folder.path, 'beamtime.toml'), '[broker]\nlisen = "x"\nnode_id = "y"\n')
  const { code, err } = await beamtime('broker')
  expect(code).toBe(78)
  expect(err.trim().split('\n')).toHaveLength(2)
})
