import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { rm } from 'node:fs/promises'
import { ReplayError, replayStatus, usage } from '../error.ts'
import { playRequest, recordRequest, textField } from './control-bodies.ts'
import { failureOf } from './failure.ts'
import type { ReplayControl } from './replay-control.ts'

const maxBodyBytes = 1_048_576

export interface ControlServer {
  readonly path: string
  close(): Promise<void>
}

/** The control as HTTP on a Unix socket, with the paths that the gateway serves under /api. See the README, "Socket". */
export async function startControlServer(control: ReplayControl, path: string): Promise<ControlServer> {
  await rm(path, { force: true })
  const server = createServer((request, response) => void answer(control, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
  return { path, close: () => closeServer(server) }
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

async function answer(
  control: ReplayControl,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { route, id } = routeOf(request)
    const stream = streams[route]
    if (stream !== undefined)
      return await sendLines(response, (line, signal) => stream(control, id, { line, signal }))
    const handler = routes[route]
    if (handler === undefined)
      return send(response, 404, {
        error: { code: 'NOT_FOUND', message: `there is no ${route}`, remedy: '' },
      })
    const body = request.method === 'POST' ? await bodyOf(request) : {}
    send(response, 200, await handler(control, id, body))
  } catch (error) {
    // Once lines have gone out, an end that comes early is all that can be told.
    if (response.headersSent) response.destroy()
    else
      send(response, error instanceof ReplayError ? replayStatus[error.code] : 500, {
        error: failureOf(error),
      })
  }
}

/** `POST plays/{id}/pause`, with or without /api before it. */
function routeOf(request: IncomingMessage): { readonly route: string; readonly id: string } {
  const { pathname } = new URL(request.url ?? '/', 'http://control')
  const steps = pathname.split('/').filter(Boolean)
  const [kind = '', id, ...rest] = steps[0] === 'api' ? steps.slice(1) : steps
  const path = [kind, ...(id === undefined ? [] : ['{id}']), ...rest].join('/')
  return { route: `${request.method ?? 'GET'} ${path}`, id: decoded(id ?? '') }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw usage(`${text} is no id`, 'Encode it as a part of a path.')
  }
}

type Handler = (control: ReplayControl, id: string, body: unknown) => unknown

const routes: Readonly<Record<string, Handler>> = {
  'GET recordings': ({ recordings }) => recordings.list(),
  'POST recordings': (control, _, body) => control.startRecording(recordRequest(body)),
  'GET recordings/{id}': ({ recordings }, id) => recordings.detail(id),
  'DELETE recordings/{id}': ({ recordings }, id) => recordings.remove(id),
  'POST recordings/{id}/stop': ({ recordings }, id) => recordings.stop(id),
  'POST recordings/{id}/save-ring': ({ recordings }, id, body) =>
    recordings.saveRing(id, textField(body, 'name')),
  'GET plays': ({ plays }) => plays.list(),
  'POST plays': (control, _, body) => control.startPlay(playRequest(body)),
  'GET plays/{id}': ({ plays }, id) => plays.find(id),
  'POST plays/{id}/pause': ({ plays }, id) => plays.pause(id),
  'POST plays/{id}/resume': ({ plays }, id) => plays.resume(id),
  'POST plays/{id}/step': ({ plays }, id) => plays.step(id),
  'POST plays/{id}/stop': ({ plays }, id) => plays.stop(id),
  'POST plays/{id}/seek': ({ plays }, id, body) => plays.seek(id, textField(body, 'position')),
  'POST plays/{id}/speed': ({ plays }, id, body) => plays.speed(id, Number(textField(body, 'speed'))),
}

interface LineOutput {
  readonly signal: AbortSignal
  readonly line: (value: unknown) => void
}

const streams: Readonly<
  Record<string, (control: ReplayControl, id: string, output: LineOutput) => Promise<void>>
> = {
  'GET events': (control, _, { signal, line }) => control.watch(signal, line),
  'GET plays/{id}/events': ({ plays }, id, { signal, line }) => plays.watch(id, { signal, onProgress: line }),
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += (part as Buffer).length
    if (bytes > maxBodyBytes) throw usage('the body is too long', 'Send less than 1 MiB.')
    parts.push(part as Buffer)
  }
  if (bytes === 0) return {}
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as unknown
  } catch {
    throw usage('the body is no JSON', 'Send an object.')
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

/** A line of JSON for each value, until the work ends or the reader goes. */
async function sendLines(
  response: ServerResponse,
  work: (line: (value: unknown) => void, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  await work((value) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    // A reader that does not keep up gets the newest state later, not all of them.
    if (!response.writableNeedDrain) response.write(`${JSON.stringify(value)}\n`)
  }, gone.signal)
  response.end()
}
