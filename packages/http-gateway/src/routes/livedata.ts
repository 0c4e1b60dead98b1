import type {} from '@fastify/swagger'
import {
  checkGridYaml,
  gridTemplates,
  gridYaml,
  LiveDataError,
  parseGridYaml,
  type LiveView,
} from '@beamtime/live-data'
import type { LiveCommand, LiveGrid } from '@beamtime/live-data/ui-types'
import type { FastifyInstance } from 'fastify'
import { badBody, badRequest, notFound } from '../error.ts'
import { auditRequest } from '../http/audit-request.ts'
import { ForeignBody, objectBody } from '../http/body.ts'
import type { LiveInstruments } from '../livedata/live-instruments.ts'
import type { AuditLog } from '../services/audit-log.ts'
import type { LiveGridCheck, LiveHistoryAnswer } from '../ui-types.ts'
import { textOf } from './query.ts'
import type { Query } from './query.ts'

interface InstrumentParams {
  readonly instrument: string
}
export interface LivedataRoutesOptions {
  readonly livedata: LiveInstruments
  readonly audit: AuditLog
}

const reading = { scopes: ['read:monitor'] } as const
const acting = { scopes: ['write:manager:control'] } as const
const tags = ['livedata']

/** Workflows, layouts and outputs of live data. */
export function livedataRoutes(options: LivedataRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    stateRoutes(app, options)
    gridRoutes(app, options)
  }
}

function viewOf(livedata: LiveInstruments, name: string): LiveView {
  const view = livedata.view(name)
  if (view === undefined) throw notFound(`There is no instrument '${name}'.`)
  return view
}

function stateRoutes(app: FastifyInstance, { livedata, audit }: LivedataRoutesOptions): void {
  app.get('/livedata', { config: reading, schema: { summary: 'Instruments with live data.', tags } }, () =>
    livedata.list.map(({ name, dashboards }) => ({ name, dashboards })),
  )
  app.get<{ Params: InstrumentParams }>(
    '/livedata/:instrument',
    { config: reading, schema: { summary: 'Workflows, jobs and workers of an instrument.', tags } },
    ({ params }) => viewOf(livedata, params.instrument).state(),
  )
  app.get<{ Params: InstrumentParams; Querystring: Query }>(
    '/livedata/:instrument/history',
    { config: reading, schema: { summary: 'Numbers of an output over the last hour.', tags } },
    ({ params, query }): LiveHistoryAnswer => {
      const key = textOf(query, 'key')
      if (key === null) throw badRequest("'key' is missing")
      const history = viewOf(livedata, params.instrument).history(key)
      return { key, times: [...(history?.times ?? [])], values: [...(history?.values ?? [])] }
    },
  )
  app.get<{ Params: InstrumentParams; Querystring: Query }>(
    '/livedata/:instrument/settings',
    { config: reading, schema: { summary: 'What a workflow was started with last.', tags } },
    async ({ params, query }) =>
      (await livedata.store(params.instrument))?.settings(textOf(query, 'workflow') ?? '') ?? [],
  )
  app.post<{ Params: InstrumentParams }>(
    '/livedata/:instrument/command',
    { config: acting, schema: { summary: 'Starts, stops or resets a workflow, or sets regions.', tags } },
    async (request) => {
      const { instrument } = request.params
      const command = commandOf(objectBody(request.body))
      const what = `livedata_${command.kind} ${instrument} ${subjectOf(command)}`
      try {
        const result = await viewOf(livedata, instrument).command(command)
        if (command.kind === 'start' && result?.jobNumber != null && !result.isTimedOut)
          (await livedata.store(instrument))?.saveSettings(command.workflow, {
            jobNumber: result.jobNumber,
            sources: command.sources,
          })
        auditRequest(audit, request, { method: what, ok: true })
        return { success: true, msg: '', result }
      } catch (error) {
        auditRequest(audit, request, { method: what, ok: false, msg: (error as Error).message })
        throw liveError(error)
      }
    },
  )
}

function gridRoutes(app: FastifyInstance, { livedata }: LivedataRoutesOptions): void {
  const storeOf = async (
    name: string,
  ): Promise<NonNullable<Awaited<ReturnType<LiveInstruments['store']>>>> => {
    const store = await livedata.store(name)
    if (store === undefined) throw notFound(`There is no instrument '${name}'.`)
    return store
  }
  app.get<{ Params: InstrumentParams; Querystring: Query }>(
    '/livedata/:instrument/grids',
    { config: reading, schema: { summary: 'Layouts; `?format=yaml&title=` gives one as a file.', tags } },
    async ({ params, query }, reply) => {
      const grids = (await storeOf(params.instrument)).grids()
      if (textOf(query, 'format') !== 'yaml') return grids
      const title = textOf(query, 'title')
      const grid = grids.find((one) => one.title === title)
      if (grid === undefined) throw notFound(`There is no layout '${title ?? ''}'.`)
      void reply.header('Content-Disposition', 'attachment; filename="grid.yaml"')
      return await reply.type('application/yaml').send(gridYaml(grid))
    },
  )
  app.get<{ Params: InstrumentParams }>(
    '/livedata/:instrument/templates',
    {
      config: reading,
      schema: { summary: 'Layouts that the instrument brings; nobody changes them.', tags },
    },
    ({ params }) => gridTemplates(viewOf(livedata, params.instrument).state().workflows),
  )
  app.post<{ Params: InstrumentParams }>(
    '/livedata/:instrument/grids/check',
    { config: reading, schema: { summary: 'Layouts of a file `{yaml}`, or what is wrong and where.', tags } },
    ({ body }): LiveGridCheck => {
      const { yaml } = objectBody(body)
      if (typeof yaml !== 'string') throw badBody("'yaml' must be a text", ['body', 'yaml'])
      return checkGridYaml(yaml)
    },
  )
  app.put<{ Params: InstrumentParams }>(
    '/livedata/:instrument/grids',
    {
      config: acting,
      schema: { summary: 'Replaces all layouts: {grids, before?}, or {yaml} adds some.', tags },
    },
    async ({ params, body }) => {
      const store = await storeOf(params.instrument)
      if (body instanceof ForeignBody) throw badBody('send JSON')
      const { grids, yaml, before } = objectBody(body)
      try {
        if (typeof yaml === 'string') return store.setGrids(withOthers(store.grids(), parseGridYaml(yaml)))
        if (!Array.isArray(grids)) throw badBody("'grids' must be a list", ['body', 'grids'])
        return store.setGrids(grids as readonly unknown[], Array.isArray(before) ? before : undefined)
      } catch (error) {
        throw liveError(error)
      }
    },
  )
}

/** Layouts added to others; a title that is taken gets a number. */
function withOthers(known: readonly LiveGrid[], added: readonly LiveGrid[]): readonly LiveGrid[] {
  return added.reduce((all: readonly LiveGrid[], grid) => {
    const isTaken = (title: string): boolean => all.some((one) => one.title === title)
    let title = grid.title
    for (let n = 2; isTaken(title); n++) title = `${grid.title} ${n}`
    return [...all, { ...grid, title }]
  }, known)
}

function subjectOf(command: LiveCommand): string {
  if (command.kind === 'clear-workers') return ''
  return command.kind === 'regions' ? command.source : command.workflow
}

/** The view checks what a command says; here only that it is one. */
function commandOf(body: Record<string, unknown>): LiveCommand {
  const { kind, workflow, source } = body
  if (kind === 'clear-workers') return { kind }
  const isKnown = kind === 'start' || kind === 'stop' || kind === 'reset' || kind === 'regions'
  if (!isKnown) throw badBody("'kind' must be start, stop, reset, regions or clear-workers", ['body', 'kind'])
  if (typeof (kind === 'regions' ? source : workflow) !== 'string')
    throw badBody(`'${kind === 'regions' ? 'source' : 'workflow'}' is missing`)
  if (kind === 'start' && !Array.isArray(body['sources']))
    throw badBody("'sources' must be a list", ['body', 'sources'])
  return body as unknown as LiveCommand
}

function liveError(error: unknown): unknown {
  if (!(error instanceof LiveDataError)) return error
  return badRequest(`${error.message.replace(`${error.code}: `, '')}. ${error.remedy}`)
}
