import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatProblem } from '@beamtime/service-kit'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import { parse } from 'smol-toml'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allSections } from '../../src/config/all-sections.ts'
import { checkConfig } from '../../src/config/check-config.ts'
import { commentedConfig } from '../../src/config/commented-config.ts'
import { effectiveConfig } from '../../src/config/effective-config.ts'
import { jsonSchema } from '../../src/config/json-schema.ts'
import { loadConfig, type Config } from '../../src/config/load-config.ts'
import { splitKey } from '../../src/config/section-tables.ts'

let folder: TempDir

beforeEach(() => {
  folder = tempDir()
})
afterEach(() => folder.close())

function load(text: string): Config {
  const path = join(folder.path, 'b.toml')
  writeFileSync(path, text)
  return loadConfig({ config: path, environment: {}, cwd: '/srv' })
}

function check(text: string): readonly string[] {
  const prefix = `${join(folder.path, 'b.toml')}:`
  return checkConfig(load(text), allSections).map((problem) => formatProblem(problem).replace(prefix, ''))
}

test('an empty file is good', () => {
  expect(check('')).toEqual([])
})

test.each([
  ['[brokr]\nx = 1', '1:1 brokr: unknown section, did you mean broker?'],
  ['x = 1', '1:1 x: unknown key, remove it'],
  ['[broker]\nlisten = "127.0.0.1:60610"', '60610'],
  [
    '[queue.a]\n[queue.b]\ncontrol = "tcp://127.0.0.1:1"\ninfo = "tcp://127.0.0.1:2"\ntopic = "demo.a.bluesky.documents"',
    'queue.b.topic: same topic as queue.a.topic',
  ],
  ['[queue.a]\ncontrol = "ipc:///x"\ninfo = "ipc:///x"', 'queue.a.info: same address as queue.a.control'],
  ['[queue.a]\n[queue.b]', 'queue.b.control: port 60615 is also the one of queue.a.control'],
  [
    '[store]\ntopic_map = { "x" = "y" }',
    'queue.main.topic: warning: store.topic_map leaves out demo.bluesky.documents',
  ],
  ['[store]\ntopic_map = { "demo.bluesky.documents" = "a/b" }', '"a/b" cannot name a database'],
  ['[http]\nlisten = "0.0.0.0:60610"', '2:1 http.listen: listens beyond this machine without a login'],
  ['[paths]\ndata = "/tmp/x"', '2:1 paths.data: /tmp/x is under'],
  ['[store]\nmode = "mango"', 'store.mode: unknown value "mango", did you mean "mongo"?'],
  [
    '[http.auth]\nsingle_user_key = "abc"',
    '2:1 http.auth.single_user_key: warning: the secret stands in the file',
  ],
])('%j is told as %s', (text, expected) => {
  expect(check(text).join('\n')).toContain(expected)
})

test('listening beyond the machine with a key is good', () => {
  expect(check('[http]\nlisten = "0.0.0.0:60610"\n[http.auth]\nsingle_user_key = "abc"')).toEqual([
    expect.stringContaining('warning'),
  ])
})

test('the file that config init writes changes nothing, and every line of it reads when it is uncommented', () => {
  const text = commentedConfig(allSections)
  expect(parse(text)).toEqual({})
  const lines = text.split('\n').map((line) => line.replace(/^#(?=\w)/, '').replace(/^# (?=\[)/, ''))
  const tree = parse(lines.join('\n'))
  expect(Object.keys(tree)).toContain('broker')
  expect(effectiveConfig(load(''), allSections, { reveal: false })).toMatchObject({ log: { level: 'info' } })
})

test('secrets are shown as stars unless they are asked for', () => {
  const config = load(
    '[http.auth]\nsingle_user_key = "abc123"\n[bus]\nsasl = { username = "u", password = "hunter2" }',
  )
  const shown = JSON.stringify(effectiveConfig(config, allSections, { reveal: false }))
  expect(shown).not.toMatch(/abc123|hunter2/)
  expect(shown).toContain('"password":"***"')
  expect(JSON.stringify(effectiveConfig(config, allSections, { reveal: true }))).toContain('hunter2')
})

test('the schema has every section with its keys', () => {
  const schema = jsonSchema(allSections) as {
    properties: Record<string, { properties: Record<string, unknown> }>
  }
  for (const section of allSections.filter((candidate) => !candidate.name.includes('.')))
    for (const key of Object.keys(section.fields))
      expect(schema.properties[section.name]?.properties[key], `${section.name}.${key}`).toBeDefined()
})

test.each([
  ['a.b', ['a', 'b']],
  ['store.topic_map."25idc.bluesky.documents"', ['store', 'topic_map', '25idc.bluesky.documents']],
  ["a.'b.c'.d", ['a', 'b.c', 'd']],
  ['a..b', null],
  ['a.', null],
  ['', null],
  ['"a', null],
])('the dotted key %j is %j', (key, path) => {
  expect(splitKey(key)).toEqual(path)
})
