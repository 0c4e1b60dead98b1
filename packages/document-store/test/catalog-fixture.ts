import { join } from 'node:path'
import { tempDir } from '@beamtime/service-kit/testing'
import { onTestFinished } from 'vitest'
import { CatalogWriter, openCatalog, type Catalog, type CatalogWriterOptions } from '../src/index.ts'

export interface OpenedCatalog {
  readonly path: string
  readonly writer: CatalogWriter
  readonly catalog: Catalog
}

/** A new catalog with its writer and a reader; gone when the test ends. */
export function newCatalog(options: CatalogWriterOptions = {}): OpenedCatalog {
  const dir = tempDir()
  const path = join(dir.path, 'runs', 'test.sqlite')
  const writer = new CatalogWriter(path, options)
  const catalog = openCatalog(path)
  onTestFinished(async () => {
    catalog.close()
    writer.close()
    await dir.close()
  })
  return { path, writer, catalog }
}
