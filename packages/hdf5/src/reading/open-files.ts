import { statSync } from 'node:fs'
import type { File } from 'h5wasm/node'
import { Hdf5Error } from '../error.ts'

interface OpenFile {
  readonly file: File
  readonly version: string
  readonly openedMs: number
}

const longestMs = 1_000

/** Files that stay open between requests: opened anew when they changed, or after a second, because files that they refer to grow too. */
export class OpenFiles {
  private readonly files = new Map<string, OpenFile>()
  private readonly limit: number
  private readonly open: (path: string) => File

  constructor(options: { readonly limit: number; readonly open: (path: string) => File }) {
    this.limit = options.limit
    this.open = options.open
  }

  /** Throws HDF5_FILE_UNREADABLE. */
  get(path: string, nowMs: number): File {
    let version: string
    try {
      const { ino, size, mtimeMs } = statSync(path)
      version = `${ino} ${size} ${mtimeMs}`
    } catch (cause) {
      this.drop(path)
      throw unreadable(path, 'is not there', cause)
    }
    const known = this.files.get(path)
    this.files.delete(path)
    if (known !== undefined && known.version === version && nowMs - known.openedMs < longestMs) {
      this.files.set(path, known)
      return known.file
    }
    known?.file.close()
    try {
      const file = this.open(path)
      this.files.set(path, { file, version, openedMs: nowMs })
      for (const oldest of this.files.keys()) {
        if (this.files.size <= this.limit) break
        this.drop(oldest)
      }
      return file
    } catch (cause) {
      throw unreadable(path, 'is no HDF5 file that can be opened', cause)
    }
  }

  drop(path: string): void {
    const known = this.files.get(path)
    this.files.delete(path)
    known?.file.close()
  }

  close(): void {
    for (const path of this.files.keys()) this.drop(path)
  }
}

function unreadable(path: string, why: string, cause: unknown): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_FILE_UNREADABLE',
    message: `${path} ${why}`,
    fault: 'caller',
    remedy: 'Check the path; a file that is just being made can be opened a moment later.',
    canRetry: true,
    cause,
  })
}
