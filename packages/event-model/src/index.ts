export {
  documentNames,
  isDocumentName,
  type BulkDatum,
  type BulkEvents,
  type Column,
  type DataKey,
  type Datum,
  type DatumPage,
  type DocumentByName,
  type DocumentName,
  type Dtype,
  type Event,
  type EventDescriptor,
  type EventPage,
  type ExitStatus,
  type Limits,
  type LimitsRange,
  type NamedDocument,
  type ObjectConfiguration,
  type ObjectHints,
  type Projection,
  type Projections,
  type Resource,
  type RunStart,
  type RunStop,
  type StartHints,
  type StreamDatum,
  type StreamRange,
  type StreamResource,
} from './documents.ts'
export {
  composeRun,
  type ComposeRunOptions,
  type RunComposer,
  type SeqCounters,
  type StopOptions,
} from './compose.ts'
export type {
  DescriptorComposer,
  DescriptorOptions,
  EventOptions,
  EventPageOptions,
} from './compose-descriptor.ts'
export type {
  ResourceComposer,
  ResourceOptions,
  StreamDatumOptions,
  StreamResourceComposer,
  StreamResourceOptions,
} from './compose-assets.ts'
export { assertValidDocument, isDocument, validateDocument, type Validation } from './validate.ts'
export {
  createDocumentEncoder,
  type DocumentEncoder,
  type DocumentEncoderOptions,
} from './document-encoder.ts'
export { decodeDocument, decodeDocumentStream, type DecodeOptions } from './document-decoder.ts'
export { decodeMsgpack, encodeMsgpack } from './msgpack.ts'
export { documentFromJson, documentToJson, parseJson, toJsonText } from './document-json.ts'
export {
  bulkDatumToPage,
  bulkEventsToPages,
  packDatumPages,
  packEventPages,
  rechunkDatumPages,
  rechunkEventPages,
  unpackDatumPages,
  unpackEventPages,
} from './pages.ts'
export { DocumentRouter, type DocumentHandlers } from './document-router.ts'
export { Filler, type FillerOptions, type ResourceHandler, type ResourceHandlerFactory } from './filler.ts'
export { EventModelError, eventModelErrorCodes, type EventModelErrorCode } from './error.ts'
export { Complex, isListLike, isNumericArray, NdArray, type NumericArray } from './nd-array.ts'
export {
  epicsSeconds,
  epicsSecondsFromUnix,
  unixMs,
  unixMsFromNs,
  unixMsFromSeconds,
  unixNs,
  unixNsFromMs,
  unixNsFromSeconds,
  unixSeconds,
  unixSecondsFromEpics,
  unixSecondsFromMs,
  unixSecondsFromNs,
  unixSecondsNow,
  type EpicsSeconds,
  type UnixMs,
  type UnixNs,
  type UnixSeconds,
} from './time.ts'
