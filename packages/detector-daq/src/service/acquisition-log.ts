import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { acquisitionObject, type Acquisition, type AcquisitionObject } from '../core/acquisition.ts'

export interface LogEntry {
  readonly id: string
  readonly acquisition: AcquisitionObject
}

const keep = 1_000

function isEntry(value: unknown): value is LogEntry {
  return typeof value === 'object' && value !== null && 'id' in value && 'acquisition' in value
}

/** The last acquisitions, newest first; one line each in a file, so that they outlive the service. */
export class AcquisitionLog {
  private readonly path: string
  private entries: LogEntry[] = []
  private writing: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.path = path
  }

  async load(): Promise<void> {
    const text = await readFile(this.path, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(-keep - 1)) {
      try {
        const entry: unknown = JSON.parse(line)
        if (isEntry(entry)) this.entries.push(entry)
      } catch {
        // the torn last line of a killed process
      }
    }
  }

  add(acquisition: Acquisition): void {
    const entry = { id: `${Date.now()}-0`, acquisition: acquisitionObject(acquisition) }
    this.entries.push(entry)
    if (this.entries.length > keep) this.entries.shift()
    this.writing = this.writing
      .then(() => mkdir(dirname(this.path), { recursive: true }))
      .then(() => appendFile(this.path, `${JSON.stringify(entry)}\n`))
      .catch(() => undefined) // a full disk: the entry is still in memory
  }

  newest(count: number): readonly LogEntry[] {
    return this.entries.slice(-count).toReversed()
  }

  find(id: string): LogEntry | undefined {
    return this.entries.find((entry) => entry.id === id)
  }

  close(): Promise<unknown> {
    return this.writing
  }
}
