import { StreamFormatError } from '../error.ts'
import { type AvroSchema, parseAvroSchema } from './avro-schema.ts'

/** A schema as a registry keeps it. */
export interface RegisteredSchema {
  readonly id: number
  /** `AVRO` unless the registry says otherwise. */
  readonly type: string
  readonly schema: string
  /** Texts of the schemas that this one refers to, those without references first. */
  readonly references: readonly string[]
}

/** Where schemas are found by the id that a message carries. */
export interface SchemaSource {
  /** Null when there is no such schema. Rejects with STREAM_SCHEMA_UNKNOWN when the source cannot be asked. */
  schemaById(id: number): Promise<RegisteredSchema | null>
}

const contentType = 'application/vnd.schemaregistry.v1+json'
const timeoutMs = 10_000
/** Schemas that refer to schemas that refer ... */
const maxReferenceDepth = 16

/** Asks a registry with Confluent's HTTP interface; what it answered is kept, since a schema never changes under its id. */
export function registrySource(
  url: string,
  login?: { readonly user: string; readonly password: string },
): SchemaSource {
  const known = new Map<number, RegisteredSchema>()
  const headers = {
    accept: contentType,
    ...(login === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }),
  }
  const base = url.replace(/\/+$/, '')
  const ask = async (path: string): Promise<Record<string, unknown> | null> => {
    const response = await fetch(`${base}${path}`, { headers, signal: AbortSignal.timeout(timeoutMs) }).catch(
      (cause: unknown) => {
        throw unreachable(url, cause)
      },
    )
    if (response.status === 404) return null
    if (!response.ok) throw unreachable(url, new Error(`status ${response.status}`))
    return (await response.json()) as Record<string, unknown>
  }
  const referencesOf = async (answer: Record<string, unknown>, depth: number): Promise<string[]> => {
    const { references } = answer
    if (!Array.isArray(references) || depth > maxReferenceDepth) return []
    const texts: string[] = []
    for (const { subject, version } of references as readonly { subject?: unknown; version?: unknown }[]) {
      const found = await ask(`/subjects/${encodeURIComponent(String(subject))}/versions/${String(version)}`)
      if (found !== null) texts.push(...(await referencesOf(found, depth + 1)), String(found['schema']))
    }
    return texts
  }
  return {
    async schemaById(id) {
      const cached = known.get(id)
      if (cached !== undefined) return cached
      const answer = await ask(`/schemas/ids/${id}`)
      if (answer === null || typeof answer['schema'] !== 'string') return null
      const { schemaType } = answer
      const registered = {
        id,
        type: typeof schemaType === 'string' ? schemaType : 'AVRO',
        schema: answer['schema'],
        references: await referencesOf(answer, 0),
      }
      known.set(id, registered)
      return registered
    },
  }
}

/** Schemas that are at hand, for instance those embedded in a recording. */
export function fixedSource(schemas: ReadonlyMap<number, string>): SchemaSource {
  return {
    schemaById: (id) => {
      const schema = schemas.get(id)
      return Promise.resolve(schema === undefined ? null : { id, type: 'AVRO', schema, references: [] })
    },
  }
}

/** Prepares a registered schema. Throws STREAM_SCHEMA_UNKNOWN when it is none of Avro. */
export function avroOf(registered: RegisteredSchema): AvroSchema {
  if (registered.type === 'AVRO') return parseAvroSchema(registered.schema, registered.references)
  throw new StreamFormatError({
    code: 'STREAM_SCHEMA_UNKNOWN',
    message: `schema ${registered.id} is one of ${registered.type}`,
    remedy: 'Only Avro schemas are decoded.',
  })
}

function unreachable(url: string, cause: unknown): StreamFormatError {
  return new StreamFormatError({
    code: 'STREAM_SCHEMA_UNKNOWN',
    message: `the schema registry ${url} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Start it, or correct its address.',
    cause,
  })
}
