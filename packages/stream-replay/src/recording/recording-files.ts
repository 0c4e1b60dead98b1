import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ReplayError } from '../error.ts'

/* A recording is a folder, or the same tree inside one uncompressed tar archive (POSIX ustar):
 *   512-byte headers: name 0..99, size 124..135 octal, type 156 ('0' file, 'x' extended), prefix 345..499; contents padded to 512 */

/** Part of a file. */
export interface StoredFile {
  readonly sizeBytes: number
  /** Reads up to `length` bytes from `position`, fewer at the end: into new memory, or the beginning of `into`. */
  read(position: number, length: number, into?: Buffer): Promise<Buffer>
  close(): Promise<void>
}

export interface RecordingFiles {
  readonly isArchive: boolean
  /** Paths with `/`, relative to the recording. */
  list(): Promise<readonly string[]>
  open(path: string): Promise<StoredFile>
  close(): Promise<void>
}

/** Rejects with REPLAY_RECORDING_UNKNOWN. */
export async function openRecordingFiles(path: string): Promise<RecordingFiles> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory() === true) return new FolderFiles(path)
  if (found?.isFile() === true) return await TarFiles.open(path)
  throw new ReplayError({
    code: 'REPLAY_RECORDING_UNKNOWN',
    message: `there is no recording ${path}`,
    remedy: 'Name a .strec folder or a tar archive of one.',
  })
}

interface Stretch {
  readonly position: number
  readonly length: number
}

async function readFrom(handle: FileHandle, { position, length }: Stretch, into?: Buffer): Promise<Buffer> {
  const bytes = into ?? Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

class FolderFiles implements RecordingFiles {
  readonly isArchive = false
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async list(): Promise<readonly string[]> {
    const entries = await readdir(this.#path, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.#path.length).replace(/^\/+/, ''))
      .toSorted()
  }

  async open(path: string): Promise<StoredFile> {
    const handle = await open(join(this.#path, path), 'r')
    const { size } = await handle.stat()
    return {
      sizeBytes: size,
      read: (position, length, into) => readFrom(handle, { position, length }, into),
      close: () => handle.close(),
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

class TarFiles implements RecordingFiles {
  readonly isArchive = true
  readonly #handle: FileHandle
  readonly #entries: ReadonlyMap<string, { readonly start: number; readonly sizeBytes: number }>

  private constructor(
    handle: FileHandle,
    entries: ReadonlyMap<string, { readonly start: number; readonly sizeBytes: number }>,
  ) {
    this.#handle = handle
    this.#entries = entries
  }

  static async open(path: string): Promise<TarFiles> {
    const handle = await open(path, 'r')
    const entries = new Map<string, { start: number; sizeBytes: number }>()
    let at = 0
    for (;;) {
      const header = await readFrom(handle, { position: at, length: 512 })
      if (header.length < 512 || header[0] === 0) break
      const sizeBytes = Number.parseInt(tarText(header, 124, 12).trim() || '0', 8)
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || tarText(header, 257, 5) !== 'ustar') {
        await handle.close()
        throw new ReplayError({
          code: 'REPLAY_RECORDING_DAMAGED',
          message: `${path} is no uncompressed tar archive`,
          remedy: 'Name a .strec folder or an uncompressed tar archive of one.',
        })
      }
      const prefix = tarText(header, 345, 155)
      const name = `${prefix === '' ? '' : `${prefix}/`}${tarText(header, 0, 100)}`.replace(/^\.\//, '')
      const type = String.fromCharCode(header[156] ?? 0)
      if (type === '0' || type === '\0') entries.set(name, { start: at + 512, sizeBytes })
      at += 512 + Math.ceil(sizeBytes / 512) * 512
    }
    return new TarFiles(handle, withoutFolder(entries))
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#entries.keys()].toSorted())
  }

  open(path: string): Promise<StoredFile> {
    const entry = this.#entries.get(path)
    if (entry === undefined) return Promise.reject(new Error(`${path} is not in the archive`))
    const { start, sizeBytes } = entry
    return Promise.resolve({
      sizeBytes,
      read: (position, length, into) => {
        const left = Math.max(0, Math.min(length, sizeBytes - position))
        return readFrom(this.#handle, { position: start + position, length: left }, into)
      },
      close: () => Promise.resolve(),
    })
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

function tarText(header: Buffer, at: number, length: number): string {
  const text = header.toString('utf8', at, at + length)
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

/** Archives are often made of the folder itself: NAME.strec/manifest.json. */
function withoutFolder<T>(entries: Map<string, T>): Map<string, T> {
  const manifest = [...entries.keys()].find(
    (name) => name === 'manifest.json' || name.endsWith('/manifest.json'),
  )
  const prefix = manifest?.slice(0, -'manifest.json'.length) ?? ''
  return new Map(
    [...entries]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, entry]) => [name.slice(prefix.length), entry]),
  )
}
