import { openBus, type Bus, type BusOptions } from '@beamtime/bus'
import type { RunningService, SectionValues, ServiceContext } from '@beamtime/service-kit'
import { catalogPath } from './catalog-path.ts'
import { CatalogWriter } from './catalog-writer.ts'
import type { storeConfig } from './config.ts'
import { StoreError } from './error.ts'
import type { OpenCatalog } from './record-sink.ts'
import { consumeDocuments } from './store-consumer.ts'
import { createStoreMetrics } from './store-metrics.ts'
import { catalogsByTopic, type QueueTopic } from './store-topics.ts'

export interface StoreServiceConfig {
  readonly store: SectionValues<typeof storeConfig>
  /** How to reach the bus, or a bus (which stays open). */
  readonly bus: BusOptions | Bus
  readonly queueTopics: readonly QueueTopic[]
}

/** Starts the store: every topic into its catalog. Starts without the bus too and waits for it. Rejects with
 * STORE_UNWRITABLE, STORE_FORMAT_NEWER, STORE_CATALOG_NAME, STORE_TOPIC_MAP, STORE_MODE_UNAVAILABLE. */
export async function startStore(
  config: StoreServiceConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const { store } = config
  if (store.mode !== 'embedded') {
    throw new StoreError({
      code: 'STORE_MODE_UNAVAILABLE',
      message: `store.mode = "${store.mode}" is not in this version`,
      fault: 'caller',
      remedy: 'Set store.mode = "embedded".',
    })
  }
  const sync = store.sync === 'event' ? 'event' : 'run'
  const topics = catalogsByTopic(store.topic_map, config.queueTopics)
  const catalogs = openCatalogs([...topics.values()], { dataDir: context.dataDir, sync })
  const ownsBus = !('consume' in config.bus)
  const bus = 'consume' in config.bus ? config.bus : openBus(config.bus)
  const stopping = new AbortController()
  const signal = AbortSignal.any([context.signal, stopping.signal])
  const metrics = createStoreMetrics(
    context.metrics,
    () => new Map([...catalogs.values()].map(({ name, writer }) => [name, writer.openRuns()])),
  )
  for (const name of catalogs.keys()) context.health.set(`catalog:${name}`, { ok: true })
  context.health.set('bus', { ok: false, detail: 'connecting' })
  const byTopic = new Map<string, OpenCatalog>()
  for (const [topic, name] of topics) {
    const catalog = catalogs.get(name)
    if (catalog) byTopic.set(topic, catalog)
  }
  const consuming = consumeDocuments({
    bus,
    catalogs: byTopic,
    groupId: store.group_id ?? 'store',
    offsetReset: store.offset_reset === 'latest' ? 'latest' : 'earliest',
    deadLetterSuffix: store.dead_letter_suffix ?? '.dead-letter',
    log: context.log,
    health: context.health,
    metrics,
    signal,
  })
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    stopping.abort()
    await consuming
    if (ownsBus) await bus.close()
    for (const { writer } of catalogs.values()) writer.close()
  }
  return {
    endpoints: [],
    status() {
      const open = [...catalogs.values()].reduce((sum, { writer }) => sum + writer.openRuns(), 0)
      const { bus: busCheck, lag } = context.health.checks()
      const state = busCheck?.ok === true ? 'bus ok' : 'bus away'
      return [`${topics.size} topics`, `${open} runs open`, state, lag?.detail].filter(Boolean).join(', ')
    },
    close: () => (closing ??= close()),
  }
}

function openCatalogs(
  names: readonly string[],
  options: { readonly dataDir: string; readonly sync: 'event' | 'run' },
): ReadonlyMap<string, OpenCatalog> {
  const catalogs = new Map<string, OpenCatalog>()
  try {
    for (const name of new Set(names)) {
      const counts = new Map<string, number>()
      const writer = new CatalogWriter(catalogPath(options.dataDir, name), {
        sync: options.sync,
        onDocument: (document) => void counts.set(document, (counts.get(document) ?? 0) + 1),
      })
      catalogs.set(name, { name, writer, counts })
    }
  } catch (error) {
    for (const { writer } of catalogs.values()) writer.close()
    throw error
  }
  return catalogs
}
