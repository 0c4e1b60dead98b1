import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { RunEngineError } from '../error.ts'

/** Metadata that goes into every start document and outlives the process. */
export interface MetadataStore {
  readonly values: Record<string, unknown>
  /** Called after the engine has changed `values` (scan_id), before the run is opened. */
  save(): void
}

/** Metadata that dies with the process. */
export function memoryMetadata(values: Record<string, unknown> = {}): MetadataStore {
  return { values, save: () => undefined }
}

/** Metadata in a JSON file, replaced as a whole and flushed at each save. A missing file is empty metadata; a file
 * that is not a JSON object is refused. */
export function fileMetadata(path: string): MetadataStore {
  const values = readValues(path)
  return {
    values,
    save() {
      mkdirSync(dirname(path), { recursive: true })
      const temporary = `${path}.${process.pid}.tmp`
      const file = openSync(temporary, 'w', 0o600)
      try {
        writeFileSync(file, `${JSON.stringify(values, null, 2)}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(temporary, path)
    },
  }
}

function readValues(path: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    throw unreadable(path, error)
  }
  throw unreadable(path, null)
}

function unreadable(path: string, cause: unknown): RunEngineError {
  return new RunEngineError({
    code: 'RUN_METADATA_REFUSED',
    text: `${path} is not a JSON object`,
    fault: 'environment',
    remedy: 'Repair the file, or move it away: then metadata starts empty and scan_id at 1.',
    cause,
  })
}

/** The default rule: `sample` is a text or a dict. */
export function checkMetadata(metadata: Readonly<Record<string, unknown>>): void {
  const { sample } = metadata
  if (sample === undefined || typeof sample === 'string') return
  if (typeof sample === 'object' && sample !== null && !Array.isArray(sample)) return
  throw new RunEngineError({
    code: 'RUN_METADATA_REFUSED',
    text: "'sample' must be a text or a dict",
    fault: 'caller',
    remedy: 'Give the sample as a text, or as named values.',
  })
}
