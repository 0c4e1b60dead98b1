import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface RotatingLog {
  write(chunk: Uint8Array): void
  close(): void
}

export interface RotatingLogOptions {
  readonly path: string
  /** The file is moved to `.1` before it grows beyond this. Default 10 MiB. */
  readonly maxBytes?: number
  /** Old files kept: `.1` is the newest. Default 5. */
  readonly keep?: number
}

/** Appends to a file that never grows beyond its bound; lines are not cut as long as chunks end with one. */
export function openRotatingLog(options: RotatingLogOptions): RotatingLog {
  const { path, maxBytes = 10 * 1024 * 1024, keep = 5 } = options
  mkdirSync(dirname(path), { recursive: true })
  let file: number | null = openSync(path, 'a', 0o640)
  let bytes = fstatSync(file).size

  function rotate(): void {
    if (file !== null) closeSync(file)
    for (let index = keep - 1; index >= 1; index--) move(`${path}.${index}`, `${path}.${index + 1}`)
    if (keep > 0) move(path, `${path}.1`)
    file = openSync(path, keep > 0 ? 'a' : 'w', 0o640)
    bytes = fstatSync(file).size
  }

  return {
    write(chunk) {
      if (file === null) return
      try {
        if (bytes > 0 && bytes + chunk.length > maxBytes) rotate()
        bytes += writeSync(file, chunk)
      } catch {
        // A full disk must not end the supervisor: the services go on without their log.
      }
    },
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
