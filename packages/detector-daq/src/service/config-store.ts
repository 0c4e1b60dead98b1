import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { atomicWriteJson } from '@beamtime/service-kit'
import { parseDetectorConfig, type DetectorConfig } from '../core/detector-config.ts'

function digest(config: DetectorConfig): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex')
}

/** Keeps what clients changed of the detector's configuration. A changed table of the configuration file wins over it. */
export class ConfigStore {
  private readonly path: string
  private readonly base: string

  constructor(path: string, fromFile: DetectorConfig) {
    this.path = path
    this.base = digest(fromFile)
  }

  /** What was stored for the same table, or undefined. */
  async load(): Promise<DetectorConfig | undefined> {
    try {
      const stored: unknown = JSON.parse(await readFile(this.path, 'utf8'))
      if (typeof stored !== 'object' || stored === null || !('base' in stored) || !('config' in stored))
        return undefined
      return stored.base === this.base ? parseDetectorConfig(stored.config) : undefined
    } catch {
      return undefined // none yet, or of a version that does not fit
    }
  }

  async save(config: DetectorConfig): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true })
    await atomicWriteJson(this.path, { base: this.base, config })
  }
}
