import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { DetectorConfig } from '../core/detector-config.ts'

/* A ring of slots in a file of a memory file system, shared by processes of any language (daq contract 4): no header, no index, slot of
 * id = (id % slots) * slotBytes. One writer of a byte, many readers; a slow reader sees newer data. */

const hugePage = 2_097_152
/** Slots of every ring but that of large images, which may have more. */
const fewestSlots = 1_000

export interface RingShape {
  readonly slotBytes: number
  readonly slots: number
}

/** Slots of rings that hold whole images. */
export function imageSlots(config: DetectorConfig, imageBytes: number): number {
  return Math.max(fewestSlots, Math.floor((config.ram_buffer_gb * 1_073_741_824) / imageBytes))
}

export const frameSlots = fewestSlots

export class StageRing {
  readonly path: string
  private readonly fd: number
  private readonly shape: RingShape

  /** Opens or makes the ring `name` in `directory`. */
  constructor(directory: string, name: string, shape: RingShape) {
    this.path = join(directory, name)
    this.shape = shape
    this.fd = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o777)
    const wanted = Math.ceil((shape.slots * shape.slotBytes) / hugePage) * hugePage
    if (fstatSync(this.fd).size < wanted) ftruncateSync(this.fd, wanted)
  }

  /** Puts bytes into the slot of an id. */
  write(id: number, bytes: Uint8Array, offset = 0): void {
    this.check(offset, bytes.length)
    const at = (id % this.shape.slots) * this.shape.slotBytes + offset
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.fd, bytes, done, bytes.length - done, at + done)
  }

  /** Fills `into` from the slot of an id. */
  read(id: number, into: Uint8Array, offset = 0): void {
    this.check(offset, into.length)
    const at = (id % this.shape.slots) * this.shape.slotBytes + offset
    for (let done = 0; done < into.length;) {
      const count = readSync(this.fd, into, done, into.length - done, at + done)
      if (count === 0) throw new Error(`${this.path} is shorter than it should be`)
      done += count
    }
  }

  close(): void {
    closeSync(this.fd)
  }

  private check(offset: number, bytes: number): void {
    if (offset < 0 || offset + bytes > this.shape.slotBytes)
      throw new RangeError(`${bytes} bytes at ${offset} are not in a slot of ${this.shape.slotBytes}`)
  }
}
