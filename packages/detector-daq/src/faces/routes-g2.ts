import type { FastifyInstance } from 'fastify'
import type { Acquisition } from '../core/acquisition.ts'
import { DaqError } from '../error.ts'
import type { Daq } from '../service/daq.ts'
import { answer, ok, writeRequest, type Reply } from './reply.ts'

/* REST of the generation 2023-24 (daq contract 10.3): /writer/*, /daq/*, /simulation/*. */

export const syncLimitMs = 60_000
const syncLimitText =
  'Your acquisition is still running, just the REST call has ended. Sync acquisition limit of 60 seconds exceeded. Use async write call for long acquisitions.'

/** Waits for the end of a run, not longer than a client of its generation expects. */
export async function withinLimit(finished: Promise<Acquisition>, limitMs: number): Promise<Acquisition> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new DaqError({
          code: 'DAQ_TIMEOUT',
          message: syncLimitText,
          fault: 'caller',
          remedy: 'Use the asynchronous call.',
        }),
      )
    }, limitMs)
  })
  return Promise.race([finished, limit]).finally(() => clearTimeout(timer))
}

/** Starts a file of the layout of G0 to G2. */
export async function startWriting(
  daq: Daq,
  body: unknown,
): Promise<{ readonly finished: Promise<Acquisition> }> {
  const { images, path, runId } = writeRequest(body)
  return daq.startRun({ files: { kind: 'single', path }, layout: 'f1', images, runId })
}

export async function writeSync(daq: Daq, body: unknown, limitMs: number): Promise<Reply> {
  const { finished } = await startWriting(daq, body)
  const acquisition = await withinLimit(finished, limitMs)
  if (acquisition.phase === 'failed')
    return { status: 'error', message: acquisition.message, writer: daq.control.status() }
  return ok('Writing finished.', { writer: daq.control.status() })
}

export function simulatorObject(daq: Daq): Readonly<Record<string, unknown>> {
  const { isRunning, images } = daq.simulation()
  return { status: isRunning ? 'STREAMING' : 'READY', stats: { n_generated_images: images } }
}

export function logCount(text: string): number {
  const count = Number(text)
  return Number.isInteger(count) && count > 0 ? Math.min(count, 1_000) : 1
}

export function configMessage(daq: Daq): string {
  return `DAQ configured for bit_depth=${daq.config.bit_depth}.`
}

export function addG2Routes(app: FastifyInstance, daq: Daq, options: { readonly syncLimitMs: number }): void {
  app.post('/writer/write_sync', ({ body }) => answer(() => writeSync(daq, body, options.syncLimitMs)))
  app.post('/writer/write_async', ({ body }) =>
    answer(async () => {
      await startWriting(daq, body)
      return ok('Writing started.', { writer: daq.control.status() })
    }),
  )
  app.get('/writer/status', () => {
    const writer = daq.control.status()
    return ok(`Writer is ${writer.state}`, { writer })
  })
  app.post('/writer/stop', () =>
    answer(async () => {
      await daq.control.stop()
      return ok('Writing stopped.', { writer: daq.control.status() })
    }),
  )
  app.get('/daq/config', () =>
    ok(configMessage(daq), { config: daq.config, config_id: daq.deployment.config_id }),
  )
  app.post<{ Querystring: { force?: string } }>('/daq/config', ({ body, query }) =>
    answer(async () => {
      const config = await daq.changeConfig(body, { force: query.force === 'true' })
      return ok('Setting new daq config.', { config })
    }),
  )
  app.get('/daq/stats', () => ok('Statistics of the last second.', { stats: daq.rates }))
  app.get<{ Params: { n: string } }>('/daq/logs/:n', ({ params }) => {
    const entries = daq.history.newest(logCount(params.n))
    const logs = Object.fromEntries(
      entries.map(({ id, acquisition }) => [id, { ...acquisition, reports: [] }]),
    )
    return ok(`Last ${entries.length} logs.`, { logs })
  })
  app.get('/daq/deployment', () => ok(daq.deployment.message, { deployment: daq.deployment }))
  app.get('/simulation/status', () => ok('Simulator status.', { simulator: simulatorObject(daq) }))
  app.post('/simulation/start', () =>
    answer(() => {
      daq.startSimulation()
      return ok('Simulator started.', { simulator: simulatorObject(daq) })
    }),
  )
  app.post('/simulation/stop', () =>
    answer(async () => {
      await daq.stopSimulation()
      return ok('Simulator stopped.', { simulator: simulatorObject(daq) })
    }),
  )
}
