import { identityOf } from './schema-text.ts'

/* What the registry knows, as the key and value records of Confluent's `_schemas` topic:
 *   {"keytype":"SCHEMA","subject":s,"version":n,"magic":1}  {"subject","version","id","schemaType"?,"references"?,"metadata"?,"schema","deleted"}
 *   {"keytype":"CONFIG","subject":s|null,"magic":0}         {"compatibilityLevel":"BACKWARD"}
 *   {"keytype":"MODE","subject":s|null,"magic":0}           {"mode":"READWRITE"}
 *   {"keytype":"DELETE_SUBJECT","subject":s,"magic":0}      {"subject":s,"version":n}     read only: an import may bring it
 * A null value removes what stands under the key. */

export interface SchemaReference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

export interface SchemaMetadata {
  readonly [part: string]: unknown
}

/** One version of a subject, as stored. */
export interface SchemaEntry {
  readonly subject: string
  readonly version: number
  readonly id: number
  /** Absent for Avro. */
  readonly schemaType?: string
  readonly references?: readonly SchemaReference[]
  readonly metadata?: SchemaMetadata
  readonly schema: string
  readonly deleted: boolean
}

export type RegistryKey =
  | { readonly keytype: 'SCHEMA'; readonly subject: string; readonly version: number; readonly magic: 1 }
  | { readonly keytype: 'CONFIG' | 'MODE'; readonly subject: string | null; readonly magic: 0 }
  | { readonly keytype: 'DELETE_SUBJECT'; readonly subject: string; readonly magic: 0 }

export interface RegistryRecord {
  readonly key: RegistryKey
  readonly value: unknown
}

export type CompatibilityLevel = (typeof compatibilityLevels)[number]
export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const

export type RegistryMode = (typeof registryModes)[number]
export const registryModes = ['READWRITE', 'READONLY', 'IMPORT'] as const

export function schemaRecord(entry: SchemaEntry): RegistryRecord {
  const { subject, version } = entry
  return { key: { keytype: 'SCHEMA', subject, version, magic: 1 }, value: entry }
}

export function schemaTombstone({ subject, version }: SchemaEntry): RegistryRecord {
  return { key: { keytype: 'SCHEMA', subject, version, magic: 1 }, value: null }
}

/** Equal for schemas that get the same id. */
export function contentOf(schema: Pick<SchemaEntry, 'schema' | 'schemaType' | 'references'>): string {
  const { schemaType = 'AVRO', references = [] } = schema
  return `${schemaType}\n${JSON.stringify(references)}\n${identityOf(schema.schema)}`
}

/** The registry's state: records in, questions answered. */
export class RegistryState {
  readonly #subjects = new Map<string, Map<number, SchemaEntry>>()
  readonly #byId = new Map<number, Set<SchemaEntry>>()
  readonly #idByContent = new Map<string, number>()
  readonly #levels = new Map<string | null, CompatibilityLevel>()
  readonly #modes = new Map<string | null, RegistryMode>()
  #highestId = 0

  apply({ key, value }: RegistryRecord): void {
    switch (key.keytype) {
      case 'SCHEMA':
        this.#remove(key.subject, key.version)
        if (value !== null) this.#add(value as SchemaEntry)
        break
      case 'CONFIG':
        if (value === null) this.#levels.delete(key.subject)
        else
          this.#levels.set(
            key.subject,
            (value as { compatibilityLevel: CompatibilityLevel }).compatibilityLevel,
          )
        break
      case 'MODE':
        if (value === null) this.#modes.delete(key.subject)
        else this.#modes.set(key.subject, (value as { mode: RegistryMode }).mode)
        break
      case 'DELETE_SUBJECT':
        for (const entry of this.versions(key.subject)) {
          this.#remove(entry.subject, entry.version)
          this.#add({ ...entry, deleted: true })
        }
        break
    }
  }

  #add(entry: SchemaEntry): void {
    const versions = this.#subjects.get(entry.subject) ?? new Map<number, SchemaEntry>()
    versions.set(entry.version, entry)
    this.#subjects.set(entry.subject, versions)
    const uses = this.#byId.get(entry.id) ?? new Set()
    uses.add(entry)
    this.#byId.set(entry.id, uses)
    this.#idByContent.set(contentOf(entry), entry.id)
    this.#highestId = Math.max(this.#highestId, entry.id)
  }

  #remove(subject: string, version: number): void {
    const versions = this.#subjects.get(subject)
    const entry = versions?.get(version)
    if (versions === undefined || entry === undefined) return
    versions.delete(version)
    if (versions.size === 0) this.#subjects.delete(subject)
    const uses = this.#byId.get(entry.id)
    uses?.delete(entry)
    if (uses?.size !== 0) return
    this.#byId.delete(entry.id)
    this.#idByContent.delete(contentOf(entry))
  }

  /** All records, for an export: a registry that reads them knows the same. */
  records(): readonly RegistryRecord[] {
    const records: RegistryRecord[] = []
    for (const [subject, compatibilityLevel] of this.#levels)
      records.push({ key: { keytype: 'CONFIG', subject, magic: 0 }, value: { compatibilityLevel } })
    for (const [subject, mode] of this.#modes)
      records.push({ key: { keytype: 'MODE', subject, magic: 0 }, value: { mode } })
    // By id, so that a schema comes after those that it refers to.
    const entries = [...this.#byId.values()].flatMap((uses) => [...uses]).toSorted((a, b) => a.id - b.id)
    return [...records, ...entries.map(schemaRecord)]
  }

  subjects(): readonly string[] {
    return [...this.#subjects.keys()].toSorted()
  }

  /** Versions of a subject in order, also deleted ones. */
  versions(subject: string): readonly SchemaEntry[] {
    return [...(this.#subjects.get(subject)?.values() ?? [])].toSorted((a, b) => a.version - b.version)
  }

  /** Every use of an id. */
  uses(id: number): readonly SchemaEntry[] {
    return [...(this.#byId.get(id) ?? [])]
  }

  idOf(content: string): number | undefined {
    return this.#idByContent.get(content)
  }

  get highestId(): number {
    return this.#highestId
  }

  /** Ids are not given twice, also after the last version with one is gone for good. */
  reserveIds(upTo: number): void {
    this.#highestId = Math.max(this.#highestId, upTo)
  }

  /** Ids of schemas that refer to a version. */
  referrers(subject: string, version: number): readonly number[] {
    const ids = new Set<number>()
    for (const uses of this.#byId.values()) {
      for (const { id, references = [], deleted } of uses) {
        if (!deleted && references.some((one) => one.subject === subject && one.version === version))
          ids.add(id)
      }
    }
    return [...ids].toSorted((a, b) => a - b)
  }

  /** Of a subject, null = of all; undefined when it is not set there. */
  level(subject: string | null): CompatibilityLevel | undefined {
    return this.#levels.get(subject) ?? (subject === null ? 'BACKWARD' : undefined)
  }

  mode(subject: string | null): RegistryMode | undefined {
    return this.#modes.get(subject) ?? (subject === null ? 'READWRITE' : undefined)
  }
}
