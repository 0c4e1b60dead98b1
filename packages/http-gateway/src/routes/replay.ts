import type {} from '@fastify/swagger'
import {
  ReplayError,
  replayStatus,
  type PlayOptionTexts,
  type RecordRequest,
} from '@beamtime/stream-replay/client'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { auditRequest } from '../http/audit-request.ts'
import { objectBody } from '../http/body.ts'
import type { AuditLog } from '../services/audit-log.ts'
import type { StreamParts } from '../streams/stream-parts.ts'

interface IdParams {
  readonly id: string
}
type Request = FastifyRequest<{ Params: IdParams }>

const reading = { scopes: ['read:monitor'] } as const
const acting = { scopes: ['write:manager:control'] } as const

/** Recordings and plays: the replay service's own answers, with rights and audit. */
export function replayRoutes({
  streams,
  audit,
}: {
  readonly streams: StreamParts
  readonly audit: AuditLog
}) {
  const { control } = streams
  return async (app: FastifyInstance): Promise<void> => {
    const get = (path: string, summary: string, work: (id: string) => Promise<unknown>): void => {
      app.get<{ Params: IdParams }>(
        path,
        { config: reading, schema: { summary, tags: ['replay'] } },
        async (request: Request, reply) => await told(reply, () => work(request.params.id)),
      )
    }
    const act = (
      place: { readonly method: 'POST' | 'DELETE'; readonly path: string; readonly summary: string },
      work: (id: string, body: Record<string, unknown>) => Promise<unknown>,
    ): void => {
      app.route<{ Params: IdParams }>({
        method: place.method,
        url: place.path,
        config: acting,
        schema: { summary: place.summary, tags: ['replay'] },
        handler: async (request: Request, reply) =>
          await told(reply, async () => {
            const name = place.path.split('/').filter((step) => step !== '' && !step.startsWith(':'))
            const method = `${place.method === 'DELETE' ? 'delete ' : ''}${name.join('_')} ${request.params.id ?? ''}`
            try {
              const value = await work(request.params.id, objectBody(request.body))
              auditRequest(audit, request, { method, ok: true })
              return value
            } catch (error) {
              auditRequest(audit, request, { method, ok: false, msg: (error as Error).message })
              throw error
            }
          }),
      })
    }
    const post = (path: string, summary: string, work: Parameters<typeof act>[1]): void =>
      act({ method: 'POST', path, summary }, work)

    get('/recordings', 'Recordings, newest first.', () => control.listRecordings())
    get('/recordings/:id', 'One recording with its rates over time.', (id) => control.recording(id))
    post('/recordings', 'Starts to record.', (_, body) =>
      control.startRecording(body as unknown as RecordRequest),
    )
    post('/recordings/:id/stop', 'Ends a recording.', (id) => control.stopRecording(id))
    post('/recordings/:id/save-ring', 'Keeps what a ring holds: {name}.', (id, body) =>
      control.saveRing(id, String((body['name'] ?? '') as string)),
    )
    act({ method: 'DELETE', path: '/recordings/:id', summary: 'Deletes a recording.' }, (id) =>
      control.removeRecording(id),
    )
    get('/plays', 'Plays since the service started.', () => control.listPlays())
    get('/plays/:id', 'One play.', (id) => control.play(id))
    post('/plays', 'Starts to play a recording or a topic.', (_, body) =>
      control.startPlay(body as unknown as PlayOptionTexts),
    )
    post('/plays/:id/pause', 'Holds a play.', (id) => control.pause(id))
    post('/plays/:id/resume', 'Goes on.', (id) => control.resume(id))
    post('/plays/:id/step', 'Sends one message of a held play.', (id) => control.step(id))
    post('/plays/:id/stop', 'Ends a play.', (id) => control.stopPlay(id))
    post('/plays/:id/seek', 'Goes to a place: {position}.', (id, body) =>
      control.seek(id, String((body['position'] ?? '') as string)),
    )
    post('/plays/:id/speed', 'Changes the speed: {speed}.', (id, body) =>
      control.speed(id, Number(body['speed'])),
    )
  }
}

/** The service's own refusals keep their status; `detail` says what to do. */
async function told(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error
    const text = error.message.replace(`${error.code}: `, '')
    await reply.code(replayStatus[error.code]).send({ detail: `${text}. ${error.remedy}`, code: error.code })
    return reply
  }
}
