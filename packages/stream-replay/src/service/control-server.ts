import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { rm } from 'node:fs/promises'
import { ReplayError, type ReplayErrorCode } from '../error.ts'
import type { PlayOptionTexts } from '../play/play-options.ts'
import type { RecordOptionTexts } from '../record/record-options.ts'
import type { ReplayControl } from './replay-control.ts'

const maxBodyBytes = 1_048_576

/** HTTP status of an error. */
export const replayStatus: Readonly<Record<ReplayErrorCode, number>> = {
  REPLAY_USAGE: 400,
  REPLAY_BROKER_UNREACHABLE: 503,
  REPLAY_REFUSED_BY_BROKER: 502,
  REPLAY_TOPIC_UNKNOWN: 404,
  REPLAY_TOPIC_EXISTS: 409,
  REPLAY_RECORDING_UNKNOWN: 404,
  REPLAY_RECORDING_EXISTS: 409,
  REPLAY_RECORDING_DAMAGED: 422,
  REPLAY_BATCH_DAMAGED: 422,
  REPLAY_FORMAT_UNKNOWN: 422,
  REPLAY_FILE_UNREADABLE: 422,
  REPLAY_NOT_ALLOWED: 403,
  REPLAY_INCOMPLETE: 500,
  REPLAY_UNKNOWN_ID: 404,
}

export interface ControlServer {
  readonly path: string
  close(): Promise<void>
}

/** The control as HTTP on a Unix socket, with the paths that the gateway serves under /api; `events` is a stream of JSON lines. */
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
    const { pathname } = new URL(request.url ?? '/', 'http://control')
    const steps = pathname.split('/').filter(Boolean)
    const [kind, id, action] = steps[0] === 'api' ? steps.slice(1) : steps
    const route = `${request.method ?? 'GET'} ${kind ?? ''}${id === undefined ? '' : '/{id}'}${action === undefined ? '' : `/${action}`}`
    const body = request.method === 'POST' ? await bodyOf(request) : {}
    const name = decodeURIComponent(id ?? '')
    if (route === 'GET plays/{id}/events') return await streamEvents(control, name, response)
    const handler = routes[route]
    if (handler === undefined) return send(response, 404, { error: { code: 'NOT_FOUND', message: route } })
    send(response, 200, await handler(control, name, body))
  } catch (error) {
    const known = error instanceof ReplayError ? error : null
    const {
      code = 'FAILED',
      message = String(error),
      remedy = '',
    } = error as { code?: string; message?: string; remedy?: string }
    send(response, known === null ? 500 : replayStatus[known.code], { error: { code, message, remedy } })
  }
}

type Body = Readonly<Record<string, unknown>>
type Handler = (control: ReplayControl, id: string, body: Body) => unknown

const routes: Readonly<Record<string, Handler>> = {
  'GET recordings': (control) => control.listRecordings(),
  'POST recordings': (control, _, body) =>
    control.startRecording(body as unknown as RecordOptionTexts & { name: string }),
  'GET recordings/{id}': (control, id) => control.recording(id),
  'POST recordings/{id}/stop': (control, id) => control.stopRecording(id),
  'POST recordings/{id}/save-ring': (control, id, body) => control.saveRing(id, textOf(body['name'], 'name')),
  'GET plays': (control) => control.listPlays(),
  'POST plays': (control, _, body) => control.startPlay(body as unknown as PlayOptionTexts),
  'GET plays/{id}': (control, id) => control.play(id),
  'POST plays/{id}/pause': (control, id) => control.pause(id),
  'POST plays/{id}/resume': (control, id) => control.resume(id),
  'POST plays/{id}/step': (control, id) => control.step(id),
  'POST plays/{id}/stop': (control, id) => control.stopPlay(id),
  'POST plays/{id}/seek': (control, id, body) => control.seek(id, textOf(body['position'], 'position')),
  'POST plays/{id}/speed': (control, id, body) => control.speed(id, Number(body['speed'])),
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new ReplayError({
    code: 'REPLAY_USAGE',
    message: `${name} is missing`,
    remedy: `Send {"${name}": "..."}.`,
  })
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += (part as Buffer).length
    if (bytes > maxBodyBytes)
      throw new ReplayError({
        code: 'REPLAY_USAGE',
        message: 'the body is too long',
        remedy: 'Send less than 1 MiB.',
      })
    parts.push(part as Buffer)
  }
  if (bytes === 0) return {}
  try {
    const parsed = JSON.parse(Buffer.concat(parts).toString()) as unknown
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return withTexts(parsed as Body)
  } catch {
    // told below
  }
  throw new ReplayError({
    code: 'REPLAY_USAGE',
    message: 'the body is no JSON object',
    remedy: 'Send an object.',
  })
}

/** Options are read as texts, as on the command line; JSON gives numbers too. */
function withTexts(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, typeof value === 'number' ? String(value) : value]),
  )
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

async function streamEvents(control: ReplayControl, id: string, response: ServerResponse): Promise<void> {
  control.play(id)
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  await control.watchPlay(id, {
    signal: gone.signal,
    onProgress(progress) {
      // A reader that does not keep up gets the newest state later, not all of them.
      if (!response.writableNeedDrain) response.write(`${JSON.stringify(progress)}\n`)
    },
  })
  response.end()
}
