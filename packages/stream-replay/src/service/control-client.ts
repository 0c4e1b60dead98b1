import { request as httpRequest, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { isReplayErrorCode, ReplayError } from '../error.ts'
import type { PlayOptionTexts } from '../play/play-options.ts'
import type { PlayProgress } from '../play/play-progress.ts'
import type { RecordRequest } from './control-bodies.ts'
import type {
  Failure,
  PlaySummary,
  RecordingDetail,
  RecordingSummary,
  ReplayActivity,
} from './control-messages.ts'

/** Name of the socket in the runtime directory of the platform. */
export const replaySocketName = 'replay-control.sock'

/** The replay service as another process sees it. Methods reject with ReplayError; REPLAY_SERVICE_AWAY when it does not run. */
export interface ReplayClient {
  listRecordings(): Promise<readonly RecordingSummary[]>
  recording(id: string): Promise<RecordingDetail>
  startRecording(request: RecordRequest): Promise<RecordingSummary>
  stopRecording(id: string): Promise<RecordingSummary>
  saveRing(id: string, name: string): Promise<RecordingSummary>
  removeRecording(id: string): Promise<RecordingSummary>
  listPlays(): Promise<readonly PlaySummary[]>
  play(id: string): Promise<PlaySummary>
  startPlay(options: PlayOptionTexts): Promise<PlaySummary>
  pause(id: string): Promise<PlaySummary>
  resume(id: string): Promise<PlaySummary>
  step(id: string): Promise<PlaySummary>
  stopPlay(id: string): Promise<PlaySummary>
  seek(id: string, position: string): Promise<PlaySummary>
  speed(id: string, factor: number): Promise<PlaySummary>
  /** Four times a second until the play ends or the signal aborts. */
  watchPlay(id: string, signal: AbortSignal, onProgress: (progress: PlayProgress) => void): Promise<void>
  /** At once and four times a second while something is on its way, until the signal aborts. Rejects when the service goes away. */
  watch(signal: AbortSignal, onActivity: (activity: ReplayActivity) => void): Promise<void>
}

const timeoutMs = 30_000

/** Opens nothing: every call is a request of its own on the Unix socket. */
export function replayClient(socketPath: string): ReplayClient {
  const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    callService<T>(socketPath, { method, path, body })
  const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('POST', path, body)
  const named = (kind: string, id: string): string => `/${kind}/${encodeURIComponent(id)}`
  return {
    listRecordings: () => call('GET', '/recordings'),
    recording: (id) => call('GET', named('recordings', id)),
    startRecording: (request) => post('/recordings', request),
    stopRecording: (id) => post(`${named('recordings', id)}/stop`),
    saveRing: (id, name) => post(`${named('recordings', id)}/save-ring`, { name }),
    removeRecording: (id) => call('DELETE', named('recordings', id)),
    listPlays: () => call('GET', '/plays'),
    play: (id) => call('GET', named('plays', id)),
    startPlay: (options) => post('/plays', options),
    pause: (id) => post(`${named('plays', id)}/pause`),
    resume: (id) => post(`${named('plays', id)}/resume`),
    step: (id) => post(`${named('plays', id)}/step`),
    stopPlay: (id) => post(`${named('plays', id)}/stop`),
    seek: (id, position) => post(`${named('plays', id)}/seek`, { position }),
    speed: (id, speed) => post(`${named('plays', id)}/speed`, { speed }),
    watchPlay: (id, signal, onProgress) =>
      readLines(socketPath, { path: `${named('plays', id)}/events`, signal, onValue: onProgress }),
    watch: (signal, onActivity) => readLines(socketPath, { path: '/events', signal, onValue: onActivity }),
  }
}

async function callService<T>(
  socketPath: string,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: unknown },
): Promise<T> {
  const answer = await openAnswer(socketPath, { method, path, body, signal: AbortSignal.timeout(timeoutMs) })
  return (await jsonOf(answer)) as T
}

async function readLines<T>(
  socketPath: string,
  what: { readonly path: string; readonly signal: AbortSignal; readonly onValue: (value: T) => void },
): Promise<void> {
  const { path, signal, onValue } = what
  if (signal.aborted) return
  try {
    const answer = await openAnswer(socketPath, { method: 'GET', path, body: undefined, signal })
    if (answer.statusCode !== 200) await jsonOf(answer)
    for await (const line of createInterface({ input: answer })) onValue(JSON.parse(line) as T)
  } catch (error) {
    if (!signal.aborted) throw error instanceof ReplayError ? error : away(socketPath, error)
  }
}

function openAnswer(
  socketPath: string,
  what: {
    readonly method: string
    readonly path: string
    readonly body: unknown
    readonly signal: AbortSignal
  },
): Promise<IncomingMessage> {
  const { method, path, body, signal } = what
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, method, path, signal }, resolve)
    request.once('error', (error) => reject(away(socketPath, error)))
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The value of an answer. Rejects with the error that it tells. */
async function jsonOf(answer: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part as Buffer)
  const value = JSON.parse(Buffer.concat(parts).toString()) as unknown
  if (answer.statusCode === 200) return value
  const { error } = value as { error: Failure }
  const code = isReplayErrorCode(error.code) ? error.code : 'REPLAY_INCOMPLETE'
  throw new ReplayError({ code, message: error.message.replace(`${code}: `, ''), remedy: error.remedy })
}

function away(socketPath: string, cause: unknown): ReplayError {
  return new ReplayError({
    code: 'REPLAY_SERVICE_AWAY',
    message: `the replay service does not answer on ${socketPath}`,
    remedy: 'Start it: `beamtime up` does, or `beamtime replay`.',
    canRetry: true,
    cause,
  })
}
