import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unixSecondsNow } from '@beamtime/event-model'
import type { AssetDocument, DataKeys, Readings, WritesAssets } from '../devices/protocols.ts'
import { finishedStatus, type StatusLike } from '../devices/status.ts'
import { messageSequenceError } from '../error.ts'
import { npyBytes } from './npy.ts'

export interface FileSignalOptions {
  /** Rows of numbers, saved at each trigger. */
  readonly image: () => readonly (readonly number[])[]
  /** Folder for the files. Default: a new one among the temporary files, made at the first stage. */
  readonly savePath?: string
}

export type FileSignal = WritesAssets & {
  readonly className: string
  stage(): readonly unknown[]
  unstage(): readonly unknown[]
  trigger(): StatusLike
  read(): Readings
  describe(): DataKeys
  readConfiguration(): Readings
  describeConfiguration(): DataKeys
}

/** Folders that nobody named: what is in them goes with the process. */
const temporary = new Set<string>()

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'beamtime-sim-'))
  if (temporary.size === 0)
    process.once('exit', () => {
      for (const one of temporary) rmSync(one, { recursive: true, force: true })
    })
  temporary.add(folder)
  return folder
}

/** A detector that writes its images to files: resource and datum documents say where. */
export function fileSignal(name: string, options: FileSignalOptions): FileSignal {
  let folder = options.savePath ?? null
  let staged: { readonly uid: string; readonly stem: string; n: number } | null = null
  let readings: Readings = {}
  let docs: AssetDocument[] = []
  const device: FileSignal = {
    name,
    className: 'SynSignalWithRegistry',
    parent: null,
    hints: { fields: [] },
    stage() {
      folder ??= temporaryFolder()
      staged = { uid: randomUUID(), stem: randomUUID().slice(0, 6), n: 0 }
      const resource = {
        uid: staged.uid,
        spec: 'NPY_SEQ',
        root: folder,
        resource_path: staged.stem,
        resource_kwargs: {},
        path_semantics: 'posix',
      }
      docs.push(['resource', resource])
      return [device]
    },
    unstage() {
      staged = null
      docs = []
      readings = {}
      return [device]
    },
    trigger() {
      if (staged === null || folder === null)
        throw messageSequenceError(`${name} must be staged before it is triggered`)
      const index = staged.n++
      writeFileSync(join(folder, `${staged.stem}_${index}.npy`), npyBytes(options.image()))
      const datumId = `${staged.uid}/${index}`
      docs.push(['datum', { resource: staged.uid, datum_kwargs: { index }, datum_id: datumId }])
      readings = { [name]: { value: datumId, timestamp: unixSecondsNow() } }
      return finishedStatus()
    },
    read: () => readings,
    describe() {
      const image = options.image()
      const shape = [image.length, image[0]?.length ?? 0]
      return { [name]: { source: `SIM:${name}`, dtype: 'array', shape, precision: 3, external: 'FILESTORE' } }
    },
    readConfiguration: () => readings,
    describeConfiguration: () => device.describe(),
    *collectAssetDocs() {
      yield* docs.splice(0)
    },
  }
  return device
}
