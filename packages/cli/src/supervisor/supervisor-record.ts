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
