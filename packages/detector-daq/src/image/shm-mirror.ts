import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'

const hugePage = 2_097_152

export interface MirrorOptions {
  /** e.g. /dev/shm/eiger-image */
  readonly path: string
  readonly slots: number
  readonly slotBytes: number
}

/**
 * Copies slots into a file of a memory file system, where programs of other languages map them (daq contract 4). A reader may unlink
 * the file when it ends, so the file is looked for once a second and made anew.
 */
export class ShmMirror {
  private readonly options: MirrorOptions
  private fd: number | undefined
  private inode = 0
  private lookedMs = 0

  constructor(options: MirrorOptions) {
    this.options = options
  }

  /** Writes the image before its metadata is published. Throws when there is no room. */
  write(id: number, pixels: Uint8Array, nowMs: number): void {
    if (this.fd !== undefined && nowMs - this.lookedMs >= 1_000) this.look(nowMs)
    this.fd ??= this.open(nowMs)
    const { slots, slotBytes } = this.options
    const at = (id % slots) * slotBytes
    for (let done = 0; done < pixels.length;)
      done += writeSync(this.fd, pixels, done, pixels.length - done, at + done)
  }

  close(options: { readonly unlink: boolean }): void {
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
    if (!options.unlink) return
    try {
      unlinkSync(this.options.path)
    } catch {
      // never made, or a reader was faster
    }
  }

  private open(nowMs: number): number {
    const { path, slots, slotBytes } = this.options
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o777)
    ftruncateSync(fd, Math.ceil((slots * slotBytes) / hugePage) * hugePage)
    this.inode = fstatSync(fd).ino
    this.lookedMs = nowMs
    return fd
  }

  private look(nowMs: number): void {
    this.lookedMs = nowMs
    try {
      if (statSync(this.options.path).ino === this.inode) return
    } catch {
      // unlinked
    }
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }
}
