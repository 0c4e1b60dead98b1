import { StoreError, openCatalog } from '@beamtime/document-store'
import type {
  Catalog,
  ColumnTable,
  RunList,
  RunQuery,
  RunRecord,
  RunSummary,
  TableOptions,
} from '@beamtime/document-store'
import type { EventDescriptor } from '@beamtime/event-model'
import { badRequest, notFound } from '../error.ts'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { CatalogSource } from '../parts.ts'

/** How often the catalogs are asked for changes while somebody listens. */
const pollMs = 400

/** A run and the catalog that has it. */
interface StoredRun {
  readonly catalog: Catalog
  readonly uid: string
}

/** Stored runs of all catalogs. Reading is synchronous underneath and bounded by pages. */
export interface RunLibrary {
  /** Searches one catalog; default the first. Throws GATEWAY_NOT_FOUND, GATEWAY_REQUEST_INVALID. */
  list(query: RunQuery, catalog: string | null): RunList
  /** Finds a run by uid, start of a uid, scan_id or -1. Throws GATEWAY_NOT_FOUND, GATEWAY_REQUEST_INVALID. */
  find(key: string): StoredRun
  record(uid: string): RunRecord | null
  summary(uid: string): RunSummary | null
  table(uid: string, stream: string, options: TableOptions): ColumnTable | null
  /** Runs that are open in the catalogs, newest first. */
  openRuns(): readonly RunRecord[]
  latest(): RunRecord | null
  /** Tells new and changed runs, from now on. */
  readonly onChange: Listeners<RunSummary>['listen']
  close(): void
}

export function runLibrary(sources: readonly CatalogSource[]): RunLibrary {
  const catalogs = sources.map((source) => ({ name: source.name, catalog: openCatalog(source.path) }))
  const changes = listeners<RunSummary>()
  const marks = new Map<Catalog, number>()
  let watching = 0
  let timer: NodeJS.Timeout | null = null

  const poll = (): void => {
    for (const { catalog } of catalogs) {
      const mark = marks.get(catalog) ?? 0
      const { runs, mark: next } = catalog.changes(mark)
      marks.set(catalog, next)
      if (mark !== 0) for (const run of runs) changes.emit(run)
    }
  }
  const onChange: RunLibrary['onChange'] = (callback) => {
    watching += 1
    if (watching === 1) {
      marks.clear()
      poll()
      timer = setInterval(poll, pollMs)
    }
    const stop = changes.listen(callback)
    let stopped = false
    return () => {
      if (stopped) return
      stopped = true
      stop()
      watching -= 1
      if (watching === 0 && timer !== null) clearInterval(timer)
    }
  }
  const first = <T>(read: (catalog: Catalog) => T | null): T | null => {
    for (const { catalog } of catalogs) {
      const found = read(catalog)
      if (found !== null) return found
    }
    return null
  }
  return {
    list(query, name) {
      const chosen = name === null ? catalogs[0] : catalogs.find((one) => one.name === name)
      if (chosen === undefined) {
        if (name === null) return { runs: [], next: null, total: 0, problems: [] }
        throw notFound(`There is no catalog '${name}'. Known: ${catalogs.map((one) => one.name).join(', ')}`)
      }
      return asRequest(() => chosen.catalog.list(query))
    },
    find: (key) =>
      asRequest(() =>
        findIn(
          catalogs.map((one) => one.catalog),
          key,
        ),
      ),
    record: (uid) => first((catalog) => catalog.run(uid)),
    summary: (uid) => first((catalog) => catalog.summary(uid)),
    // oxlint-disable-next-line max-params -- run and stream name the table, the rest is options
    table: (uid, stream, options) =>
      first((catalog) => (catalog.run(uid) === null ? null : catalog.table(uid, stream, options))),
    openRuns() {
      return catalogs.flatMap(({ catalog }) =>
        catalog
          .list({ status: 'running', limit: 5 })
          .runs.map((run) => catalog.run(run.uid))
          .filter((record) => record !== null),
      )
    },
    latest: () =>
      first((catalog) => {
        const found = catalog.find('-1')
        return found.kind === 'one' ? catalog.run(found.uid) : null
      }),
    onChange,
    close() {
      if (timer !== null) clearInterval(timer)
      for (const { catalog } of catalogs) catalog.close()
    },
  }
}

function findIn(catalogs: readonly Catalog[], key: string): StoredRun {
  for (const catalog of catalogs) {
    const found = catalog.find(key)
    switch (found.kind) {
      case 'one':
        return { catalog, uid: found.uid }
      case 'many':
        throw badRequest(`'${key}' fits several runs: ${found.uids.slice(0, 5).join(', ')}`)
      case 'none':
    }
  }
  throw notFound(`There is no run '${key}'.`)
}

/** What the store refuses is the caller's mistake, or a run that is not there. */
export function asRequest<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const text = error.message.slice(error.code.length + 2)
    if (error.code.endsWith('_UNKNOWN')) throw notFound(text)
    if (error.fault === 'caller') throw badRequest(text, error.remedy)
    throw error
  }
}

/** First descriptor of each stream, by name. */
export function firstDescriptors(
  descriptors: readonly EventDescriptor[],
): ReadonlyMap<string, EventDescriptor> {
  const first = new Map<string, EventDescriptor>()
  for (const descriptor of descriptors) {
    const name = descriptor.name ?? 'primary'
    if (!first.has(name)) first.set(name, descriptor)
  }
  return first
}
