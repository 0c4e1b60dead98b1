import { PassThrough } from 'node:stream'
import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ConsoleMessage } from '@beamtime/queue-client'
import type { ConsoleLog } from '../console/console-log.ts'
import { badBody, badRequest } from '../error.ts'
import { objectBody } from '../http/body.ts'
import { queryParameters } from './call-parameters.ts'

/** Messages that wait for a slow reader; older ones are dropped. */
const maxWaiting = 1_000

/** Console output for the clients of the Bluesky HTTP Server. */
export function consoleRoutes(log: ConsoleLog) {
  return async (app: FastifyInstance): Promise<void> => {
    const config = { scopes: ['read:console'] } as const
    const tags = ['console']
    app.get(
      '/console_output',
      { config, schema: { summary: 'The last lines of the console as text.', tags } },
      async (request) => {
        const { nlines } = parameters(request, ['nlines'])
        if (nlines !== undefined && !Number.isInteger(nlines)) throw badRequest("'nlines' must be an integer")
        return { success: true, msg: '', text: log.text(typeof nlines === 'number' ? nlines : 200) }
      },
    )
    app.get(
      '/console_output/uid',
      { config, schema: { summary: 'Changes whenever the text changes.', tags } },
      async () => ({ success: true, msg: '', console_output_uid: log.textUid }),
    )
    app.get(
      '/console_output_update',
      { config, schema: { summary: 'Messages after a known one.', tags } },
      async (request) => {
        if (request.body === undefined && Object.keys(parameters(request, null)).length === 0)
          throw badBody('field required')
        const { last_msg_uid: uid } = parameters(request, ['last_msg_uid'])
        if (uid === undefined)
          throw badRequest("Some required keys are missing in the request: {'last_msg_uid'}. ")
        return { success: true, msg: '', ...log.since(typeof uid === 'string' ? uid : '') }
      },
    )
    app.get(
      '/stream_console_output',
      { config, schema: { summary: 'Messages as they come, without end.', tags } },
      async (request, reply) => {
        const { backlog, format } = queryParameters(request.query as Record<string, unknown>)
        const sse = request.headers.accept?.includes('text/event-stream') === true
        const stream = openStream(log, { backlog, wrap: sse ? 'sse' : format === 'ndjson' ? 'line' : 'none' })
        request.raw.once('close', () => stream.destroy())
        return await reply.type(sse ? 'text/event-stream' : 'text/plain; charset=utf-8').send(stream)
      },
    )
  }
}

function parameters(request: FastifyRequest, known: readonly string[] | null): Record<string, unknown> {
  const given = { ...queryParameters(request.query as Record<string, unknown>), ...objectBody(request.body) }
  const unknown = known === null ? [] : Object.keys(given).filter((key) => !known.includes(key))
  if (unknown.length > 0)
    throw badRequest(
      `Request contains keys the are not supported: {${unknown.map((key) => `'${key}'`).join(', ')}}`,
    )
  return given
}

type Wrap = 'none' | 'line' | 'sse'

/** One JSON object a chunk without a newline, as the peers write it, or lines, or server-sent events. */
function openStream(
  log: ConsoleLog,
  options: { readonly backlog: unknown; readonly wrap: Wrap },
): PassThrough {
  const stream = new PassThrough()
  const waiting: string[] = []
  const send = (message: ConsoleMessage): void => {
    const text = wrapMessage(message, options.wrap)
    if (waiting.length === 0 && stream.write(text)) return
    waiting.push(text)
    if (waiting.length > maxWaiting) waiting.shift()
  }
  stream.on('drain', () => {
    while (waiting.length > 0) if (!stream.write(waiting.shift() ?? '')) return
  })
  if (typeof options.backlog === 'number') for (const message of log.messages(options.backlog)) send(message)
  const stop = log.onMessage(send)
  stream.once('close', stop)
  return stream
}

function wrapMessage(message: ConsoleMessage, wrap: Wrap): string {
  const json = JSON.stringify(message)
  switch (wrap) {
    case 'none':
      return json
    case 'line':
      return `${json}\n`
    case 'sse':
      return `data: ${json}\n\n`
  }
}
