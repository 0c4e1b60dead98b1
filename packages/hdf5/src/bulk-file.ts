import { closeSync, constants, fdatasyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { encodeSuperblock } from './core/object-header.ts'
import { pageBytes, planFile, type FilePlan, type PlannedFrames } from './core/file-plan.ts'
import type { ChunkIndex } from './core/chunk-index.ts'
import { Hdf5Error } from './error.ts'
import { GatheredChunks } from './gathered-chunks.ts'
import type { GroupNode } from './tree.ts'

/** Where the frames of a contiguous dataset lie: all that another thread or process needs to write them itself. */
export interface FramePlaces {
  readonly file: string
  readonly dataAddress: number
  readonly frameBytes: number
  readonly frames: number
}

/** A chunk, compressed already when the dataset has a filter. */
export interface FilledChunk {
  readonly bytes: Uint8Array
  readonly frames: number
}

/** A dataset of frames of an open file. */
export interface FramesWriter {
  readonly frameBytes: number
  /** Contiguous datasets only: plain data that can be sent to a worker. */
  readonly places: FramePlaces | undefined
  /** Frames that a reader sees: the highest written frame + 1. */
  readonly written: number
  /** Contiguous: writes frame `index` (any order). Bytes are the frame, little endian, C order. */
  writeFrame(index: number, bytes: Uint8Array): void
  /** Contiguous: frames that follow each other, in one write; `bytes` holds them one after the other. */
  writeFrames(first: number, bytes: Uint8Array): void
  /**
   * Chunked without a filter: appends whole frames that follow each other in `bytes`. Chunks may hold several frames. Gives the
   * places of the frames in the file.
   */
  appendFrames(bytes: Uint8Array): readonly number[]
  /** Chunked: appends one chunk (compressed already when the dataset has a filter) that holds `frames` frames; gives its place in the file. */
  appendChunk(bytes: Uint8Array, frames: number): number
  /**
   * Chunked: as appendChunk for chunks that follow each other, in few large writes. The bytes of a chunk are taken before the next one is
   * asked for. Gives their places.
   */
  appendChunks(chunks: Iterable<FilledChunk>): readonly number[]
  /** Contiguous frames that another thread wrote: counts up to `frames`. */
  noteWritten(frames: number): void
  /** Only the first `frames` count; frames or whole chunks behind them are given up. */
  forget(frames: number): void
}

export interface BulkFile {
  readonly path: string
  /** Whether large writes that lie on blocks of the disk go past the page cache; false where the file system cannot. */
  isDirect: boolean
  frames(path: string): FramesWriter
  /** Makes what was written durable. */
  sync(): void
  /** Cuts every dataset to what was written, makes it durable and closes. May be called twice. */
  finish(): void
}

/**
 * Creates an HDF5 file whose metadata is complete before the first frame: it is readable while it grows and after a kill,
 * without repair. Throws HDF5_FILE_EXISTS when the file is there, HDF5_WRITE_FAILED when the disk refuses.
 */
export function createBulkFile(
  path: string,
  root: GroupNode,
  options: { readonly direct?: boolean } = {},
): BulkFile {
  const file = new OpenBulkFile(path, planFile(root))
  file.isDirect = options.direct ?? false
  return file
}

/** What writes past the page cache are aligned to. */
const blockBytes = 512
/** Smaller writes are left to the page cache. */
const leastDirectBytes = 65_536

class OpenBulkFile implements BulkFile {
  readonly path: string
  private readonly fd: number
  /** The same file, past the page cache; undefined until it is wanted and where it cannot be. */
  private directFd: number | undefined
  private wantsDirect = false
  private readonly plan: FilePlan
  private readonly writers = new Map<string, FramesOfFile>()
  private endOfFile: number
  private isOpen = true

  constructor(path: string, plan: FilePlan) {
    this.path = path
    this.plan = plan
    this.endOfFile = plan.endOfFile
    this.fd = openNew(path)
    // The file must be as long as the superblock says before a reader may open it.
    ftruncateSync(this.fd, plan.endOfFile)
    for (const planned of plan.frames.values()) {
      for (const node of planned.index?.initial() ?? []) this.write(node.bytes, node.address)
      planned.index?.growWith((bytes) => this.reserve(bytes))
      this.writers.set(planned.path, new FramesOfFile(this, planned))
    }
    this.write(plan.bytes, 0)
  }

  get isDirect(): boolean {
    return this.wantsDirect && this.directFd !== undefined
  }

  set isDirect(isWanted: boolean) {
    this.wantsDirect = isWanted
    if (isWanted && this.isOpen) this.directFd ??= openDirect(this.path)
  }

  frames(path: string): FramesWriter {
    const writer = this.writers.get(path)
    if (writer !== undefined) return writer
    throw new Hdf5Error({
      code: 'HDF5_PATH_UNKNOWN',
      message: `${this.path} has no dataset of frames at ${path}`,
      fault: 'caller',
      remedy: `Its datasets of frames are ${[...this.writers.keys()].join(', ') || 'none'}.`,
    })
  }

  write(bytes: Uint8Array, address: number): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.fd, bytes, done, bytes.length - done, address + done)
      }
    } catch (cause) {
      throw writeFailed(this.path, cause)
    }
  }

  /** Frames: past the page cache where that is wanted and they lie on blocks of the disk. */
  writeFrames(bytes: Uint8Array, address: number): void {
    const { directFd } = this
    const isOnBlocks = (bytes.byteOffset | bytes.length | address) % blockBytes === 0
    if (directFd === undefined || !this.wantsDirect || !isOnBlocks || bytes.length < leastDirectBytes)
      return this.write(bytes, address)
    let done = 0
    try {
      done = writeSync(directFd, bytes, 0, bytes.length, address)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EINVAL') throw writeFailed(this.path, cause)
      // This disk has larger blocks.
      closeSync(directFd)
      this.directFd = undefined
      this.wantsDirect = false
    }
    if (done < bytes.length) this.write(bytes.subarray(done), address + done)
  }

  /** Appends to the end of the file; the superblock follows before anything points there. */
  append(bytes: Uint8Array): number {
    const address = this.endOfFile
    this.write(bytes, address)
    this.endOfFile += Math.ceil(bytes.length / 8) * 8
    if (this.endOfFile > address + bytes.length) ftruncateSync(this.fd, this.endOfFile)
    this.write(encodeSuperblock(this.endOfFile, this.plan.rootAddress), 0)
    return address
  }

  /** Appends what is gathered, on a page; gives where it begins. */
  appendGathered(gathered: GatheredChunks): number {
    const address = Math.ceil(this.endOfFile / pageBytes) * pageBytes
    this.writeFrames(gathered.bytes(pageBytes), address)
    this.endOfFile = Math.ceil((address + gathered.length) / pageBytes) * pageBytes
    this.write(encodeSuperblock(this.endOfFile, this.plan.rootAddress), 0)
    return address
  }

  /** Makes room at the end of the file, on a page; the superblock knows of it before anything points there. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.endOfFile / pageBytes) * pageBytes
    this.endOfFile = address + bytes
    try {
      ftruncateSync(this.fd, this.endOfFile)
    } catch (cause) {
      throw writeFailed(this.path, cause)
    }
    this.write(encodeSuperblock(this.endOfFile, this.plan.rootAddress), 0)
    return address
  }

  sync(): void {
    fdatasyncSync(this.fd)
  }

  finish(): void {
    if (!this.isOpen) return
    this.isOpen = false
    try {
      let end = this.plan.bytes.length
      for (const writer of this.writers.values()) end = Math.max(end, writer.cut())
      end = Math.max(end, this.endOfFile > this.plan.endOfFile ? this.endOfFile : end)
      this.write(encodeSuperblock(end, this.plan.rootAddress), 0)
      fdatasyncSync(this.fd)
      ftruncateSync(this.fd, end)
    } finally {
      closeSync(this.fd)
      if (this.directFd !== undefined) closeSync(this.directFd)
      this.directFd = undefined
    }
  }
}

class FramesOfFile implements FramesWriter {
  private readonly file: OpenBulkFile
  private readonly planned: PlannedFrames
  private chunkAddress = 0
  private gathered: GatheredChunks | undefined
  written = 0

  constructor(file: OpenBulkFile, planned: PlannedFrames) {
    this.file = file
    this.planned = planned
  }

  get frameBytes(): number {
    return this.planned.frameBytes
  }

  get places(): FramePlaces | undefined {
    const { index, dataAddress, frameBytes, node } = this.planned
    return index === undefined
      ? { file: this.file.path, dataAddress, frameBytes, frames: node.frames }
      : undefined
  }

  writeFrame(index: number, bytes: Uint8Array): void {
    this.check(index, { bytes, count: 1 })
    this.file.writeFrames(bytes, this.planned.dataAddress + index * this.frameBytes)
    this.noteWritten(index + 1)
  }

  writeFrames(first: number, bytes: Uint8Array): void {
    const count = bytes.length / this.frameBytes
    this.check(first, { bytes, count })
    this.file.writeFrames(bytes, this.planned.dataAddress + first * this.frameBytes)
    this.noteWritten(first + count)
  }

  appendFrames(bytes: Uint8Array): readonly number[] {
    const { index, node, headerAddress } = this.planned
    if (index === undefined || typeof node.layout !== 'object' || node.layout.filter === 'bslz4')
      throw outOfRange(`${this.planned.path} is not chunked without a filter`)
    const { framesPerChunk } = node.layout
    const count = bytes.length / this.frameBytes
    if (!Number.isInteger(count))
      throw outOfRange(`${bytes.length} bytes are not whole frames of ${this.frameBytes}`)
    if (this.written + count > node.frames)
      throw outOfRange(`${this.planned.path} has room for ${node.frames} frames`)
    const places: number[] = []
    for (let done = 0; done < count;) {
      const within = this.written % framesPerChunk
      if (within === 0) this.beginChunk(index, framesPerChunk * this.frameBytes)
      const take = Math.min(count - done, framesPerChunk - within)
      for (let frame = within; frame < within + take; frame += 1)
        places.push(this.chunkAddress + frame * this.frameBytes)
      const part = bytes.subarray(done * this.frameBytes, (done + take) * this.frameBytes)
      this.file.writeFrames(part, this.chunkAddress + within * this.frameBytes)
      this.written += take
      done += take
    }
    this.file.write(this.planned.header(this.written), headerAddress)
    return places
  }

  /** A chunk is in the index before its frames are; the dataset's length hides what is not there yet. */
  private beginChunk(index: ChunkIndex, bytes: number): void {
    this.chunkAddress = this.file.reserve(bytes)
    for (const write of index.add({ bytes, address: this.chunkAddress }))
      this.file.write(write.bytes, write.address)
  }

  appendChunk(bytes: Uint8Array, frames: number): number {
    const { index, node, headerAddress } = this.planned
    if (index === undefined) throw outOfRange(`${this.planned.path} is contiguous: write frames, not chunks`)
    if (this.written + frames > node.frames)
      throw outOfRange(`${this.planned.path} has room for ${node.frames} frames`)
    const address = this.file.append(bytes)
    for (const write of index.add({ bytes: bytes.length, address }))
      this.file.write(write.bytes, write.address)
    this.written += frames
    this.file.write(this.planned.header(this.written), headerAddress)
    return address
  }

  appendChunks(chunks: Iterable<FilledChunk>): readonly number[] {
    const { index, node } = this.planned
    if (index === undefined) throw outOfRange(`${this.planned.path} is contiguous: write frames, not chunks`)
    this.gathered ??= new GatheredChunks()
    const { gathered } = this
    const places: number[] = []
    let frames = 0
    gathered.clear()
    for (const chunk of chunks) {
      if (this.written + frames + chunk.frames > node.frames)
        throw outOfRange(`${this.planned.path} has room for ${node.frames} frames`)
      if (!gathered.fits(chunk.bytes.length)) {
        places.push(...this.putGathered(index, frames))
        frames = 0
      }
      gathered.put(chunk.bytes)
      frames += chunk.frames
    }
    return gathered.length === 0 ? places : [...places, ...this.putGathered(index, frames)]
  }

  /** The chunks first, then the index, then how long the dataset is. */
  private putGathered(index: ChunkIndex, frames: number): readonly number[] {
    const { gathered } = this
    if (gathered === undefined) return []
    const first = this.file.appendGathered(gathered)
    const places = gathered.chunks.map(({ at }) => first + at)
    for (const [at, { bytes }] of gathered.chunks.entries())
      for (const write of index.add({ bytes, address: places[at] ?? 0 }))
        this.file.write(write.bytes, write.address)
    this.written += frames
    this.file.write(this.planned.header(this.written), this.planned.headerAddress)
    gathered.clear()
    return places
  }

  noteWritten(frames: number): void {
    if (frames > this.written) this.written = frames
  }

  forget(frames: number): void {
    this.written = Math.min(this.written, frames)
  }

  /** Cuts the dataset to what was written; returns its last byte. */
  cut(): number {
    const { dataAddress, frameBytes, headerAddress, index } = this.planned
    this.file.write(this.planned.header(this.written), headerAddress)
    return index === undefined ? dataAddress + this.written * frameBytes : dataAddress
  }

  private check(index: number, run: { readonly bytes: Uint8Array; readonly count: number }): void {
    const { bytes, count } = run
    if (this.planned.index !== undefined)
      throw outOfRange(`${this.planned.path} is chunked: append chunks, not frames`)
    if (!Number.isSafeInteger(index) || index < 0 || index + count > this.planned.node.frames) {
      throw outOfRange(`${this.planned.path} has frames 0 to ${this.planned.node.frames - 1}, not ${index}`)
    }
    if (bytes.length !== this.frameBytes * count || !Number.isInteger(count)) {
      throw outOfRange(`a frame of ${this.planned.path} has ${this.frameBytes} bytes, not ${bytes.length}`)
    }
  }
}

/** Undefined where the file system has no such access. */
function openDirect(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_DIRECT)
  } catch {
    return undefined
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o664)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailed(path, cause)
    throw new Hdf5Error({
      code: 'HDF5_FILE_EXISTS',
      message: `${path} exists`,
      fault: 'caller',
      remedy: 'Choose another name or move the old file away; files are never overwritten.',
      cause,
    })
  }
}

function writeFailed(path: string, cause: unknown): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_WRITE_FAILED',
    message: `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    fault: 'environment',
    remedy:
      'Check that the directory exists, is writable and has free space; what was written so far stays readable.',
    canRetry: true,
    cause,
  })
}

function outOfRange(message: string): Hdf5Error {
  return new Hdf5Error({
    code: 'HDF5_FRAME_OUT_OF_RANGE',
    message,
    fault: 'caller',
    remedy: 'Make room for more frames in the tree.',
  })
}
