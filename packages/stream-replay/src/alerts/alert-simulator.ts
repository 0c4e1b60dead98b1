import { isContainer, isFramed, readContainer, unframeDatum } from '@beamtime/stream-formats/avro'
import type { Replay } from '../open-replay.ts'
import { decodeWithAny, schemasToTry, summaryOf } from './alert-fields.ts'
import { createTopic, fillReservoir } from './alert-reservoir.ts'
import { pythonLocalTime } from './python-text.ts'
import { reservoirSource } from './reservoir-source.ts'
import { recallSchema, rememberSchema } from './schema-memory.ts'

/** The alert simulator's three commands, on any cluster. */
export interface AlertSimulator {
  /** Preloads a reservoir; resolves with the number of alerts. */
  createStream(options: {
    readonly file: string
    readonly topic: string
    readonly schemaId: number
    readonly replaces: boolean
    readonly timePath?: string
  }): Promise<number>
  /** Plays a reservoir at its own pace; resolves with the number of alerts of all passes. */
  playStream(options: {
    readonly from: string
    readonly to: string
    readonly partitions: number
    readonly replaces: boolean
    /** Seconds from pass to pass; negative: one pass. */
    readonly repeatSeconds: number
    readonly signal: AbortSignal
    readonly onPass: (pass: { readonly messages: number; readonly seconds: number }) => void
    readonly onLatePass: (pass: { readonly seconds: number; readonly intervalSeconds: number }) => void
    readonly onSleep: (seconds: number) => void
  }): Promise<number>
  /** Calls back with a line for each alert, from the first on, until the signal aborts. */
  printStream(options: {
    readonly topic: string
    readonly schemaTexts?: readonly string[]
    readonly signal: AbortSignal
    readonly onLine: (line: string) => void
  }): Promise<void>
}

export function alertSimulator(replay: Replay): AlertSimulator {
  const { bootstrapServers: servers } = replay.cluster
  const access = { cluster: replay.cluster, admin: replay.bus.admin }
  return {
    async createStream({ timePath, ...options }) {
      return await fillReservoir(access, {
        ...options,
        timePath: timePath ?? null,
        onSchema: (text) => rememberSchema(servers, options.topic, text),
      })
    },
    async playStream(options) {
      const { from, to, partitions, replaces, repeatSeconds, signal } = options
      const source = reservoirSource(await replay.source(`topic:${from}`))
      await createTopic(access, to, { partitions, replaces, configs: {} })
      const schema = await recallSchema(servers, from)
      if (schema !== null) await rememberSchema(servers, to, schema)
      const isRepeated = repeatSeconds >= 0
      let played = 0
      const player = replay.player(
        source,
        {
          source: source.id,
          topicMap: { [from]: to },
          timestamps: 'now',
          partition: partitions === 1 ? { kind: 'fixed', partition: 0 } : { kind: 'round-robin' },
          ...(isRepeated ? { loop: Infinity, intervalMs: repeatSeconds * 1_000 } : {}),
        },
        {
          onPass(pass) {
            played += pass.messages
            options.onPass(pass)
            if (isRepeated && pass.seconds < repeatSeconds) options.onSleep(repeatSeconds - pass.seconds)
          },
          onLatePass: (pass) => options.onLatePass(pass),
        },
      )
      const onAbort = (): void => player.stop()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        await player.run()
        return played
      } finally {
        signal.removeEventListener('abort', onAbort)
        await source.close()
      }
    },
    async printStream({ topic, schemaTexts = [], signal, onLine }) {
      const remembered = await recallSchema(servers, topic)
      const schemas = schemasToTry([...schemaTexts, ...(remembered === null ? [] : [remembered])])
      await replay.bus.tail({
        topic,
        from: 'earliest',
        signal,
        onRecords(records) {
          for (const { value, timestampMs } of records)
            if (value !== null) onLine(alertLine(value, timestampMs, schemas))
        },
      })
    },
  }
}

function alertLine(value: Uint8Array, timestampMs: number, schemas: ReturnType<typeof schemasToTry>): string {
  const { id, historyLength } = summaryOf(alertOf(value, schemas))
  return `${pythonLocalTime(timestampMs)}  id=${id}  len(history)=${historyLength}  size=${value.length}`
}

function alertOf(value: Uint8Array, schemas: ReturnType<typeof schemasToTry>): unknown {
  if (!isContainer(value)) return decodeWithAny(isFramed(value) ? unframeDatum(value).datum : value, schemas)
  try {
    const { header, datums } = readContainer(value)
    const [first] = datums
    return first === undefined ? null : header.schema.decode(first)
  } catch {
    return null
  }
}
