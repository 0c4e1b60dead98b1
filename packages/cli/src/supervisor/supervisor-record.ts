import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceView } from './service-process.ts'

/** What `<data>/state/supervisor.json` holds about a platform that `beamtime up` started. */
export interface SupervisorRecord {
  readonly pid: number
  readonly started: string
  readonly version: string
  readonly config: string | null
  readonly data: string
  readonly runtime: string
  /** Control room; null until the gateway serves. */
  readonly url: string | null
  /** File with the key to log in; null when none was made (a login is configured). */
  readonly key_file: string | null
  readonly queues: Readonly<Record<string, QueueAddresses>>
  readonly bootstrap_servers: readonly string[]
  readonly services: readonly ServiceView[]
}

export interface QueueAddresses {
  readonly control: string
  readonly info: string
  readonly encoding: 'json' | 'msgpack'
}

export function recordPath(dataDir: string): string {
  return join(dataDir, 'state/supervisor.json')
}

/** The record, or null when there is none or it does not read (a platform of another version). */
export function readSupervisorRecord(dataDir: string): SupervisorRecord | null {
  try {
    const value = JSON.parse(readFileSync(recordPath(dataDir), 'utf8')) as Partial<SupervisorRecord>
    return typeof value.pid === 'number' && Array.isArray(value.services) && typeof value.runtime === 'string'
      ? (value as SupervisorRecord)
      : null
  } catch {
    return null // no platform was started on this data directory
  }
}
