import type { RunContext } from './compose.ts'
import type {
  Datum,
  DatumPage,
  EventDescriptor,
  Resource,
  StreamDatum,
  StreamRange,
  StreamResource,
} from './documents.ts'
import { assertValidDocument } from './validate.ts'

export interface ResourceOptions {
  readonly spec: string
  readonly root: string
  readonly resource_path: string
  readonly resource_kwargs: Readonly<Record<string, unknown>>
  /** Default 'posix'. */
  readonly path_semantics?: 'posix' | 'windows' | undefined
  readonly uid?: string | undefined
}

export interface ResourceComposer {
  readonly resourceDoc: Resource
  /** datum_id is `<resource uid>/<n>`, n from 0. */
  readonly composeDatum: (kwargs: Readonly<Record<string, unknown>>) => Datum
  readonly composeDatumPage: (kwargs: Readonly<Record<string, readonly unknown[]>>) => DatumPage
}

export interface StreamResourceOptions {
  readonly mimetype: string
  readonly uri: string
  readonly data_key: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly uid?: string | undefined
}

export interface StreamDatumOptions {
  readonly indices: StreamRange
  /** Default {start: 0, stop: 0}: the engine fills it in. */
  readonly seq_nums?: StreamRange | undefined
  readonly descriptor?: EventDescriptor | undefined
}

export interface StreamResourceComposer {
  readonly streamResourceDoc: StreamResource
  /** uid is `<stream_resource uid>/<n>`, n from 0. */
  readonly composeStreamDatum: (options: StreamDatumOptions) => StreamDatum
}

export function composeResourceDoc(run: RunContext, options: ResourceOptions): ResourceComposer {
  const resourceDoc: Resource = {
    path_semantics: options.path_semantics ?? 'posix',
    uid: options.uid ?? run.newUid(),
    spec: options.spec,
    root: options.root,
    resource_kwargs: options.resource_kwargs,
    resource_path: options.resource_path,
    run_start: run.runUid,
  }
  if (run.validate) assertValidDocument('resource', resourceDoc)
  let n = 0
  return {
    resourceDoc,
    composeDatum(kwargs) {
      const doc: Datum = {
        resource: resourceDoc.uid,
        datum_kwargs: kwargs,
        datum_id: `${resourceDoc.uid}/${n}`,
      }
      if (run.validate) assertValidDocument('datum', doc)
      n++
      return doc
    },
    composeDatumPage(kwargs) {
      const rows = Object.values(kwargs)[0]?.length ?? 0
      const doc: DatumPage = {
        resource: resourceDoc.uid,
        datum_kwargs: kwargs,
        datum_id: Array.from({ length: rows }, (_, i) => `${resourceDoc.uid}/${n + i}`),
      }
      if (run.validate) assertValidDocument('datum_page', doc)
      n += rows
      return doc
    },
  }
}

export function composeStreamResourceDoc(
  run: RunContext,
  options: StreamResourceOptions,
): StreamResourceComposer {
  const streamResourceDoc: StreamResource = {
    uid: options.uid ?? run.newUid(),
    data_key: options.data_key,
    mimetype: options.mimetype,
    uri: options.uri,
    parameters: options.parameters,
    run_start: run.runUid,
  }
  if (run.validate) assertValidDocument('stream_resource', streamResourceDoc)
  let n = 0
  return {
    streamResourceDoc,
    composeStreamDatum(o) {
      const doc: StreamDatum = {
        stream_resource: streamResourceDoc.uid,
        uid: `${streamResourceDoc.uid}/${n}`,
        seq_nums: o.seq_nums ?? { start: 0, stop: 0 },
        indices: o.indices,
        descriptor: o.descriptor?.uid ?? '',
      }
      if (run.validate) assertValidDocument('stream_datum', doc)
      n++
      return doc
    },
  }
}
