export { Catalog, openCatalog, type CatalogOptions, type RunChanges } from './catalog.ts'
export { catalogPath } from './catalog-path.ts'
export {
  CatalogWriter,
  type CatalogWriterOptions,
  type IncomingDocument,
  type Position,
  type Rejection,
} from './catalog-writer.ts'
export { storeConfig } from './config.ts'
export { StoreError, storeErrorCodes, type StoreErrorCode } from './error.ts'
export { exportRun, type ExportFormat, type ExportOptions } from './export.ts'
export { importJsonLines, type ImportProblem, type ImportResult } from './import.ts'
export type { ColumnValues } from './chunk-codec.ts'
export type { FoundRun } from './run-key.ts'
export type { MotorRange } from './run-progress.ts'
export type { FacetValue, MetadataCondition, RunFacets, RunList, RunQuery, RunSort } from './run-query.ts'
export type { RunAsset, RunRecord, RunStream, Verification } from './run-record.ts'
export type { RunSummary } from './run-summary.ts'
export { parseMoment } from './search-time.ts'
export {
  parseSearch,
  type ComparisonOperator,
  type ParsedSearch,
  type SearchContext,
  type SearchField,
  type SearchTerm,
} from './search-words.ts'
export type { ColumnTable, TableColumn, TableOptions } from './table-reader.ts'
export { startStore, type StoreServiceConfig } from './store-service.ts'
export type { QueueTopic } from './store-topics.ts'
