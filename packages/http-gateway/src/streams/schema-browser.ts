import { notFound, unavailable } from '../error.ts'
import type { SchemaDetail, SchemasPage, SchemaSubject, SchemaVersion } from '../ui-types.ts'

/** What a schema registry with Confluent's interface holds. */
export interface SchemaBrowser {
  subjects(): Promise<SchemasPage>
  subject(name: string): Promise<SchemaDetail>
}

const contentType = 'application/vnd.schemaregistry.v1+json'
const timeoutMs = 5_000
const maxAnswerBytes = 33_554_432
/** Of more subjects only the names are told until one is chosen. */
const maxLooked = 300
const maxVersions = 200
/** Requests under way at the same time. */
const lanes = 8

/** `url` empty: there is no registry. */
export function schemaBrowser(url: string): SchemaBrowser {
  const base = url.replace(/\/+$/, '')
  const ask = (path: string): Promise<unknown> => askRegistry(`${base}${path}`)
  return {
    async subjects() {
      if (base === '') return { registry: null, subjects: [] }
      const names = textsOf(await ask('/subjects')).toSorted((a, b) => a.localeCompare(b))
      const subjects = await inLanes(names, async (name, index): Promise<SchemaSubject> => {
        if (index >= maxLooked) return { name, version: null, id: null, type: null }
        const latest = await ask(`/subjects/${encodeURIComponent(name)}/versions/latest`)
        // Gone since the list was made.
        if (latest === null) return { name, version: null, id: null, type: null }
        const { version, id, type } = versionOf(latest)
        return { name, version, id, type }
      })
      return { registry: base, subjects }
    },
    async subject(name) {
      if (base === '') throw notFound('There is no schema registry.')
      const path = `/subjects/${encodeURIComponent(name)}`
      const numbers = await ask(`${path}/versions`)
      if (!Array.isArray(numbers)) throw notFound(`There are no schemas of '${name}'.`)
      const newest = numbers.map(Number).toSorted((a, b) => b - a)
      const versions = await inLanes(newest.slice(0, maxVersions), async (number) => {
        const answer = await ask(`${path}/versions/${number}`)
        return answer === null ? [] : [versionOf(answer)]
      })
      const config = fieldsOf(await ask(`/config/${encodeURIComponent(name)}?defaultToGlobal=true`))
      const own = fieldsOf(await ask(`/config/${encodeURIComponent(name)}`))
      return {
        name,
        compatibility: textOf(config['compatibilityLevel']) || textOf(own['compatibilityLevel']) || null,
        isCompatibilityOwn: textOf(own['compatibilityLevel']) !== '',
        versions: versions.flat(),
        older: Math.max(0, newest.length - maxVersions),
      }
    },
  }
}

/** Null: the registry knows no such thing. Rejects with GATEWAY_UNAVAILABLE. */
async function askRegistry(url: string): Promise<unknown> {
  const shown = new URL(url).origin
  try {
    const answer = await fetch(url, {
      headers: { accept: contentType },
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await boundedText(answer)
    if (answer.status === 404) return null
    if (!answer.ok) throw new Error(`it answers ${answer.status}`)
    return JSON.parse(text) as unknown
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw unavailable(
      `The schema registry ${shown} does not answer: ${cause instanceof Error ? cause.message : String(cause)}.`,
      error,
    )
  }
}

async function boundedText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > maxAnswerBytes) throw new Error('its answer is too long')
    chunks.push(chunk as Uint8Array)
  }
  return Buffer.concat(chunks).toString()
}

function versionOf(answer: unknown): SchemaVersion {
  const { version, id, schemaType, schema, references } = fieldsOf(answer)
  return {
    version: Number(version),
    id: Number(id),
    type: textOf(schemaType) || 'AVRO',
    schema: textOf(schema),
    references: (Array.isArray(references) ? references : []).map((one) => {
      const { name, subject, version: at } = fieldsOf(one)
      return { name: textOf(name), subject: textOf(subject), version: Number(at) }
    }),
  }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** Works on all of a list, a few at a time; results in its order. */
async function inLanes<T, R>(list: readonly T[], work: (one: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < list.length; index = next++) {
      const one = list[index]
      if (one !== undefined) results[index] = await work(one, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, list.length) }, lane))
  return results
}
