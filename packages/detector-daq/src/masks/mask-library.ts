import { access, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DaqError } from '../error.ts'
import { countMasked, writeMaskFile, type MaskImage, type MaskReader, type StoredMask } from './mask-file.ts'

/** A mask that is kept under a name. */
export interface KeptMask {
  readonly name: string
  /** How many pixels it masks. */
  readonly pixels: number
  readonly width: number
  readonly height: number
  /** Unix ms */
  readonly savedMs: number
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/
const suffix = '.h5'
/** Of one detector. */
const mostMasks = 50

/** The masks of one detector, kept by name as files of one folder: NAME.h5. */
export class MaskLibrary {
  readonly #folder: string
  readonly #reader: MaskReader
  /** What is known of a file as it was at a time. */
  readonly #known = new Map<string, KeptMask & { readonly bytes: number }>()

  constructor(folder: string, reader: MaskReader) {
    this.#folder = folder
    this.#reader = reader
  }

  /** By name; files that are no masks are left out. */
  async list(): Promise<readonly KeptMask[]> {
    const names = await this.#names()
    const found: KeptMask[] = []
    for (const name of names) {
      const mask = await this.#describe(name).catch(() => undefined) // damaged or just deleted: not offered
      if (mask !== undefined) found.push(mask)
    }
    return found
  }

  /** Rejects with DAQ_REQUEST_REFUSED, DAQ_CALIBRATION_UNREADABLE. */
  async load(name: string): Promise<StoredMask> {
    return await this.#reader.read(await this.file(name), name)
  }

  /** Path of the file of a mask. Rejects with DAQ_REQUEST_REFUSED where there is none. */
  async file(name: string): Promise<string> {
    const path = this.#path(name)
    if (await exists(path)) return path
    throw refused(`There is no mask '${name}'.`, 'Take a name of the list of masks.')
  }

  /** Rejects with DAQ_REQUEST_REFUSED: a wrong name, one that is taken, too many masks. */
  async save(name: string, mask: MaskImage, options: { readonly replace: boolean }): Promise<KeptMask> {
    const path = this.#path(name)
    const isThere = await exists(path)
    if (isThere && !options.replace)
      throw refused(`There is a mask '${name}' already.`, 'Take another name, or replace it.')
    if (!isThere && (await this.#names()).length >= mostMasks)
      throw refused(`There are ${mostMasks} masks already.`, 'Delete one of them.')
    await writeMaskFile(path, { ...mask, name, base: '' })
    return await this.#note(name, mask)
  }

  /** Rejects with DAQ_REQUEST_REFUSED where there is none. */
  async remove(name: string): Promise<void> {
    await rm(await this.file(name))
    this.#known.delete(name)
  }

  #path(name: string): string {
    if (!namePattern.test(name))
      throw refused(
        `'${name.slice(0, 80)}' is no name of a mask.`,
        'Take up to 64 letters, digits, spaces, points, dashes and underscores, a letter or digit first.',
      )
    return join(this.#folder, `${name}${suffix}`)
  }

  async #names(): Promise<readonly string[]> {
    const files = await readdir(this.#folder).catch(() => []) // no folder: no masks yet
    return files
      .filter((file) => file.endsWith(suffix) && namePattern.test(file.slice(0, -suffix.length)))
      .map((file) => file.slice(0, -suffix.length))
      .toSorted((a, b) => a.localeCompare(b))
  }

  async #describe(name: string): Promise<KeptMask> {
    const path = this.#path(name)
    const { mtimeMs, size } = await stat(path)
    const known = this.#known.get(name)
    if (known !== undefined && known.savedMs === mtimeMs && known.bytes === size) return shown(known)
    return await this.#note(name, await this.#reader.read(path, name))
  }

  async #note(name: string, { width, height, bytes }: MaskImage): Promise<KeptMask> {
    const { mtimeMs, size } = await stat(this.#path(name))
    const mask = { name, pixels: countMasked(bytes), width, height, savedMs: mtimeMs, bytes: size }
    this.#known.set(name, mask)
    return shown(mask)
  }
}

function shown({ name, pixels, width, height, savedMs }: KeptMask): KeptMask {
  return { name, pixels, width, height, savedMs }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

function refused(message: string, remedy: string): DaqError {
  return new DaqError({ code: 'DAQ_REQUEST_REFUSED', message, fault: 'caller', remedy, key: 'name' })
}
