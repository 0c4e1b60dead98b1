import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { facilityConfig, logConfig, opsConfig } from '@beamtime/service-kit'
import { tempDir, type TempDir } from '@beamtime/service-kit/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bootstrapServers, defaultBrokerListen } from '../../src/config/bus-address.ts'
import { allSections } from '../../src/config/all-sections.ts'
import { loadConfig, type Config } from '../../src/config/load-config.ts'
import { defaultControl, defaultInfo, queueAccess } from '../../src/config/queue-access.ts'
import { queueCatalogs } from '../../src/config/queue-catalogs.ts'
import { queueNames } from '../../src/config/queue-names.ts'
import { sectionNames } from '../../src/config/section-names.ts'

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

function load(text: string, environment: NodeJS.ProcessEnv = {}): Config {
  return loadConfig({ config: write('beamtime.toml', text), environment, cwd: folder.path })
}

function failureOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return 'no failure'
}

test('no file and an empty file give the defaults', () => {
  const environment = { XDG_CONFIG_HOME: folder.path }
  for (const config of [loadConfig({ environment, cwd: folder.path }), load('')]) {
    expect(config.dataDir).toBe(join(folder.path, 'beamtime-data'))
    expect(config.read(facilityConfig).instrument_id).toBe('demo')
    expect(queueNames(config)).toEqual(['main'])
    expect(queueCatalogs(config)).toEqual([
      { queue: 'main', topic: 'demo.bluesky.documents', catalog: 'demo-bluesky' },
    ])
    expect(bootstrapServers(config)).toEqual(['127.0.0.1:9092'])
  }
})

test('the option wins over the environment, the environment over the folder, the folder over the home', () => {
  const name = (file: string): string => `[facility]\nname = "${file}"\n`
  const home = join(folder.path, 'home')
  mkdirSync(join(home, 'beamtime'), { recursive: true })
  write('home/beamtime/config.toml', name('home'))
  const nameOf = (options: { config?: string; BEAMTIME_CONFIG?: string }): string =>
    loadConfig({
      config: options.config,
      environment: { XDG_CONFIG_HOME: home, BEAMTIME_CONFIG: options.BEAMTIME_CONFIG },
      cwd: folder.path,
    }).read(facilityConfig).name
  expect(nameOf({})).toBe('home')
  write('beamtime.toml', name('folder'))
  expect(nameOf({})).toBe('folder')
  const environment = write('env.toml', name('environment'))
  expect(nameOf({ BEAMTIME_CONFIG: environment })).toBe('environment')
  write('option.toml', name('option'))
  expect(nameOf({ BEAMTIME_CONFIG: environment, config: 'option.toml' })).toBe('option')
})

test('a file that is not there is told with its path', () => {
  expect(failureOf(() => loadConfig({ config: '/no/such.toml', environment: {} }))).toBe(
    'CONFIG_UNREADABLE: /no/such.toml cannot be read (ENOENT)',
  )
})

test('broken TOML is one message with file, line and column', () => {
  expect(failureOf(() => load('[facility]\nname = "x\n'))).toMatch(
    /beamtime\.toml:2:\d+ TOML: .+, correct this line$/,
  )
})

test('problems have the place of their key', () => {
  const config = load('[log]\nformat = "text"\nlevel = "loud"\nfomat = 1\n')
  const text = failureOf(() => config.read(logConfig))
  expect(text).toContain(`${join(folder.path, 'beamtime.toml')}:3:1 log.level: unknown value "loud"`)
  expect(text).toContain(':4:1 log.fomat: unknown key, did you mean format?')
})

test('included files are merged, relative to the including file', () => {
  mkdirSync(join(folder.path, 'more'))
  write('more/a.toml', 'include = "b.toml"\n[facility]\ninstrument = "1-A"\n')
  write('more/b.toml', '[log]\nlevel = "debug"\n')
  const config = load('include = ["more/a.toml"]\n[facility]\nname = "x"\n')
  expect(config.read(facilityConfig)).toMatchObject({ name: 'x', instrument: '1-A' })
  expect(config.read(logConfig).level).toBe('debug')
  expect(config.files).toHaveLength(3)
  expect(config.locate(['log', 'level'])).toEqual({
    file: join(folder.path, 'more/b.toml'),
    line: 2,
    column: 1,
  })
})

test('a key in two files is an error that names both places', () => {
  write('a.toml', '\n[facility]\nname = "y"\n')
  const text = failureOf(() => load('include = ["a.toml"]\n[facility]\nname = "x"\n'))
  expect(text).toContain(
    `${join(folder.path, 'a.toml')}:3:1 facility.name: also given in ${join(folder.path, 'beamtime.toml')}:3`,
  )
})

test('a file that includes itself is refused', () => {
  expect(failureOf(() => load('include = ["beamtime.toml"]\n'))).toContain('includes itself')
})

test('BEAMTIME__SECTION__KEY overrides the file with the type of the key', () => {
  const config = load('[queue.main]\nencoding = "json"\n[ops]\nshutdown_s = 5\n', {
    BEAMTIME__OPS__SHUTDOWN_S: '7.5',
    BEAMTIME__QUEUE__MAIN__CONTROL: 'tcp://127.0.0.1:7',
    BEAMTIME__FACILITY__METADATA: '{"a": 1}',
    BEAMTIME__BUS__BOOTSTRAP_SERVERS: 'a:1,b:2',
    BEAMTIME_CONFIG: '',
  })
  expect(config.read(opsConfig).shutdown_s).toBe(7.5)
  expect(queueAccess(config, 'main').control).toBe('tcp://127.0.0.1:7')
  expect(config.read(facilityConfig).metadata).toEqual({ a: 1 })
  expect(bootstrapServers(config)).toEqual(['a:1', 'b:2'])
})

test('a problem with a value of the environment names the variable', () => {
  const text = failureOf(() => load('', { BEAMTIME__LOG__LEVEL: 'loud' }).read(logConfig))
  expect(text).toContain('BEAMTIME__LOG__LEVEL log.level: unknown value "loud"')
})

test('data and paths are relative to the folder of the file, the option to where one stands', () => {
  const config = load('[paths]\ndata = "d"\n')
  expect(config.dataDir).toBe(join(folder.path, 'd'))
  expect(config.resolvePath('startup')).toBe(join(folder.path, 'startup'))
  const other = loadConfig({
    config: join(folder.path, 'beamtime.toml'),
    data: 'e',
    environment: {},
    cwd: '/srv',
  })
  expect(other.dataDir).toBe('/srv/e')
})

test('several queues have topics and catalogs of their own, and store.topic_map decides', () => {
  const config = load(
    '[facility]\ninstrument_id = "7bm"\n[queue.main]\n[queue.side]\n[store]\ntopic_map = { "7bm.side.bluesky.documents" = "side_runs" }\n',
  )
  expect(queueCatalogs(config)).toEqual([
    { queue: 'main', topic: '7bm.bluesky.documents', catalog: '7bm-bluesky' },
    { queue: 'side', topic: '7bm.side.bluesky.documents', catalog: 'side_runs' },
  ])
})

test('an address on all interfaces is reached through loopback', () => {
  const config = load('[broker]\nlisten = "0.0.0.0:9093"\n[queue.main]\ncontrol = "tcp://*:1"\n')
  expect(bootstrapServers(config)).toEqual(['127.0.0.1:9093'])
  expect(queueAccess(config, 'main').control).toBe('tcp://127.0.0.1:1')
})

test('beside an address for others, services of this machine come in through loopback', () => {
  const config = load('[broker]\nlisten = ["10.0.0.5:9092", "127.0.0.1:9092"]\n')
  expect(bootstrapServers(config)).toEqual(['127.0.0.1:9092'])
})

test('the packaged profile reads and passes every section', () => {
  const config = loadConfig({ profile: 'demo', environment: {}, cwd: folder.path })
  expect(config.dataDir).toBe(join(folder.path, 'beamtime-data'))
  for (const section of allSections)
    expect(config.examine(section, section.name.replace('*', 'main')).problems).toEqual([])
})

test.each(['../x', 'Demo', ''])('%j is not the name of a profile', (profile) => {
  expect(failureOf(() => loadConfig({ profile, environment: {} }))).toContain('CONFIG_INVALID')
})

test('the names and defaults that light commands know are those that the packages declare', () => {
  expect(new Set(allSections.map((section) => section.name))).toEqual(new Set(sectionNames))
  const defaultOf = (section: string, key: string): unknown =>
    allSections.find((candidate) => candidate.name === section)?.fields[key]?.default
  expect(defaultOf('broker', 'listen')).toBe(defaultBrokerListen)
  expect(defaultOf('queue.*', 'control')).toBe(defaultControl)
  expect(defaultOf('queue.*', 'info')).toBe(defaultInfo)
})

test('whatever bytes the file holds, reading ends with values or with one readable error', () => {
  const whole =
    '[facility]\nname = "x"\nmetadata = { a = 1 }\n[[http.auth.providers]]\nprovider = "a"\n[log]\nlevel = "info"\n'
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(6), fc.string({ maxLength: 4 }), (at, length, insert) => {
      try {
        load(whole.slice(0, at) + insert + whole.slice(at + length)).read(facilityConfig)
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^CONFIG_/)
      }
    }),
    { numRuns: 200 },
  )
})
