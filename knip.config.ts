// What knip looks at, of what there is: it complains about patterns that match nothing.
import { globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

interface Workspace {
  readonly entry: readonly string[]
  readonly project: readonly string[]
  readonly ignore?: readonly string[]
  readonly ignoreDependencies?: readonly string[]
}

const root = import.meta.dirname

function matching(folder: string, patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => globSync(pattern, { cwd: join(root, folder) }).length > 0)
}

const entry = [
  'bench/*.ts',
  'conformance/**/*.ts',
  'test/**/*.ts',
  'example/**/*.ts',
  'src/**/*-worker.ts',
  'src/**/*.worker.ts',
]
const project = ['src/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts', 'conformance/**/*.ts']
// Fonts are named in a style sheet, plugins are found by their folder; the start-up code of the soak is what a user would write.
const more: Readonly<Record<string, Partial<Workspace>>> = {
  hdf5: { ignoreDependencies: ['h5wasm-plugins'] },
  'queue-manager': { ignore: ['conformance/soak/startup/**'] },
}

const packages = readdirSync(join(root, 'packages')).map((name): readonly [string, Workspace] => {
  const folder = `packages/${name}`
  const ignored = (more[name]?.ignore ?? []).map((pattern) => `!${pattern}`)
  return [
    folder,
    { entry: [...matching(folder, entry), ...ignored], project: matching(folder, project), ...more[name] },
  ]
})

export default {
  ignoreExportsUsedInFile: true,
  ignoreDependencies: ['oxfmt', 'oxlint', 'oxlint-tsgolint', 'axe-core'],
  ignoreBinaries: [
    'timedatectl',
    'systemd-notify',
    'cc',
    'promtool',
    'redis-server',
    'mount',
    'umount',
    'unshare',
  ],
  workspaces: {
    '.': {
      entry: ['tools/*.mjs', 'tools/peers/*.mjs', 'bin/*.mjs', 'test/**/*.ts'],
      project: ['tools/**/*.mjs', 'bin/*.mjs', 'test/**/*.ts'],
    },
    ...Object.fromEntries(packages),
    'apps/control-room': {
      entry: ['gallery/*.tsx', 'gallery/**/*.ts', 'test/**/*.{ts,tsx}', 'build/*.mjs', 'conformance/**/*.ts'],
      project: ['src/**/*.{ts,tsx}', 'gallery/**/*.{ts,tsx}'],
      ignoreDependencies: ['@fontsource-variable/jetbrains-mono'],
    },
  },
}
