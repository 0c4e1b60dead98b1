import { type AvroSchema, parseAvroSchema } from '@beamtime/stream-formats/avro'
import { hasPath } from '../rules/avro-rule.ts'
import { alertSchema } from './alert-schema.ts'

/** Where alerts of the different generations keep their time; the first that a schema has counts. Days. */
export const alertTimePaths = ['diaSource.midpointMjdTai', 'diaSource.midPointTai', 'candidate.jd'] as const

/** Path of the time of an alert, or null when the schema has none that is known. */
export function alertTimePath(schema: AvroSchema, wanted: string | null): string | null {
  const paths = wanted === null ? alertTimePaths : [wanted]
  return paths.find((path) => hasPath(schema.root, path)) ?? null
}

/** What is printed of an alert. */
export interface AlertSummary {
  readonly id: string
  readonly historyLength: number
}

export function summaryOf(alert: unknown): AlertSummary {
  const record = (alert ?? {}) as Readonly<Record<string, unknown>>
  const source = (record['diaSource'] ?? {}) as Readonly<Record<string, unknown>>
  const id = record['alertId'] ?? record['diaSourceId'] ?? source['diaSourceId'] ?? record['objectId']
  const history = record['prvDiaSources'] ?? record['prv_candidates']
  return {
    id: typeof id === 'bigint' || typeof id === 'number' || typeof id === 'string' ? String(id) : 'None',
    historyLength: Array.isArray(history) ? history.length : 0,
  }
}

/** Schemas to try on alerts whose id nobody knows: those given, then the one that our samples are written with. */
export function schemasToTry(texts: readonly string[]): readonly AvroSchema[] {
  return [...texts.map((text) => parseAvroSchema(text)), alertSchema()]
}

/** Decodes a datum with the first schema that it fits as a whole; null when none does. */
export function decodeWithAny(datum: Uint8Array, schemas: readonly AvroSchema[]): unknown {
  for (const schema of schemas) {
    try {
      return schema.decode(datum)
    } catch {
      // not written with this one
    }
  }
  return null
}
