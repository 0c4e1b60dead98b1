import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Daq } from '../service/daq.ts'
import { configMessage, logCount, simulatorObject, startWriting, writeSync } from './routes-g2.ts'
import { answer, errorText, ok, tableOf } from './reply.ts'

/* REST of the generations 2021-23 (daq contract 10.1, 10.2). `/write_sync` and `/write_async` collide: a body with `sources` or
 * `user_id`, or the query `api=broker`, asks for the older answer. */

interface Broker {
  readonly Querystring: { readonly api?: string }
}

function isBrokerCall(body: unknown, query: { readonly api?: string }): boolean {
  const table = tableOf(body)
  return query.api === 'broker' || 'sources' in table || 'user_id' in table
}

/** What the older generation answers at the end of a request. */
interface BrokerResponse {
  readonly output_file: unknown
  readonly status: 'request_success' | 'request_fail'
  readonly init_timestamp: number
  readonly end_timestamp: number
}

export function addG1Routes(app: FastifyInstance, daq: Daq, options: { readonly syncLimitMs: number }): void {
  /** Runs that were started by the older calls, so that they can be killed by their id. */
  const requests = new Map<string, Promise<BrokerResponse>>()

  function remember(id: string, response: Promise<BrokerResponse>): void {
    requests.set(id, response)
    const [oldest] = requests.keys()
    if (requests.size > 100 && oldest !== undefined) requests.delete(oldest)
  }

  async function startBroker(body: unknown): Promise<string> {
    const id = randomUUID()
    const init_timestamp = Date.now() / 1000
    const { finished } = await startWriting(daq, body)
    const { output_file } = tableOf(body)
    remember(
      id,
      finished.then((acquisition) => ({
        output_file,
        // A run that was killed is a success with fewer images.
        status: acquisition.phase === 'failed' ? ('request_fail' as const) : ('request_success' as const),
        init_timestamp,
        end_timestamp: Date.now() / 1000,
      })),
    )
    return id
  }

  async function brokerCall(work: () => Promise<Readonly<Record<string, unknown>>>): Promise<unknown> {
    try {
      return await work()
    } catch (error) {
      return { error: errorText(error) }
    }
  }

  app.post<Broker>('/write_sync', ({ body, query }) => {
    if (!isBrokerCall(body, query)) return answer(() => writeSync(daq, body, options.syncLimitMs))
    return brokerCall(async () => {
      const request_id = await startBroker(body)
      return { request_id, response: await requests.get(request_id) }
    })
  })
  app.post<Broker>('/write_async', ({ body, query }) => {
    if (isBrokerCall(body, query)) return brokerCall(async () => ({ request_id: await startBroker(body) }))
    return answer(async () => {
      await startWriting(daq, body)
      return ok('Writing started.', { writer: daq.control.status() })
    })
  })
  app.post('/write_kill', ({ body }) =>
    brokerCall(async () => {
      const { request_id } = tableOf(body)
      const response = typeof request_id === 'string' ? requests.get(request_id) : undefined
      if (response === undefined) return { error: `No request ${JSON.stringify(request_id)}.` }
      await daq.control.stop()
      return { request_id, response: await response }
    }),
  )
  app.get('/alive', () => ({ alive: 'True', status: 200 }))
  app.post('/stop', () =>
    answer(async () => {
      await daq.control.stop()
      return ok('Writing stopped.', { writer: daq.control.status() })
    }),
  )
  app.get('/status', () => {
    const writer = daq.control.status()
    return ok(`Writer is ${writer.state}`, { writer })
  })
  app.get('/config', () => ok(configMessage(daq), { config: daq.config }))
  app.post('/config', ({ body }) =>
    answer(async () => ok('Setting new daq config.', { config: await daq.changeConfig(body) })),
  )
  app.get('/stats', () => ok('Statistics of the last second.', { stats: daq.rates }))
  app.get<{ Params: { n: string } }>('/logs/:n', ({ params }) => {
    const entries = daq.history.newest(logCount(params.n)).toReversed()
    return ok(`Last ${entries.length} logs.`, { logs: entries.map(({ acquisition }) => acquisition) })
  })
  app.get('/deployment/status', () => ok(daq.deployment.message, { deployment: daq.deployment }))
  app.get('/simulator/status', () => ok('Simulator status.', { simulator: simulatorObject(daq) }))
  app.post('/simulator/start', () =>
    answer(() => {
      daq.startSimulation()
      return ok('Simulator started.', { simulator: simulatorObject(daq) })
    }),
  )
  app.post('/simulator/stop', () =>
    answer(async () => {
      await daq.stopSimulation()
      return ok('Simulator stopped.', { simulator: simulatorObject(daq) })
    }),
  )
}
