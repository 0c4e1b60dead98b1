import { join } from 'node:path'
import { StoreError } from './error.ts'

/** The file of a catalog: `<dataDir>/runs/<catalog>.sqlite`. Throws STORE_CATALOG_NAME. */
export function catalogPath(dataDir: string, catalog: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,100}$/.test(catalog)) {
    throw new StoreError({
      code: 'STORE_CATALOG_NAME',
      message: `'${catalog}' cannot name a catalog`,
      fault: 'caller',
      remedy: 'Use letters, digits, dot, dash and underscore in store.topic_map, at most 101 characters.',
    })
  }
  return join(dataDir, 'runs', `${catalog}.sqlite`)
}
