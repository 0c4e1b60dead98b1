import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { CompatError } from './compat-error.ts'
import { expandHome } from './home-path.ts'
import type { ManagerOptions } from './manager-options.ts'
import type { YamlValues } from './manager-yaml.ts'

export type WorkerKind = 'native' | 'python'

/** Which startup code is loaded, and by which worker. Paths are absolute. */
export interface StartupChoice {
  readonly worker: WorkerKind
  readonly dir: string | null
  readonly module: string | null
  readonly script: string | null
  readonly profile: string | null
  readonly ipythonDir: string | null
  /** Where lists and permissions lie unless said otherwise; null = nowhere. */
  readonly folder: string | null
  readonly demo: boolean
}

export interface StartupSources {
  readonly options: ManagerOptions
  readonly yaml: YamlValues
  /** `--worker`; null = decided by the startup code. */
  readonly forced: string | null
  readonly pythonDemo: () => string | null
  readonly ipythonDir: string | undefined
}

interface Named {
  readonly dir: string | null
  readonly module: string | null
  readonly script: string | null
  readonly profile: string | null
  readonly ipythonDir: string | null
}

/** Throws CompatError for sources that exclude each other. */
export function startupChoice(sources: StartupSources): StartupChoice {
  const file = located(fromYaml(sources.yaml), 'config file', sources.ipythonDir)
  const line = located(fromOptions(sources.options), 'CLI parameters', sources.ipythonDir)
  const code = [line.dir, line.module, line.script].some((value) => value !== null) ? line : file
  const { dir, module, script } = code
  const profile = line.profile ?? file.profile
  const ipythonDir = line.ipythonDir ?? file.ipythonDir
  const forced = workerKind(sources.forced)
  if (dir === null && module === null && script === null) {
    return { ...demoChoice(forced ?? 'native', sources.pythonDemo), module, script, profile, ipythonDir }
  }
  const worker = forced ?? workerFor({ dir, module, script })
  const fallback =
    profile !== null || ipythonDir !== null ? profileFolder(profile, ipythonDir, sources.ipythonDir) : null
  return { worker, dir, module, script, profile, ipythonDir, folder: dir ?? fallback, demo: false }
}

function workerKind(value: string | null): WorkerKind | null {
  if (value === null || value === 'native' || value === 'python') return value
  throw new CompatError(`Worker '${value}' is not known. Choose 'native' or 'python'.`)
}

function demoChoice(
  worker: WorkerKind,
  pythonDemo: StartupSources['pythonDemo'],
): Pick<StartupChoice, 'worker' | 'dir' | 'folder' | 'demo'> {
  const dir = worker === 'python' ? pythonDemo() : null
  return { worker, dir, folder: dir, demo: true }
}

function fromOptions(options: ManagerOptions): Named {
  const text = (
    name: 'startup_dir' | 'startup_module' | 'startup_script' | 'startup_profile' | 'ipython_dir',
  ): string | null => {
    const value = options[name]
    return typeof value === 'string' ? value : null
  }
  return {
    dir: text('startup_dir'),
    module: text('startup_module'),
    script: text('startup_script'),
    profile: text('startup_profile'),
    ipythonDir: text('ipython_dir'),
  }
}

function fromYaml(yaml: YamlValues): Named {
  const text = (key: keyof YamlValues): string | null => {
    const value = yaml[key]
    return typeof value === 'string' ? value : null
  }
  return {
    dir: text('startup/startup_dir'),
    module: text('startup/startup_module'),
    script: text('startup/startup_script'),
    profile: text('startup/startup_profile'),
    ipythonDir: text('startup/ipython_dir'),
  }
}

/** One source with absolute paths; a profile becomes its startup folder. */
function located(named: Named, where: string, ipythonHome: string | undefined): Named {
  const { dir, module, script, profile, ipythonDir } = named
  const ambiguous = (keys: Readonly<Record<string, string | null>>): CompatError => {
    const shown = Object.entries(keys).map(
      ([key, value]) => `${key}=${value === null ? 'None' : `'${value}'`}`,
    )
    return new CompatError(
      `Ambiguous location of startup code is specified in the ${where}: ${shown.join(' ')}`,
    )
  }
  if (dir !== null && (profile !== null || ipythonDir !== null)) {
    throw ambiguous({ startup_dir: dir, startup_profile: profile, ipython_dir: ipythonDir })
  }
  if ([dir, module, script].filter((value) => value !== null).length > 1) {
    throw ambiguous({ startup_dir: dir, startup_module: module, startup_script: script })
  }
  const folder =
    module !== null || script !== null
      ? null
      : dir !== null
        ? resolve(expandHome(dir))
        : profile !== null || ipythonDir !== null
          ? profileFolder(profile, ipythonDir, ipythonHome)
          : null
  return {
    dir: folder,
    module,
    script: script === null ? null : resolve(expandHome(script)),
    profile,
    ipythonDir,
  }
}

function profileFolder(profile: string | null, ipythonDir: string | null, home: string | undefined): string {
  const root = ipythonDir ?? home ?? join(homedir(), '.ipython')
  return resolve(expandHome(root), `profile_${profile ?? 'default'}`, 'startup')
}

const native = new Set(['.ts', '.mts', '.js', '.mjs'])
const python = new Set(['.py', '.ipy'])

/** Python startup code is loaded by the Python worker, everything else by the native one. */
function workerFor({ dir, module, script }: Pick<Named, 'dir' | 'module' | 'script'>): WorkerKind {
  if (script !== null) return native.has(extname(script)) ? 'native' : 'python'
  if (module !== null) return native.has(extname(module)) || module.includes('/') ? 'native' : 'python'
  const names = dir !== null && existsSync(dir) ? readdirSync(dir) : []
  if (names.some((name) => python.has(extname(name)))) return 'python'
  return names.some((name) => native.has(extname(name))) ? 'native' : 'python'
}
