import { Readable } from 'node:stream'
import type {} from '@fastify/swagger'
import { exportRun } from '@beamtime/document-store'
import type { ColumnTable, RunQuery, RunSort } from '@beamtime/document-store'
import { documentToJson, unixSeconds } from '@beamtime/event-model'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badRequest } from '../error.ts'
import { encodeArraysFrame } from '../frames.ts'
import { callerOf } from '../http/guard.ts'
import { plotChoices } from '../runs/plot-choices.ts'
import type { RunFeed } from '../runs/run-feed.ts'
import { asRequest, firstDescriptors } from '../runs/run-library.ts'
import type { RunLibrary } from '../runs/run-library.ts'
import { columnsOf } from '../runs/stream-columns.ts'
import { tableArrays, tableJson } from '../runs/table-frames.ts'
import type { DocumentsPage, RunDetail, RunsPage, TablePage } from '../ui-types.ts'
import { flagOf, integerOf, textOf, timeOf } from './query.ts'
import type { Query } from './query.ts'

export interface RunRoutesOptions {
  readonly library: RunLibrary
  readonly feed: RunFeed
}

interface RunParams {
  readonly key: string
}

const frameType = 'application/x-cr-array'
/** Rows of one answer; a larger table is read in windows or decimated. */
const maxTableRows = 200_000

/** Stored runs: search, one run, its tables and documents, export. */
export function runRoutes({ library }: RunRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    const config = { scopes: ['read:monitor'] } as const
    const tags = ['runs']
    app.get<{ Querystring: Query }>(
      '/runs',
      { config, schema: { summary: 'Searches runs.', tags } },
      async (request): Promise<RunsPage> => {
        const began = performance.now()
        const found = library.list(runQuery(request, request.query), textOf(request.query, 'catalog'))
        const { facets, ...rest } = found
        const tookMs = Math.round((performance.now() - began) * 10) / 10
        return { ...rest, ...(facets === undefined ? {} : { facets: { ...facets } }), tookMs }
      },
    )
    app.get<{ Params: RunParams }>(
      '/runs/:key',
      { config, schema: { summary: 'Start, stop, descriptors and streams of a run.', tags } },
      async ({ params }): Promise<RunDetail> => detailOf(library, library.find(params.key).uid),
    )
    app.get<{ Params: RunParams & { stream: string }; Querystring: Query }>(
      '/runs/:key/streams/:stream/table',
      { config, schema: { summary: 'A stream as columns, JSON or binary.', tags } },
      async (request, reply): Promise<TablePage | Buffer> => {
        const { catalog, uid } = library.find(request.params.key)
        const table = asRequest(() => catalog.table(uid, request.params.stream, tableOptions(request.query)))
        if (request.headers.accept?.includes(frameType) !== true) return tableJson(table)
        void reply.type(frameType)
        return Buffer.from(tableFrame(uid, table))
      },
    )
    app.get<{ Params: RunParams; Querystring: Query }>(
      '/runs/:key/documents',
      { config, schema: { summary: 'Documents in the order received.', tags } },
      async ({ params, query }, reply): Promise<DocumentsPage> => {
        const { catalog, uid } = library.find(params.key)
        const after = integerOf(query, 'after', { default: 0, min: 0, max: 1e9 })
        const limit = integerOf(query, 'limit', { default: 25, min: 1, max: 1_000 })
        const documents = catalog.documents(uid, { after, limit })
        const next = after + documents.length < catalog.documentCount(uid) ? after + documents.length : null
        // Documents hold arrays and infinities, which only their own JSON form carries.
        const json = `{"documents":[${documents.map((one) => documentToJson(one)).join(',')}],"next":${next}}`
        return await reply.type('application/json').send(json)
      },
    )
    app.get<{ Params: RunParams; Querystring: Query }>(
      '/runs/:key/export',
      { config, schema: { summary: 'A run as a file: json, jsonl, csv or msgpack.', tags } },
      async ({ params, query }, reply) => {
        const { catalog, uid } = library.find(params.key)
        const format = formatOf(textOf(query, 'format') ?? 'json')
        const stream = textOf(query, 'stream') ?? undefined
        const summary = library.summary(uid)
        const name = `${summary?.scan_id ?? 'run'}-${uid.slice(0, 8)}${stream === undefined ? '' : `-${stream}`}`
        const timestamps = flagOf(query, 'timestamps')
        const pieces = asRequest(() => exportRun(catalog, uid, { format, stream, timestamps }))
        const file = `${name.replace(/[^\w.-]/g, '_')}.${format}`
        void reply.header('Content-Disposition', `attachment; filename="${file}"`).type(contentTypes[format])
        return await reply.send(Readable.from(pieces))
      },
    )
  }
}

const contentTypes = {
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  msgpack: 'application/x-msgpack',
} as const
type Format = keyof typeof contentTypes

function formatOf(text: string): Format {
  if (Object.hasOwn(contentTypes, text)) return text as Format
  throw badRequest(`'format' must be one of ${Object.keys(contentTypes).join(', ')}, not '${text}'`)
}

const sorts: readonly string[] = ['time', 'scan_id', 'plan', 'sample', 'user', 'status', 'duration', 'points']

function runQuery(request: FastifyRequest, query: Query): RunQuery {
  const sort = textOf(query, 'sort')
  if (sort !== null && !sorts.includes(sort.replace(/^-/, '')))
    throw badRequest(`'sort' must be one of ${sorts.join(', ')}, with '-' in front to turn it round`)
  const [since, until] = [timeOf(query, 'from'), timeOf(query, 'to')]
  const many = (name: string): string | readonly string[] | undefined => {
    const value = query[name]
    return Array.isArray(value)
      ? value.filter((one) => typeof one === 'string')
      : (textOf(query, name) ?? undefined)
  }
  return {
    q: textOf(query, 'q') ?? undefined,
    plan: many('plan'),
    sample: many('sample'),
    user: many('user'),
    status: many('status'),
    motor: many('motor'),
    detector: many('detector'),
    since: since === null ? undefined : unixSeconds(since),
    until: until === null ? undefined : unixSeconds(until),
    sort: (sort ?? undefined) as RunSort | undefined,
    cursor: textOf(query, 'cursor') ?? undefined,
    offset: integerOf(query, 'offset', { default: 0, min: 0, max: 1e9 }),
    limit: integerOf(query, 'limit', { default: 50, min: 1, max: 1_000 }),
    facets: flagOf(query, 'facets'),
    spark: flagOf(query, 'spark'),
    archived: flagOf(query, 'archived'),
    me: callerOf(request).user.name,
  }
}

function tableOptions(query: Query): {
  cols: readonly string[] | undefined
  first: number
  n: number
  decimate: number | undefined
} {
  const decimate = integerOf(query, 'decimate', { default: 0, min: 0, max: 1_000_000 })
  return {
    cols: textOf(query, 'cols')
      ?.split(',')
      .filter((name) => name !== ''),
    first: integerOf(query, 'first', { default: 0, min: 0, max: 1e9 }),
    n: integerOf(query, 'n', {
      default: decimate === 0 ? 200 : 1e9,
      min: 0,
      max: decimate === 0 ? maxTableRows : 1e9,
    }),
    decimate: decimate === 0 ? undefined : Math.max(20, decimate),
  }
}

function tableFrame(uid: string, table: ColumnTable): Uint8Array {
  const now = Date.now()
  return encodeArraysFrame({
    subscription: 0,
    seq: 0,
    sourceMs: now,
    sentMs: now,
    header: {
      kind: 'rows',
      uid,
      stream: table.stream,
      first: table.first,
      total: table.total,
      ...(table.reduced === undefined ? {} : { reduced: table.reduced }),
    },
    arrays: tableArrays(table),
  })
}

function detailOf(library: RunLibrary, uid: string): RunDetail {
  const record = library.record(uid)
  if (record === null) throw badRequest(`The run '${uid}' was removed.`)
  const first = firstDescriptors(record.descriptors)
  return {
    summary: record.summary,
    start: record.start,
    stop: record.stop === null ? null : { ...record.stop },
    descriptors: record.descriptors,
    streams: record.streams.map(({ name, rows }) => {
      const descriptor = first.get(name)
      return { name, rows, columns: descriptor === undefined ? [] : columnsOf(descriptor) }
    }),
    assets: record.assets.map((asset) => ({ ...asset })),
    choices: plotChoices(record.start, record.descriptors),
  }
}
