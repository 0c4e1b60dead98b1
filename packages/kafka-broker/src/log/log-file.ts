import { close, constants, fdatasync, fstat, ftruncate, open, read, writev } from 'node:fs'
import { open as openHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { DirectWrites } from './direct-write.ts'

/** One for the event loop of the process, which all logs share. */
const directWrites = new DirectWrites()

const openAsync = promisify(open)
const closeAsync = promisify(close)
const fdatasyncAsync = promisify(fdatasync)
const ftruncateAsync = promisify(ftruncate)
const fstatAsync = promisify(fstat)

/** Most buffers that one writev takes (IOV_MAX of Linux). */
const maxVectors = 1_024

/** The segment of a file is deleted or rewritten: whoever held it looks it up again. */
export class FileRetired extends Error {
  override readonly name = 'FileRetired'
}

/** A file of the log, opened on first use; it may be closed between uses and is never closed during one. */
export class LogFile {
  #path: string
  #opening: Promise<number> | null = null
  #lastUseMs = 0
  #users = 0
  #whenUnused: (() => void)[] = []

  constructor(path: string) {
    this.#path = path
  }

  get path(): string {
    return this.#path
  }

  /** The file has been renamed; what is open stays open. */
  movedTo(path: string): void {
    this.#path = path
  }

  get isOpen(): boolean {
    return this.#opening !== null
  }

  /** Milliseconds since the file was last used; 0 while it is in use. */
  idleMs(nowMs: number): number {
    return this.#users > 0 ? 0 : nowMs - this.#lastUseMs
  }

  async #use<T>(work: (fd: number) => Promise<T>): Promise<T> {
    if (this.#isRetired) throw new FileRetired(this.#path)
    this.#users++
    this.#lastUseMs = Date.now()
    try {
      this.#opening ??= openFile(this.#path).catch((error: unknown) => {
        this.#opening = null
        throw error
      })
      return await work(await this.#opening)
    } finally {
      this.#users--
      if (this.#users === 0) for (const resume of this.#whenUnused.splice(0)) resume()
    }
  }

  /** Writes all buffers at a position. Rejects when the file system takes less. */
  async write(buffers: readonly Uint8Array[], position: number): Promise<void> {
    await this.#use(async (fd) => {
      let at = position
      for (let first = 0; first < buffers.length; first += maxVectors) {
        at += await writeAll(fd, buffers.slice(first, first + maxVectors), at)
      }
    })
  }

  /** Reads up to `length` bytes, into a new buffer or the beginning of `into`; shorter only at the end of the file. */
  async read(position: number, length: number, into?: Uint8Array): Promise<Uint8Array> {
    return await this.#use((fd) =>
      readAt(fd, { position, buffer: into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length) }),
    )
  }

  async sync(): Promise<void> {
    await this.#use((fd) => fdatasyncAsync(fd))
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#use((fd) => ftruncateAsync(fd, sizeBytes))
  }

  async sizeBytes(): Promise<number> {
    return await this.#use(async (fd) => (await fstatAsync(fd)).size)
  }

  #isRetired = false

  /** Closes for good before the file is deleted: a later use rejects with {@link FileRetired} instead of making it anew. */
  async retire(): Promise<void> {
    this.#isRetired = true
    await this.close()
  }

  /** Waits for what is under way, then closes. A later use opens the file again. */
  async close(): Promise<void> {
    while (this.#users > 0) await new Promise<void>((resolve) => this.#whenUnused.push(resolve))
    const opening = this.#opening
    this.#opening = null
    if (opening !== null) await closeAsync(await opening)
  }
}

/** A file that may not be written to, in a mounted recording, is opened for reading. */
async function openFile(path: string): Promise<number> {
  try {
    return await openAsync(path, constants.O_RDWR | constants.O_CREAT, 0o644)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return await openAsync(path, constants.O_RDONLY)
  }
}

function readAt(
  fd: number,
  { position, buffer }: { position: number; buffer: Uint8Array },
): Promise<Uint8Array> {
  const { byteLength } = buffer
  return new Promise((resolve, reject) => {
    const step = (done: number): void => {
      read(fd, buffer, done, byteLength - done, position + done, (error, count) => {
        if (error !== null) reject(error)
        else if (count === 0) resolve(buffer.subarray(0, done))
        else if (done + count === byteLength) resolve(buffer)
        else step(done + count)
      })
    }
    step(0)
  })
}

async function writeAll(fd: number, buffers: readonly Uint8Array[], position: number): Promise<number> {
  const totalBytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0)
  const direct = directWrites.tryWrite(fd, { buffers, totalBytes, position })
  if (direct === totalBytes) return totalBytes
  directWrites.threadBegins()
  try {
    return await writeThreaded(fd, after(buffers, direct), { position, done: direct, totalBytes })
  } finally {
    directWrites.threadEnds()
  }
}

function writeThreaded(
  fd: number,
  buffers: readonly Uint8Array[],
  { position, done: before, totalBytes }: { position: number; done: number; totalBytes: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const step = (rest: readonly Uint8Array[], done: number): void => {
      writev(fd, rest as NodeJS.ArrayBufferView[], position + done, (error, count) => {
        if (error !== null) reject(error)
        else if (count === 0) reject(new Error(`wrote ${done} of ${totalBytes} bytes`))
        else if (done + count === totalBytes) resolve(totalBytes)
        else step(after(rest, count), done + count)
      })
    }
    step(buffers, before)
  })
}

/** The buffers without their first `count` bytes. */
function after(buffers: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count
  const rest: Uint8Array[] = []
  for (const buffer of buffers) {
    if (skip >= buffer.byteLength) skip -= buffer.byteLength
    else {
      rest.push(buffer.subarray(skip))
      skip = 0
    }
  }
  return rest
}

/** Makes created, renamed and removed names of a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await openHandle(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
