import type { RecordedRun } from './recorded-runs.ts'

const mostSuggestions = 20
const firstName = 'by-hand-0001.h5'

interface NameParts {
  readonly stem: string
  /** Empty where it has none before its suffix. */
  readonly number: string
  readonly suffix: string
}

function partsOf(name: string): NameParts {
  const suffix = /\.[A-Za-z]\w*$/.exec(name)?.[0] ?? ''
  const whole = name.slice(0, name.length - suffix.length)
  const number = /\d+$/.exec(whole)?.[0] ?? ''
  return { stem: whole.slice(0, whole.length - number.length), number, suffix }
}

/** The name with its last number one higher, as many digits as before; with a number where it has none. */
export function nextName(name: string): string {
  const { stem, number, suffix } = partsOf(name)
  if (number === '') return `${stem}-0002${suffix}`
  return `${stem}${String(Number(number) + 1).padStart(number.length, '0')}${suffix}`
}

/** The next file by hand: after the last one of the folder that is not there yet. */
export function nextFile(folder: string, taken: ReadonlySet<string>): string {
  let name = firstName
  // As many tries as there are files, at most.
  for (let tries = 0; tries <= taken.size && taken.has(`${folder}/${name}`); tries++) name = nextName(name)
  return `${folder}/${name}`
}

/** What a path that is typed may become: folders that have files, and names that follow those there are. */
export function pathSuggestions(
  typed: string,
  { files, folder }: { readonly files: readonly string[]; readonly folder: string },
): readonly string[] {
  const taken = new Set(files)
  const folders = new Set([folder, ...files.map(folderOf)])
  const names = Array.from(folders, (one) => nextFile(one, taken))
  const series = lastOfSeries(files).map(nextName)
  return [...new Set([...names, ...series])]
    .filter((path) => path.startsWith(typed) && path !== typed && !taken.has(path))
    .toSorted((a, b) => a.localeCompare(b))
    .slice(0, mostSuggestions)
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Of files that differ by their last number, the one with the highest. */
function lastOfSeries(files: readonly string[]): readonly string[] {
  const last = new Map<string, { readonly number: number; readonly file: string }>()
  for (const file of files) {
    const { stem, number, suffix } = partsOf(file)
    if (number === '') continue
    const series = `${stem} ${suffix}`
    if (Number(number) >= (last.get(series)?.number ?? 0)) last.set(series, { number: Number(number), file })
  }
  return Array.from(last.values(), ({ file }) => file)
}

/** Paths of what the detector wrote and of the files below the roots. */
export function knownFiles(runs: readonly RecordedRun[], found: readonly string[]): readonly string[] {
  return [...new Set([...runs.map(({ file }) => file), ...found])]
}
