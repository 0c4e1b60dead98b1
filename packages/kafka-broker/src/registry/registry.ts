import { readingProblems } from './avro-compatibility.ts'
import { type AvroType, parseAvroSchema } from './avro-schema.ts'
import { RegistryError } from './registry-error.ts'
import {
  type CompatibilityLevel,
  contentOf,
  type RegistryMode,
  type RegistryRecord,
  RegistryState,
  type SchemaEntry,
  type SchemaMetadata,
  type SchemaReference,
  schemaRecord,
  schemaTombstone,
} from './registry-state.ts'
import { compactJson } from './schema-text.ts'

/** A schema as a client hands it in. */
export interface OfferedSchema {
  readonly schema: string
  readonly schemaType: string
  readonly references: readonly SchemaReference[]
  readonly metadata?: SchemaMetadata
  /** Honoured in import mode only. */
  readonly id?: number
  readonly version?: number
}

export type VersionName = number | 'latest'

/** Where the registry's records are kept. Both are durable when they resolve. */
export interface RegistryStore {
  records(): Iterable<RegistryRecord>
  readonly reservedIds: number
  append(records: readonly RegistryRecord[], reservedIds: number): Promise<void>
}

export const schemaTypes = ['AVRO', 'JSON', 'PROTOBUF'] as const

/** Rules of Confluent's Schema Registry (API version 7) over the records. Methods throw RegistryError. */
export class Registry {
  readonly #state = new RegistryState()
  readonly #store: RegistryStore
  #changes: Promise<unknown> = Promise.resolve()

  constructor(store: RegistryStore) {
    this.#store = store
    for (const record of store.records()) this.#state.apply(record)
    this.#state.reserveIds(store.reservedIds)
  }

  get state(): RegistryState {
    return this.#state
  }

  // ---- reading

  subjects(options: { readonly prefix: string; readonly withDeleted: boolean }): readonly string[] {
    return this.#state
      .subjects()
      .filter((subject) => subject.startsWith(options.prefix))
      .filter((subject) => options.withDeleted || this.#live(subject).length > 0)
  }

  #live(subject: string): readonly SchemaEntry[] {
    return this.#state.versions(subject).filter((entry) => !entry.deleted)
  }

  /** Numbers of the versions of a subject. */
  versions(subject: string, withDeleted: boolean): readonly number[] {
    const entries = withDeleted ? this.#state.versions(subject) : this.#live(subject)
    if (entries.length === 0) throw subjectUnknown(subject)
    return entries.map((entry) => entry.version)
  }

  version(subject: string, name: VersionName, withDeleted = false): SchemaEntry {
    const all = this.#state.versions(subject)
    const entries = withDeleted ? all : this.#live(subject)
    if (entries.length === 0) throw subjectUnknown(subject)
    const entry = name === 'latest' ? entries.at(-1) : entries.find(({ version }) => version === name)
    if (entry === undefined) throw new RegistryError(40402, `Version ${name} not found.`)
    return entry
  }

  /** A schema by its id; of several uses one that is not deleted. */
  byId(id: number, subject: string | null): SchemaEntry {
    const uses = this.#state.uses(id)
    const entry =
      uses.find((use) => !use.deleted && (subject === null || use.subject === subject)) ??
      uses.find((use) => !use.deleted) ??
      uses[0]
    if (entry === undefined) throw new RegistryError(40403, `Schema ${id} not found`)
    return entry
  }

  uses(id: number, withDeleted: boolean): readonly SchemaEntry[] {
    this.byId(id, null)
    return this.#state.uses(id).filter((use) => withDeleted || !use.deleted)
  }

  /** The entry of a subject that holds this schema. */
  lookUp(subject: string, offered: OfferedSchema, withDeleted: boolean): SchemaEntry {
    if (this.#state.versions(subject).length === 0) throw subjectUnknown(subject)
    this.#parse(offered)
    const entries = withDeleted ? this.#state.versions(subject) : this.#live(subject)
    const content = contentOf(offered)
    const entry = entries.findLast((one) => contentOf(one) === content)
    if (entry === undefined) throw new RegistryError(40403, 'Schema not found')
    return entry
  }

  level(subject: string | null, orGlobal = false): CompatibilityLevel {
    const level = this.#state.level(subject) ?? (orGlobal ? this.#state.level(null) : undefined)
    if (level !== undefined) return level
    throw new RegistryError(
      40408,
      `Subject '${subject}' does not have subject-level compatibility configured`,
    )
  }

  mode(subject: string | null, orGlobal = false): RegistryMode {
    const mode = this.#state.mode(subject) ?? (orGlobal ? this.#state.mode(null) : undefined)
    if (mode !== undefined) return mode
    throw new RegistryError(40409, `Subject '${subject}' does not have subject-level mode configured`)
  }

  /** Why the schema does not go with one version, or with those that the level of the subject names; empty = it does. */
  incompatibilities(subject: string, offered: OfferedSchema, name: VersionName | null): readonly string[] {
    const candidate = this.#parse(offered)
    const level = this.level(subject, true)
    if (name !== null) return this.#problemsWith([this.version(subject, name)], candidate, level)
    return this.#problemsWith(this.#live(subject), candidate, level)
  }

  #problemsWith(
    entries: readonly SchemaEntry[],
    candidate: AvroType | null,
    level: CompatibilityLevel,
  ): readonly string[] {
    // JSON Schema and Protobuf are stored and served only.
    if (level === 'NONE' || candidate === null) return []
    const against = level.endsWith('_TRANSITIVE') ? entries : entries.slice(-1)
    const problems: string[] = []
    for (const entry of against) {
      const former = this.#parse(entryAsOffered(entry))
      if (former === null) problems.push(`Incompatible because of different schema type: ${entry.schemaType}`)
      else {
        if (!level.startsWith('FORWARD')) problems.push(...readingProblems(candidate, former))
        if (!level.startsWith('BACKWARD')) problems.push(...readingProblems(former, candidate))
      }
    }
    return problems
  }

  /** Checks a schema with those that it refers to; null for types other than Avro. */
  #parse(offered: OfferedSchema, known = new Map<string, AvroType>(), depth = 0): AvroType | null {
    if (!(schemaTypes as readonly string[]).includes(offered.schemaType))
      throw new RegistryError(42201, `Invalid schema: unknown type ${offered.schemaType}`)
    if (depth > 16) throw new RegistryError(42201, 'Invalid schema: references go in a circle')
    for (const reference of offered.references) {
      const entry = this.#state
        .versions(reference.subject)
        .find(({ version }) => version === reference.version)
      if (entry === undefined)
        throw new RegistryError(
          42201,
          `Invalid schema: no schema reference found for subject "${reference.subject}" and version ${reference.version}`,
        )
      if (offered.schemaType === 'AVRO' && !known.has(reference.name))
        this.#parse(entryAsOffered(entry), known, depth + 1)
    }
    return offered.schemaType === 'AVRO' ? parseAvroSchema(offered.schema, known) : null
  }

  // ---- changing

  /** Changes go one after another: each sees what the one before has written. */
  #change<T>(decide: () => { readonly records: readonly RegistryRecord[]; readonly result: T }): Promise<T> {
    const done = this.#changes.then(async () => {
      const { records, result } = decide()
      if (records.length === 0) return result
      const ids = records.map(({ value }) => (value as { id?: number } | null)?.id ?? 0)
      const reserved = ids.reduce((most, id) => Math.max(most, id), this.#state.highestId)
      try {
        await this.#store.append(records, reserved)
      } catch (cause) {
        throw Object.assign(new RegistryError(50001, 'Error while storing in the backend'), { cause })
      }
      for (const record of records) this.#state.apply(record)
      return result
    })
    this.#changes = done.catch(() => undefined) // the caller has the error
    return done
  }

  register(subject: string, offered: OfferedSchema): Promise<SchemaEntry> {
    return this.#change(() => {
      this.#checkRegistering(subject, offered)
      const candidate = this.#parse(offered)
      const known = this.#live(subject).findLast((entry) => isSame(entry, offered))
      const isImport = offered.id !== undefined
      if (known !== undefined && (!isImport || known.id === offered.id)) return { records: [], result: known }
      if (!isImport) {
        const problems = this.#problemsWith(this.#live(subject), candidate, this.level(subject, true))
        if (problems.length > 0) {
          const text = `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${problems.join(', ')}]`
          throw new RegistryError(409, text)
        }
      }
      const entry = this.#newEntry(subject, offered)
      return { records: [schemaRecord(entry)], result: entry }
    })
  }

  #newEntry(subject: string, offered: OfferedSchema): SchemaEntry {
    const { schemaType, references, metadata } = offered
    const next = (this.#state.versions(subject).at(-1)?.version ?? 0) + 1
    return {
      subject,
      version: offered.version ?? next,
      id: offered.id ?? this.#state.idOf(contentOf(offered)) ?? this.#state.highestId + 1,
      ...(schemaType === 'AVRO' ? {} : { schemaType }),
      ...(references.length === 0 ? {} : { references }),
      ...(metadata === undefined ? {} : { metadata }),
      schema: schemaType === 'PROTOBUF' ? offered.schema : compactJson(offered.schema),
      deleted: false,
    }
  }

  #checkRegistering(subject: string, { id, version, ...offered }: OfferedSchema): void {
    const mode = this.mode(subject, true)
    this.#checkNotReadOnly(subject)
    if (id === undefined && mode === 'IMPORT')
      throw new RegistryError(42205, `Subject ${subject} is not in read-write mode`)
    if (id === undefined && version === undefined) return
    if (mode !== 'IMPORT') throw new RegistryError(42205, `Subject ${subject} is not in import mode`)
    const holder = id === undefined ? undefined : this.#state.uses(id)[0]
    if (holder !== undefined && contentOf(holder) !== contentOf(offered))
      throw new RegistryError(42205, `Overwrite new schema with id ${id} is not permitted.`)
  }

  #checkNotReadOnly(subject: string): void {
    if (this.mode(subject, true) === 'READONLY')
      throw new RegistryError(42205, `Subject ${subject} is in read-only mode`)
  }

  /** Soft: marks all versions; permanent: removes those that were marked before. Gives their numbers. */
  deleteSubject(subject: string, permanent: boolean): Promise<readonly number[]> {
    return this.#change(() => {
      const all = this.#state.versions(subject)
      if (all.length === 0) throw subjectUnknown(subject)
      this.#checkNotReadOnly(subject)
      const live = this.#live(subject)
      if (permanent && live.length > 0) {
        const text = `Subject '${subject}' was not deleted first before being permanently deleted`
        throw new RegistryError(40405, text)
      }
      if (!permanent && live.length === 0) {
        const text = `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`
        throw new RegistryError(40404, text)
      }
      for (const entry of live) this.#checkUnreferenced(entry)
      const records = permanent ? all.map(schemaTombstone) : live.map(asDeleted)
      const rest = settingsOf(this.#state, subject)
      return {
        records: permanent ? [...records, ...rest] : records,
        result: (permanent ? all : live).map((entry) => entry.version),
      }
    })
  }

  #checkUnreferenced(entry: SchemaEntry): void {
    if (this.#state.referrers(entry.subject, entry.version).length === 0) return
    const text = `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${entry.subject},version=${entry.version}}.`
    throw new RegistryError(42206, text)
  }

  deleteVersion(subject: string, name: VersionName, permanent: boolean): Promise<number> {
    return this.#change(() => {
      const entry = this.version(subject, name, true)
      this.#checkNotReadOnly(subject)
      const which = `Subject '${subject}' Version ${entry.version}`
      if (permanent && !entry.deleted)
        throw new RegistryError(40407, `${which} was not deleted first before being permanently deleted`)
      if (!permanent && entry.deleted)
        throw new RegistryError(40406, `${which} was soft deleted. Set permanent=true to delete permanently`)
      this.#checkUnreferenced(entry)
      return { records: [permanent ? schemaTombstone(entry) : asDeleted(entry)], result: entry.version }
    })
  }

  /** Null removes what is set for the subject; gives what held before. */
  setLevel(subject: string | null, level: CompatibilityLevel | null): Promise<CompatibilityLevel> {
    return this.#change(() => {
      const result = level ?? this.level(subject)
      const value = level === null ? null : { compatibilityLevel: level }
      return { records: [{ key: { keytype: 'CONFIG', subject, magic: 0 }, value }], result }
    })
  }

  setMode(subject: string | null, mode: RegistryMode | null, force: boolean): Promise<RegistryMode> {
    return this.#change(() => {
      const result = mode ?? this.mode(subject)
      const isUsed =
        subject === null ? this.#state.subjects().length > 0 : this.#state.versions(subject).length > 0
      if (mode === 'IMPORT' && !force && this.#state.mode(subject) !== 'IMPORT' && isUsed)
        throw new RegistryError(42205, 'Cannot import since found existing subjects')
      const value = mode === null ? null : { mode }
      return { records: [{ key: { keytype: 'MODE', subject, magic: 0 }, value }], result }
    })
  }

  /** Takes records of a `_schemas` topic. */
  importRecords(records: readonly RegistryRecord[]): Promise<number> {
    return this.#change(() => ({ records, result: records.length }))
  }
}

function subjectUnknown(subject: string): RegistryError {
  return new RegistryError(40401, `Subject '${subject}' not found.`)
}

function entryAsOffered(entry: SchemaEntry): OfferedSchema {
  const { schema, schemaType = 'AVRO', references = [] } = entry
  return { schema, schemaType, references }
}

function asDeleted(entry: SchemaEntry): RegistryRecord {
  return schemaRecord({ ...entry, deleted: true })
}

function settingsOf(state: RegistryState, subject: string): readonly RegistryRecord[] {
  const records: RegistryRecord[] = []
  if (state.level(subject) !== undefined)
    records.push({ key: { keytype: 'CONFIG', subject, magic: 0 }, value: null })
  return records
}

/** The same schema with the same metadata, where any is given. */
function isSame(entry: SchemaEntry, offered: OfferedSchema): boolean {
  if (contentOf(entry) !== contentOf(offered)) return false
  return offered.metadata === undefined || JSON.stringify(offered.metadata) === JSON.stringify(entry.metadata)
}
