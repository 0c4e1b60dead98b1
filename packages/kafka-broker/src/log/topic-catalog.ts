import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Journal } from './journal.ts'

export interface TopicEntry {
  readonly id: string
  readonly name: string
  readonly partitions: number
  readonly configs: Readonly<Record<string, string>>
}

type CatalogEntry =
  | { readonly kind: 'topic'; readonly topic: TopicEntry }
  | { readonly kind: 'topic-deleted'; readonly name: string }
  | { readonly kind: 'producer-ids'; readonly next: number }
  | { readonly kind: 'rows'; readonly table: CatalogTable; readonly rows: readonly CatalogRow[] }

/** What else is durable beside topics: records of the schema registry, users, transactions. */
export type CatalogTable = 'registry' | 'users' | 'transactions'
/** A null value removes the row. */
export type CatalogRow = readonly [key: string, value: unknown]

interface CatalogState {
  readonly topics: readonly TopicEntry[]
  readonly nextProducerId: number
  /** Absent in snapshots of the first release. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const producerIdBlock = 1_000

/** What the journal's entries amount to. */
interface CatalogModel {
  readonly topics: Map<string, TopicEntry>
  /** Producer ids below it may have been given out. */
  reservedUpTo: number
  readonly tables: Map<string, Map<string, unknown>>
}

function applyEntry(model: CatalogModel, entry: CatalogEntry): void {
  switch (entry.kind) {
    case 'topic':
      model.topics.set(entry.topic.name, entry.topic)
      break
    case 'topic-deleted':
      model.topics.delete(entry.name)
      break
    case 'producer-ids':
      model.reservedUpTo = entry.next
      break
    case 'rows':
      for (const [key, value] of entry.rows) {
        if (value === null) tableOf(model, entry.table).delete(key)
        else tableOf(model, entry.table).set(key, value)
      }
      break
  }
}

function tableOf(model: CatalogModel, name: string): Map<string, unknown> {
  const table = model.tables.get(name) ?? new Map<string, unknown>()
  model.tables.set(name, table)
  return table
}

/** Topics with their settings, producer ids and the tables beside them; every change is on the disk before it resolves. */
export class TopicCatalog {
  readonly #model: CatalogModel
  readonly #journal: Journal
  #nextProducerId: number
  #reserving: Promise<void> | null = null

  private constructor(model: CatalogModel, journal: Journal) {
    this.#model = model
    this.#journal = journal
    this.#nextProducerId = model.reservedUpTo
  }

  static async open(dataDirectory: string): Promise<TopicCatalog> {
    const directory = join(dataDirectory, 'catalog')
    await mkdir(directory, { recursive: true })
    const model: CatalogModel = { topics: new Map(), reservedUpTo: 1, tables: new Map() }
    const journal = await Journal.open({
      directory,
      restore: (state) => {
        const known = state as CatalogState
        for (const topic of known.topics) model.topics.set(topic.name, topic)
        model.reservedUpTo = known.nextProducerId
        for (const [name, rows] of Object.entries(known.tables ?? {}))
          for (const [key, value] of Object.entries(rows)) tableOf(model, name).set(key, value)
      },
      apply: (entry) => applyEntry(model, entry as CatalogEntry),
      state: (): CatalogState => ({
        topics: [...model.topics.values()],
        nextProducerId: model.reservedUpTo,
        tables: Object.fromEntries(
          Array.from(model.tables, ([name, rows]) => [name, Object.fromEntries(rows)]),
        ),
      }),
    })
    return new TopicCatalog(model, journal)
  }

  get(name: string): TopicEntry | undefined {
    return this.#model.topics.get(name)
  }

  topics(): Iterable<TopicEntry> {
    return this.#model.topics.values()
  }

  async create(topic: Omit<TopicEntry, 'id'>): Promise<TopicEntry> {
    const entry = { id: randomUUID(), ...topic }
    await this.#journal.append({ kind: 'topic', topic: entry }, true)
    return entry
  }

  async change(topic: TopicEntry): Promise<void> {
    await this.#journal.append({ kind: 'topic', topic }, true)
  }

  async delete(name: string): Promise<void> {
    await this.#journal.append({ kind: 'topic-deleted', name }, true)
  }

  rows(table: CatalogTable): ReadonlyMap<string, unknown> {
    return tableOf(this.#model, table)
  }

  /** All rows together or, after a crash, none of them; without `durable` they survive a crash of the broker only. */
  // oxlint-disable-next-line max-params -- what, and how
  async putRows(table: CatalogTable, rows: readonly CatalogRow[], durable = true): Promise<void> {
    await this.#journal.append({ kind: 'rows', table, rows }, durable)
  }

  /** An id that no producer had before, also over restarts: ids are reserved in blocks. */
  async newProducerId(): Promise<number> {
    while (this.#nextProducerId >= this.#model.reservedUpTo) {
      const next = this.#model.reservedUpTo + producerIdBlock
      this.#reserving ??= this.#journal.append({ kind: 'producer-ids', next }, true).finally(() => {
        this.#reserving = null
      })
      await this.#reserving
    }
    return this.#nextProducerId++
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }
}
