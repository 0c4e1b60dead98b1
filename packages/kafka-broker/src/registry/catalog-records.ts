import type { CatalogRow, TopicCatalog } from '../log/topic-catalog.ts'
import type { RegistryStore } from './registry.ts'
import type { RegistryKey } from './registry-state.ts'

const reservedIdsKey = 'reserved-ids'

/** The registry's records as a table of the catalog: the key is the JSON of the record's key. */
export function catalogRecords(catalog: Pick<TopicCatalog, 'rows' | 'putRows'>): RegistryStore {
  return {
    *records() {
      for (const [key, value] of catalog.rows('registry'))
        if (key !== reservedIdsKey) yield { key: JSON.parse(key) as RegistryKey, value }
    },
    get reservedIds() {
      return Number(catalog.rows('registry').get(reservedIdsKey) ?? 0)
    },
    append: (records, reservedIds) => {
      const rows: CatalogRow[] = records.map(({ key, value }) => [JSON.stringify(key), value])
      return catalog.putRows('registry', [...rows, [reservedIdsKey, reservedIds]])
    },
  }
}
