import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { FileEntry } from '../ui-types.ts'

const extensions = /\.(h5|hdf5|hdf|nxs|nx|cxi)$/i
/** Files that are looked at; a deeper or larger tree is listed as far as this goes. */
const maxEntries = 20_000
const maxDepth = 8

/** HDF5 files below some folders, newest first; names begin with the number of their folder when there are several. */
export async function listFiles(roots: readonly string[], limit: number): Promise<readonly FileEntry[]> {
  const found: FileEntry[] = []
  let looked = 0
  const walk = async (root: string, folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []) // a folder that is not there yet
    for (const entry of entries) {
      looked++
      if (looked > maxEntries) return
      const path = join(folder, entry.name)
      if (entry.isDirectory() && depth < maxDepth) await walk(root, path, depth + 1)
      else if (entry.isFile() && extensions.test(entry.name)) {
        const info = await stat(path).catch(() => null)
        if (info !== null)
          found.push({
            file: path,
            name: relative(root, path).split(sep).join('/'),
            bytes: info.size,
            t: Math.round(info.mtimeMs),
          })
      }
    }
  }
  for (const root of roots) await walk(root, root, 0)
  return found.toSorted((a, b) => b.t - a.t).slice(0, limit)
}
