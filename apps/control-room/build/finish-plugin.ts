import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Limits in bytes after gzip (fonts as they are); the build fails above. */
export const budgets = {
  initialScript: 260_000,
  initialStyle: 45_000,
  routeChunk: 80_000,
  allScripts: 900_000,
  fonts: 120_000,
} as const

/** What a build weighs, in bytes. */
export interface BuildWeight {
  readonly initialScript: number
  readonly initialStyle: number
  readonly largestChunk: { readonly name: string; readonly bytes: number }
  readonly allScripts: number
  readonly fonts: number
}

const compressed = new Set(['.js', '.css', '.html', '.svg', '.json', '.map'])

/** After the files are written: `.br` and `.gz` beside each text file, and the weight against the budgets. */
export function finishPlugin(outDir: string): Plugin {
  return {
    name: 'finish',
    apply: 'build',
    closeBundle() {
      compressFiles(outDir)
      const weight = weigh(outDir)
      const broken = overBudget(weight)
      if (broken.length > 0) throw new Error(`The build is over its budget: ${broken.join('; ')}`)
      this.info(describe(weight))
    },
  }
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function compressFiles(folder: string): void {
  for (const file of filesOf(folder)) {
    if (!compressed.has(extname(file)) || statSync(file).size < 256) continue
    const bytes = readFileSync(file)
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
    writeFileSync(
      `${file}.br`,
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
    )
  }
}

interface ManifestEntry {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

/** Weighs a finished build: initial = the entry with everything that it imports statically. */
export function weigh(folder: string): BuildWeight {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Record<
    string,
    ManifestEntry
  >
  const initial = new Set<string>()
  const styles = new Set<string>()
  const follow = (key: string): void => {
    const entry = manifest[key]
    if (entry === undefined || initial.has(entry.file)) return
    initial.add(entry.file)
    for (const style of entry.css ?? []) styles.add(style)
    for (const next of entry.imports ?? []) follow(next)
  }
  for (const [key, entry] of Object.entries(manifest)) if (entry.isEntry === true) follow(key)
  const gz = (name: string): number => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length
  const sum = (names: Iterable<string>): number => [...names].reduce((total, name) => total + gz(name), 0)
  const scripts = new Set(Object.values(manifest).flatMap(({ file }) => (file.endsWith('.js') ? [file] : [])))
  const chunks = [...scripts].filter((name) => !initial.has(name)).map((name) => ({ name, bytes: gz(name) }))
  const fonts = filesOf(folder).filter((file) => file.endsWith('.woff2'))
  return {
    initialScript: sum(initial),
    initialStyle: sum(styles),
    largestChunk: chunks.toSorted((a, b) => b.bytes - a.bytes)[0] ?? { name: '', bytes: 0 },
    allScripts: sum(scripts),
    fonts: fonts.reduce((total, file) => total + statSync(file).size, 0),
  }
}

/** Names of the budgets that a build breaks. */
export function overBudget(weight: BuildWeight): readonly string[] {
  const pairs: readonly (readonly [string, number, number])[] = [
    ['initial JavaScript', weight.initialScript, budgets.initialScript],
    ['initial CSS', weight.initialStyle, budgets.initialStyle],
    [`chunk ${weight.largestChunk.name}`, weight.largestChunk.bytes, budgets.routeChunk],
    ['all JavaScript', weight.allScripts, budgets.allScripts],
    ['fonts', weight.fonts, budgets.fonts],
  ]
  return pairs
    .filter(([, bytes, limit]) => bytes > limit)
    .map(([name, bytes, limit]) => `${name} ${bytes} > ${limit} bytes`)
}

function describe(weight: BuildWeight): string {
  const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`
  return [
    `initial ${kb(weight.initialScript)} script, ${kb(weight.initialStyle)} style`,
    `largest chunk ${kb(weight.largestChunk.bytes)}`,
    `all ${kb(weight.allScripts)}`,
    `fonts ${kb(weight.fonts)}`,
  ].join('; ')
}
