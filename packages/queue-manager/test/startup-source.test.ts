import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { startupSource, type StartupKeys } from '../src/startup-source.ts'

const none: StartupKeys = {
  startup_dir: '',
  startup_module: '',
  startup_script: '',
  startup_profile: '',
  ipython_dir: '',
}

afterEach(() => {
  vi.unstubAllEnvs()
})

test('without a source the demo is loaded', () => {
  expect(startupSource(none, 'main')).toEqual({ startup: { kind: 'demo' }, folder: null })
})

test('a profile is the startup folder below its IPython folder', () => {
  const path = '/beam/.ipython/profile_alignment/startup'
  expect(
    startupSource({ ...none, startup_profile: 'alignment', ipython_dir: '/beam/.ipython' }, 'main'),
  ).toEqual({ startup: { kind: 'dir', path }, folder: path })
})

test('an IPython folder alone means its default profile', () => {
  const { folder } = startupSource({ ...none, ipython_dir: '/beam/.ipython' }, 'main')
  expect(folder).toBe('/beam/.ipython/profile_default/startup')
})

test('profiles lie where IPYTHONDIR says, else in the home folder', () => {
  const folder = (): string | null => startupSource({ ...none, startup_profile: 'a' }, 'main').folder
  vi.stubEnv('IPYTHONDIR', '/shared/ipython')
  expect(folder()).toBe('/shared/ipython/profile_a/startup')
  vi.stubEnv('IPYTHONDIR', '')
  expect(folder()).toBe(join(homedir(), '.ipython/profile_a/startup'))
})

test('beside a module a profile tells where imports of uploaded scripts start', () => {
  const keys = { ...none, startup_module: 'beamline.startup', startup_profile: 'a', ipython_dir: '/beam' }
  expect(startupSource(keys, 'main')).toEqual({
    startup: { kind: 'module', path: 'beamline.startup', root: '/beam/profile_a/startup' },
    folder: null,
  })
})

test.each([
  { startup_dir: '/a', startup_module: 'b' },
  { startup_dir: '/a', startup_profile: 'b' },
  { startup_module: 'a', startup_script: '/b.py' },
])('two sources are refused: %o', (keys) => {
  expect(() => startupSource({ ...none, ...keys }, 'main')).toThrow(/QUEUE_STARTUP_AMBIGUOUS/)
})
