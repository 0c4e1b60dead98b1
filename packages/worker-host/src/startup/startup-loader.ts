import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { WorkerHostError } from '../error.ts'
import type { WorkerStartup } from '../worker-spec.ts'
import { startupModuleScheme, type ModuleHooks } from './module-hooks.ts'
import type { Namespace } from './namespace.ts'
import { startupFailed } from './startup-error.ts'

/** What user code exports as `setup`: called after all files are loaded, with the engine and all names. */
type SetupFunction = (engine: unknown, namespace: Record<string, unknown>) => unknown

export interface SetupStep {
  readonly path: string
  readonly setup: SetupFunction
}

export interface StartupFile {
  /** What error texts call it. */
  readonly path: string
  /** What `import()` takes. */
  readonly specifier: string
  /** What lists show as the module of its names. */
  readonly module: string
}

/** Where relative imports of scripts, and the working directory, start. null: nowhere of its own. */
export function startupRoot(startup: WorkerStartup): string | null {
  const path = startup.path ?? demoFolder()
  if (path === null) return null
  switch (startup.kind) {
    case 'demo':
    case 'dir':
      return path
    case 'script':
      return dirname(path)
    case 'module':
      return isModuleFile(path) ? dirname(path) : null
  }
}

/** The files to load, in order. Throws WORKER_STARTUP_FAILED where the source is not there. */
export function startupFiles(startup: WorkerStartup): readonly StartupFile[] {
  switch (startup.kind) {
    case 'demo': {
      const folder = startup.path ?? demoFolder()
      return folder === null ? [] : filesOfFolder(folder)
    }
    case 'dir':
      return filesOfFolder(startup.path)
    case 'script':
      return [fileOf(startup.path)]
    case 'module':
      if (isModuleFile(startup.path)) return [fileOf(startup.path)]
      return [{ path: startup.path, specifier: startupModuleScheme + startup.path, module: startup.path }]
  }
}

/** Imports the files into the namespace. Returns the `setup` functions, in order. */
export async function loadStartupFiles(
  files: readonly StartupFile[],
  namespace: Namespace,
): Promise<readonly SetupStep[]> {
  const steps: SetupStep[] = []
  for (const file of files) {
    try {
      const exports = (await import(file.specifier)) as Record<string, unknown>
      namespace.add(exports, file.module)
      if (typeof exports['setup'] === 'function') {
        steps.push({ path: file.path, setup: exports['setup'] as SetupFunction })
      }
    } catch (error) {
      throw await startupFailed(file.path, error)
    }
  }
  return steps
}

export async function runSetup(
  steps: readonly SetupStep[],
  engine: unknown,
  namespace: Namespace,
): Promise<void> {
  for (const step of steps) {
    try {
      await step.setup(engine, namespace.values)
    } catch (error) {
      throw await startupFailed(step.path, error)
    }
  }
}

/** Tells user code folders to the module loader. */
export function declareRoots(startup: WorkerStartup, hooks: ModuleHooks): void {
  const root = startupRoot(startup)
  if (root !== null) hooks.addRoot(root)
}

/** The demo beamline that comes with the product, where it is there. */
function demoFolder(): string | null {
  const folder = fileURLToPath(new URL('../../../../examples/startup', import.meta.url))
  return existsSync(folder) ? folder : null
}

const startupExtensions = new Set(['.ts', '.js', '.mjs'])

function filesOfFolder(folder: string): readonly StartupFile[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw missing(folder, 'folder')
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => startupExtensions.has(extname(name)) && !/^[._]|\.d\.ts$|\.test\.\w+$/.test(name))
    .toSorted()
    .map((name) => fileOf(join(folder, name)))
}

function fileOf(path: string): StartupFile {
  if (!existsSync(path)) throw missing(path, 'file')
  return { path, specifier: pathToFileURL(path).href, module: basename(path, extname(path)) }
}

function isModuleFile(name: string): boolean {
  return name.startsWith('/') || name.startsWith('.')
}

function missing(path: string, what: string): WorkerHostError {
  return new WorkerHostError({
    code: 'WORKER_STARTUP_FAILED',
    message: `the startup ${what} ${path} does not exist`,
    fault: 'caller',
    remedy: 'Correct startup_dir, startup_script or startup_module in the configuration.',
  })
}
