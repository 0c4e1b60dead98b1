import type { Logger } from '@beamtime/service-kit'
import type { Redis } from 'ioredis'
import { acquisitionObject, writerObject, type Acquisition } from '../core/acquisition.ts'
import type { DetectorConfig } from '../core/detector-config.ts'
import type { DeploymentState } from '../service/daq.ts'

/* The streams of the generation 2023-24 (daq contract 12): daq:config, daq:config:<id>, daq:status, daq:stat, daq:log. */

/** Entries that a stream keeps, about. */
const maxEntries = 100_000
const periodMs = 1_000

/** What the streams tell of; a `Daq` is one. */
export interface StreamSource {
  readonly config: DetectorConfig
  readonly deployment: DeploymentState
  readonly rates: object
  readonly control: {
    readonly acquisition: Acquisition | null
    readonly isWriting: boolean
    watch(listener: (acquisition: Acquisition | null) => void): () => void
  }
}

export interface DaqStreams {
  /** Entries that Redis did not take. */
  readonly lost: number
  close(): Promise<void>
}

/** Publishes the state of a detector: the writer at each change and once a second while it writes, rates once a second. */
export function publishDaqStreams(
  redis: Redis,
  source: StreamSource,
  { log, onConfig }: { readonly log: Logger; readonly onConfig?: (id: string) => void },
): DaqStreams {
  let lost = 0
  let isFailing = false
  let sending: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let configId: string | null = null

  function append(key: string, fields: readonly string[], id = '*'): void {
    // Redis is slow or away: the newest states are worth more than a queue of old ones.
    if (waiting >= maxWaiting) {
      lost += 1
      return
    }
    waiting += 1
    sending = sending.then(async () => {
      try {
        await redis.xadd(key, 'MAXLEN', '~', maxEntries, id, ...fields)
        isFailing = false
      } catch (error) {
        lost += 1
        if (!isFailing)
          log.warn('redis.lost', { key, message: error instanceof Error ? error.message : String(error) })
        isFailing = true
      } finally {
        waiting -= 1
      }
    })
  }

  function status(): void {
    append('daq:status', ['json', JSON.stringify(writerObject(source.control.acquisition))])
  }

  function deployment(): void {
    const { config_id, servers, status: state } = source.deployment
    // While it runs, the configuration in force is still the one before.
    if (config_id === null || state === 'RUNNING' || config_id === configId) return
    configId = config_id
    onConfig?.(config_id)
    append('daq:config', ['json', JSON.stringify(source.config)], config_id)
    const tell = (server: string, message: string): void =>
      append(`daq:config:${config_id}`, ['server_name', server, 'message', message])
    for (const [server, message] of Object.entries(servers)) {
      tell(server, 'Deploying')
      tell(server, message)
    }
  }

  let lastPhase: string | undefined
  const unwatch = source.control.watch((acquisition) => {
    status()
    const phase = acquisition?.phase
    // Runs that failed are not in this stream: its readers look for files that are whole.
    if (acquisition !== null && phase === 'finished' && lastPhase !== 'finished')
      append('daq:log', ['json', JSON.stringify(acquisitionObject(acquisition))])
    lastPhase = phase
  })
  const timer = setInterval(() => {
    deployment()
    if (source.control.isWriting) status()
    append('daq:stat', ['json', JSON.stringify(source.rates)])
  }, periodMs)
  deployment()
  status()
  return {
    get lost() {
      return lost
    },
    async close() {
      unwatch()
      clearInterval(timer)
      await sending
    },
  }
}

const maxWaiting = 1_000
