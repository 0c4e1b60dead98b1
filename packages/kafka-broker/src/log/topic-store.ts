import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type FlushPolicy, type LogSettings, logSettings } from '../core/topic-config.ts'
import { type CleanState, takeCleanMarker, writeCleanMarker } from './clean-marker.ts'
import type { LogContext, PartitionPlace, PartitionState } from './log-context.ts'
import { readCheckpoint } from './partition-files.ts'
import { PartitionLog } from './partition-log.ts'
import { recoverPartition } from './recovery.ts'
import { TopicCatalog, type TopicEntry } from './topic-catalog.ts'

/** A topic with the logs of its partitions. */
export interface Topic {
  readonly entry: TopicEntry
  readonly logs: readonly PartitionLog[]
}

export interface TopicStoreOptions {
  readonly directory: string
  readonly context: LogContext
  /** Topic settings that the broker's configuration sets for all topics. */
  readonly topicDefaults: Readonly<Record<string, string>>
  readonly flush: FlushPolicy
  /** Of all topics together. */
  readonly maxPartitions: number
}

/** Partitions that are opened, recovered or closed at the same time. */
const parallel = 8

/** All topics of the broker: the catalog and the logs, which change together. */
export class TopicStore {
  readonly #options: TopicStoreOptions
  readonly #catalog: TopicCatalog
  readonly #logs = new Map<string, PartitionLog[]>()
  readonly #nameById = new Map<string, string>()
  /** An entry never changes: a topic that is configured anew has another. */
  readonly #settings = new WeakMap<TopicEntry, LogSettings>()
  /** Creating and deleting go one after another. */
  #changes: Promise<unknown> = Promise.resolve()
  /** Grows with every change that Metadata shows. */
  version = 0
  /** Whether the last stop was orderly. */
  readonly wasClean: boolean

  private constructor(options: TopicStoreOptions, catalog: TopicCatalog, wasClean: boolean) {
    this.#options = options
    this.#catalog = catalog
    this.wasClean = wasClean
  }

  static async open(options: TopicStoreOptions): Promise<TopicStore> {
    await mkdir(join(options.directory, 'topics'), { recursive: true })
    const clean = await takeCleanMarker(options.directory)
    const catalog = await TopicCatalog.open(options.directory)
    const store = new TopicStore(options, catalog, clean !== null)
    const places: [entry: TopicEntry, partition: number][] = []
    for (const entry of catalog.topics()) {
      store.#nameById.set(entry.id, entry.name)
      store.#logs.set(entry.name, [])
      for (let partition = 0; partition < entry.partitions; partition++) places.push([entry, partition])
    }
    await inParallel(places, async ([entry, partition]) => {
      const log = await store.#openPartition(entry, partition, clean)
      const logs = store.#logs.get(entry.name) ?? []
      logs[partition] = log
    })
    void store.#removeDeleted()
    return store
  }

  #place(entry: TopicEntry, partition: number): PartitionPlace {
    const name = `${entry.name}-${partition}`
    const settings = (): LogSettings => this.settings(this.#catalog.get(entry.name) ?? entry)
    return { name, topicId: entry.id, directory: join(this.#options.directory, 'topics', name), settings }
  }

  async #openPartition(
    entry: TopicEntry,
    partition: number,
    clean: CleanState | null,
  ): Promise<PartitionLog> {
    const place = this.#place(entry, partition)
    const { context } = this.#options
    const state = clean?.get(place.name)
    if (state?.topicId === entry.id) return PartitionLog.known(place, context, state)
    const isThere = (await stat(place.directory).catch(() => null)) !== null
    const checkpoint = isThere ? await readCheckpoint(place.directory) : null
    const isOther = checkpoint !== null && checkpoint.topicId !== entry.id
    if (isOther) await this.#putAside(place.name)
    // A crash between the catalog's entry and the directory leaves a partition without one.
    if (!isThere || isOther) return await PartitionLog.create(place, context)
    return await recoverPartition(place, context)
  }

  /** The settings of a topic as the log uses them. */
  settings(entry: TopicEntry): LogSettings {
    let settings = this.#settings.get(entry)
    if (settings === undefined) {
      settings = logSettings(entry.configs, this.#options.topicDefaults, this.#options.flush)
      this.#settings.set(entry, settings)
    }
    return settings
  }

  get topicDefaults(): Readonly<Record<string, string>> {
    return this.#options.topicDefaults
  }

  topic(name: string): Topic | undefined {
    const entry = this.#catalog.get(name)
    const logs = this.#logs.get(name)
    return entry === undefined || logs === undefined ? undefined : { entry, logs }
  }

  topicById(id: string): Topic | undefined {
    const name = this.#nameById.get(id)
    return name === undefined ? undefined : this.topic(name)
  }

  partition(topicName: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(topicName)?.[partition]
  }

  /** All topics, sorted by name. */
  topics(): readonly Topic[] {
    return [...this.#catalog.topics()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => this.topic(entry.name) ?? [])
  }

  /** Whether that many more partitions may be made. */
  hasRoomFor(partitions: number): boolean {
    let count = partitions
    for (const logs of this.#logs.values()) count += logs.length
    return count <= this.#options.maxPartitions
  }

  *partitions(): Generator<PartitionLog> {
    for (const logs of this.#logs.values()) yield* logs
  }

  /** The durable tables beside the topics. */
  get catalog(): Pick<TopicCatalog, 'rows' | 'putRows'> {
    return this.#catalog
  }

  async newProducerId(): Promise<number> {
    return await this.#catalog.newProducerId()
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(change)
    this.#changes = result.catch(() => undefined) // the caller has the error
    return result
  }

  /** Ready for reading and writing when it resolves. Null when the name is taken. */
  create(wanted: Omit<TopicEntry, 'id'>): Promise<Topic | null> {
    return this.#inTurn(async () => {
      if (this.#catalog.get(wanted.name) !== undefined) return null
      const entry = await this.#catalog.create(wanted)
      this.#logs.set(entry.name, await this.#newPartitions(entry, 0))
      this.#nameById.set(entry.id, entry.name)
      this.version++
      return this.topic(entry.name) ?? null
    })
  }

  async #newPartitions(entry: TopicEntry, from: number): Promise<PartitionLog[]> {
    const logs: PartitionLog[] = []
    const partitions = Array.from({ length: entry.partitions - from }, (_, i) => from + i)
    await inParallel(partitions, async (partition) => {
      const place = this.#place(entry, partition)
      if (await stat(place.directory).catch(() => null)) await this.#putAside(place.name)
      logs[partition - from] = await PartitionLog.create(place, this.#options.context)
    })
    return logs
  }

  /** False when there is no such topic. When it resolves, the name is free again. */
  delete(name: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const topic = this.topic(name)
      if (topic === undefined) return false
      await this.#catalog.delete(name)
      this.#logs.delete(name)
      this.#nameById.delete(topic.entry.id)
      this.version++
      await inParallel(topic.logs, async (log) => {
        await log.abandon()
        await this.#putAside(log.place.name)
      })
      void this.#removeDeleted()
      return true
    })
  }

  /** Adds partitions up to `count`. The caller has checked that it grows. */
  grow(name: string, count: number): Promise<void> {
    return this.#inTurn(async () => {
      const topic = this.topic(name)
      if (topic === undefined || count <= topic.logs.length) return
      const entry = { ...topic.entry, partitions: count }
      await this.#catalog.change(entry)
      this.#logs.set(name, [...topic.logs, ...(await this.#newPartitions(entry, topic.logs.length))])
      this.version++
    })
  }

  /** Replaces all settings of a topic. They hold at once. */
  configure(name: string, configs: Readonly<Record<string, string>>): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#catalog.get(name)
      if (entry === undefined) return
      await this.#catalog.change({ ...entry, configs })
      this.version++
    })
  }

  async #putAside(directoryName: string): Promise<void> {
    const topics = join(this.#options.directory, 'topics')
    await rename(join(topics, directoryName), join(topics, `${directoryName}.${randomUUID()}-delete`)).catch(
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      },
    )
  }

  /** Unlinks the directories of deleted topics, also of those that a crash left. */
  async #removeDeleted(): Promise<void> {
    const topics = join(this.#options.directory, 'topics')
    try {
      for (const name of await readdir(topics)) {
        if (/\.[\da-f-]{36}-delete$/.test(name))
          await rm(join(topics, name), { recursive: true, force: true })
      }
    } catch (error) {
      this.#options.context.onEvent({ kind: 'write-failed', log: 'topics', error })
    }
  }

  /** Closes all logs and notes that the stop was orderly. */
  async close(): Promise<void> {
    await this.#changes
    const states = new Map<string, PartitionState & { readonly topicId: string }>()
    await inParallel([...this.partitions()], async (log) => {
      const state = await log.close()
      states.set(log.place.name, { topicId: log.place.topicId, ...state })
    })
    await this.#catalog.close()
    await writeCleanMarker(this.#options.directory, states)
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  await Promise.all(
    Array.from({ length: Math.min(parallel, items.length) }, async () => {
      for (const item of rest) await work(item)
    }),
  )
}
