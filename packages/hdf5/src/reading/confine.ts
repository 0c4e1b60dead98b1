import fs from 'node:fs'
import { sep } from 'node:path'

/** Whether a real path lies in one of the folders. */
export function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep),
  )
}

/**
 * From now on the HDF5 library of this thread opens files below `folders` only: external links, virtual datasets and external raw
 * data of a file may name any path. The thread's own copy of `fs` is changed, so nothing else is.
 */
export function confineOpens(folders: readonly string[]): void {
  const open = fs.openSync
  fs.openSync = (path, flags, mode) => {
    if (typeof path === 'string') {
      let real = path
      try {
        real = fs.realpathSync(path)
      } catch {
        // not there: opening says so
      }
      if (!isBelow(real, folders))
        throw Object.assign(new Error(`EACCES: ${path}`), { code: 'EACCES', errno: -13 })
    }
    return open(path, flags, mode)
  }
}

/** The library of this thread writes its error stacks to the console besides throwing them: those writes are dropped. */
export function silenceConsole(): void {
  const write = fs.writeSync as (fd: number, ...rest: unknown[]) => number
  fs.writeSync = ((fd: number, ...rest: unknown[]) => {
    if (fd > 2) return write(fd, ...rest)
    const [text, , length] = rest
    return typeof length === 'number' ? length : String(text).length
  }) as typeof fs.writeSync
}
