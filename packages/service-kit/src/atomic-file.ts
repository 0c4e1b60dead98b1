import { open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface AtomicWriteOptions {
  /** Permissions of the file. Default 0o644 less the umask. */
  readonly mode?: number
  /** Waits until the disk has it, file and name. Default true. */
  readonly durable?: boolean
}

let written = 0

/** Writes a file so that readers and a crash see either the old content or the new one, never a part. */
export async function atomicWriteFile(
  path: string,
  content: string | Uint8Array,
  options: AtomicWriteOptions = {},
): Promise<void> {
  const { mode = 0o644, durable = true } = options
  const temporary = `${path}.${process.pid}-${++written}.tmp`
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(content)
      if (durable) await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => undefined) // it may not exist; the first error counts
    throw error
  }
  if (durable) await syncDirectory(dirname(path))
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** {@link atomicWriteFile} of indented JSON with a line end. */
export async function atomicWriteJson(
  path: string,
  value: unknown,
  options: AtomicWriteOptions = {},
): Promise<void> {
  await atomicWriteFile(path, `${JSON.stringify(value, null, 2)}\n`, options)
}
