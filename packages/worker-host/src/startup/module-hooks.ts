import { registerHooks } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Imported with this in front, a bare name is looked up from the working directory, as user code of that folder would. */
export const startupModuleScheme = 'beamtime-startup:'

export interface ModuleHooks {
  /** Files below these folders are user code: their `.ts` needs no package.json and no extension in imports. */
  addRoot(folder: string): void
  /** Relative imports of a script are looked up in `root`. Modules that startup did not load are loaded afresh for `uid`. */
  addScript(script: { readonly path: string; readonly root: string; readonly uid: string }): void
  close(): void
}

interface Script {
  readonly root: string
  readonly uid: string
}

type NextResolve = (
  specifier: string,
  context?: Partial<Parameters<NonNullable<Parameters<typeof registerHooks>[0]['resolve']>>[1]>,
) => { url: string; format?: string | null | undefined; shortCircuit?: boolean | undefined }

/** Lets user code anywhere on disk import `@beamtime/*` of this product, and TypeScript without set-up. */
export function installModuleHooks(cwd: string): ModuleHooks {
  const roots: string[] = []
  const scripts = new Map<string, Script>()
  const loaded = new Set<string>()
  const product = import.meta.url
  const workingDirectory = pathToFileURL(join(cwd, 'startup.js')).href

  function resolve(
    specifier: string,
    parentURL: string | undefined,
    next: NextResolve,
  ): ReturnType<NextResolve> {
    if (specifier.startsWith(startupModuleScheme)) {
      return next(specifier.slice(startupModuleScheme.length), { parentURL: workingDirectory })
    }
    if (specifier.startsWith('@beamtime/')) {
      return firstThatExists([() => next(specifier), () => next(specifier, { parentURL: product })])
    }
    const script = parentURL === undefined ? undefined : scripts.get(parentURL)
    if (isRelative(specifier) && script !== undefined) {
      const from = pathToFileURL(join(script.root, 'script.ts')).href
      const found = resolveRelative(specifier, (name) => next(name, { parentURL: from }))
      if (loaded.has(found.url)) return found
      const fresh = `${found.url}?script=${script.uid}`
      scripts.set(fresh, { root: dirname(fileURLToPath(found.url)), uid: script.uid })
      return { ...found, url: fresh }
    }
    if (isRelative(specifier) && isUserCode(parentURL))
      return resolveRelative(specifier, (name) => next(name))
    return next(specifier)
  }

  function isUserCode(url: string | undefined): boolean {
    if (url === undefined || !url.startsWith('file:')) return false
    const path = fileURLToPath(url)
    return !path.includes(`${sep}node_modules${sep}`) && roots.some((root) => path.startsWith(root))
  }

  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = resolve(specifier, context.parentURL, nextResolve as NextResolve)
      const isScript = scripts.has(found.url)
      if (!isScript && !isUserCode(found.url)) return found
      if (!isScript) loaded.add(found.url)
      const format = /\.ts(\?|$)/.test(found.url) ? 'module-typescript' : found.format
      return { ...found, ...(format === undefined ? {} : { format }) }
    },
  })

  return {
    addRoot(folder) {
      roots.push(folder.endsWith(sep) ? folder : folder + sep)
    },
    addScript({ path, root, uid }) {
      scripts.set(pathToFileURL(path).href, { root, uid })
    },
    close() {
      hooks.deregister()
    },
  }
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('./') || specifier.startsWith('../')
}

/** As written, then with `.ts`, then with `.ts` in the place of `.js`: what editors and bundlers let people write. */
function resolveRelative<T>(specifier: string, resolve: (specifier: string) => T): T {
  const candidates = [specifier, `${specifier}.ts`, specifier.replace(/\.js$/, '.ts')]
  return firstThatExists([...new Set(candidates)].map((candidate) => () => resolve(candidate)))
}

function firstThatExists<T>(attempts: readonly (() => T)[]): T {
  let first: unknown
  for (const attempt of attempts) {
    try {
      return attempt()
    } catch (error) {
      if (!isNotFound(error)) throw error
      first ??= error
    }
  }
  throw first instanceof Error ? first : new Error('nothing to resolve')
}

function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'ERR_UNSUPPORTED_DIR_IMPORT'
}
