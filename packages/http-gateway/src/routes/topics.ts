import type {} from '@fastify/swagger'
import { BusError } from '@beamtime/bus'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badBody, badRequest, GatewayError, notFound, unavailable } from '../error.ts'
import { auditRequest } from '../http/audit-request.ts'
import { objectBody } from '../http/body.ts'
import type { AuditLog } from '../services/audit-log.ts'
import type { PageRequest } from '../streams/stream-browser.ts'
import type { StreamParts } from '../streams/stream-parts.ts'
import type { AlertsPage, MessageDetail, MessagesPage, TopicDetail, TopicsSnap } from '../ui-types.ts'
import { integerOf, textOf } from './query.ts'
import type { Query } from './query.ts'

export interface TopicRoutesOptions {
  readonly streams: StreamParts
  readonly audit: AuditLog
}

interface TopicParams {
  readonly topic: string
}
interface MessageParams extends TopicParams {
  readonly partition: string
  readonly offset: string
}

const reading = { scopes: ['read:monitor'] } as const
const acting = { scopes: ['write:manager:control'] } as const
const tags = ['streams']

/** Topics of the bus, their settings and messages. */
export function topicRoutes(options: TopicRoutesOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    readRoutes(app, options)
    messageRoutes(app, options)
    changeRoutes(app, options)
  }
}

function readRoutes(app: FastifyInstance, { streams }: TopicRoutesOptions): void {
  app.get(
    '/streams/topics',
    { config: reading, schema: { summary: 'Topics with rates, sizes and lags.', tags } },
    async (): Promise<TopicsSnap> => await streams.topics.look(),
  )
  app.get<{ Params: TopicParams }>(
    '/streams/topics/:topic',
    { config: reading, schema: { summary: 'Partitions and settings of a topic.', tags } },
    async ({ params }): Promise<TopicDetail> =>
      await busTold(async () => {
        const { name, partitions, configs } = await streams.bus.admin.describeTopic(params.topic)
        return {
          name,
          configs,
          partitions: partitions.map(({ partition, earliest, latest }) => ({
            partition,
            earliest: Number(earliest),
            latest: Number(latest),
          })),
        }
      }),
  )
}

function messageRoutes(app: FastifyInstance, { streams }: TopicRoutesOptions): void {
  const { browser } = streams
  app.get<{ Params: TopicParams; Querystring: Query }>(
    '/streams/topics/:topic/messages',
    {
      config: reading,
      schema: { summary: 'A page of messages; a search ends within 2 s and goes on.', tags },
    },
    async (request): Promise<MessagesPage> => await browser.page(pageRequest(request, 1_000)),
  )
  app.get<{ Params: TopicParams; Querystring: Query }>(
    '/streams/topics/:topic/alerts',
    {
      config: reading,
      schema: { summary: 'A page of alerts with their cut-outs and light curves.', tags },
    },
    async (request): Promise<AlertsPage> => await browser.alerts(pageRequest(request, 100)),
  )
  app.get<{ Params: MessageParams }>(
    '/streams/topics/:topic/messages/:partition/:offset',
    { config: reading, schema: { summary: 'One message, decoded.', tags } },
    async ({ params }): Promise<MessageDetail> =>
      await browser.message(params.topic, wholeNumber(params.partition), wholeNumber(params.offset)),
  )
  app.get<{ Params: MessageParams }>(
    '/streams/topics/:topic/messages/:partition/:offset/bytes',
    { config: reading, schema: { summary: 'The value of a message as a file.', tags } },
    async ({ params }, reply) => {
      const { topic, partition, offset } = params
      const bytes = await browser.bytes(topic, wholeNumber(partition), wholeNumber(offset))
      const name = `${topic}-${partition}-${offset}.bin`.replace(/[^\w.-]/g, '_')
      void reply.header('Content-Disposition', `attachment; filename="${name}"`)
      return await reply.type('application/octet-stream').send(Buffer.from(bytes))
    },
  )
}

function changeRoutes(app: FastifyInstance, { streams, audit }: TopicRoutesOptions): void {
  const { admin } = streams.bus
  const change = (
    path: string,
    summary: string,
    work: (topic: string, body: Record<string, unknown>) => Promise<unknown>,
  ): void => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    app.post<{ Params: TopicParams }>(
      path,
      { config: acting, schema: { summary, tags } },
      async (request) => {
        const body = objectBody(request.body)
        const topic = request.params.topic ?? textIn(body, 'name')
        return await audited({ request, audit, method: `topic_${name} ${topic}` }, () => work(topic, body))
      },
    )
  }
  change('/streams/topics/create', 'Creates a topic.', (name, body) =>
    admin.createTopic({ name, partitions: countIn(body, 'partitions'), configs: textsIn(body, 'configs') }),
  )
  change('/streams/topics/:topic/delete', 'Deletes a topic; the body repeats its name.', (topic, body) => {
    confirm(topic, body)
    return admin.deleteTopics([topic])
  })
  change(
    '/streams/topics/:topic/purge',
    'Deletes all messages; the body repeats the name.',
    (topic, body) => {
      confirm(topic, body)
      return admin.deleteRecords(topic, 'latest')
    },
  )
  change('/streams/topics/:topic/partitions', 'Raises the number of partitions.', (topic, body) =>
    admin.addPartitions(topic, countIn(body, 'total')),
  )
  change('/streams/topics/:topic/config', 'Changes settings; null takes one back.', (topic, body) =>
    admin.alterConfigs(topic, textsIn(body, 'configs', true)),
  )
  change('/streams/topics/:topic/produce', 'Writes one message.', async (topic, body) => {
    const producer = streams.bus.producer({ deliveryTimeoutMs: 10_000 })
    try {
      const { partition, offset } = await producer.send({ topic, ...recordIn(body) })
      return { partition, offset: Number(offset) }
    } finally {
      await producer.close()
    }
  })
}

interface Audited {
  readonly request: FastifyRequest
  readonly audit: AuditLog
  readonly method: string
}

/** Does something that changes the bus, and notes who did it and how it went. */
export async function audited<T>(
  { request, audit, method }: Audited,
  work: () => Promise<T>,
): Promise<unknown> {
  try {
    const value = await busTold(work)
    auditRequest(audit, request, { method, ok: true })
    return { success: true, msg: '', ...(typeof value === 'object' && value !== null ? value : {}) }
  } catch (error) {
    const msg = error instanceof Error ? error.message : String(error)
    auditRequest(audit, request, { method, ok: false, msg })
    throw error
  }
}

/** Says in the words of the API what the bus refused. */
export async function busTold<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BusError)) throw error
    const text = error.message.replace(`${error.code}: `, '')
    if (error.code === 'BUS_UNAVAILABLE' || error.code === 'BUS_AUTHENTICATION')
      throw unavailable(text, error)
    if (error.code === 'BUS_TOPIC_UNKNOWN' || error.code === 'BUS_GROUP_UNKNOWN') throw notFound(text)
    throw new GatewayError({
      code: 'GATEWAY_REQUEST_INVALID',
      message: text,
      remedy: error.remedy,
      cause: error,
    })
  }
}

function pageRequest(
  request: FastifyRequest<{ Params: TopicParams; Querystring: Query }>,
  maxLimit: number,
): PageRequest {
  const { query, params } = request
  const stop = new AbortController()
  request.raw.once('close', () => stop.abort())
  return {
    topic: params.topic,
    direction: directionOf(query),
    from: textOf(query, 'from'),
    partitions: partitionsOf(query),
    filter: textOf(query, 'filter'),
    limit: integerOf(query, 'limit', { default: 50, min: 1, max: maxLimit }),
    cursor: textOf(query, 'cursor'),
    cols: (textOf(query, 'cols') ?? '')
      .split(',')
      .filter((one) => one !== '')
      .slice(0, 20),
    signal: stop.signal,
  }
}

function directionOf(query: Query): 'forward' | 'backward' {
  const text = textOf(query, 'dir') ?? 'backward'
  if (text === 'forward' || text === 'backward') return text
  throw badRequest(`'dir' must be forward or backward, not '${text}'`)
}

function partitionsOf(query: Query): readonly number[] | null {
  const text = textOf(query, 'partition')
  return text === null ? null : text.split(',').map(wholeNumber)
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw badRequest(`'${text}' is no whole number`)
}

function confirm(topic: string, body: Record<string, unknown>): void {
  if (body['confirm'] !== topic)
    throw badBody(`'confirm' must repeat the name of the topic, '${topic}'`, ['body', 'confirm'])
}

function textIn(body: Record<string, unknown>, name: string): string {
  const value = body[name]
  if (typeof value === 'string' && value !== '') return value
  throw badBody(`'${name}' is missing`, ['body', name])
}

function countIn(body: Record<string, unknown>, name: string): number {
  const value = body[name] ?? 1
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 10_000) return value
  throw badBody(`'${name}' must be a whole number from 1 to 10000`, ['body', name])
}

function textsIn(body: Record<string, unknown>, name: string): Record<string, string>
function textsIn(body: Record<string, unknown>, name: string, nulls: true): Record<string, string | null>
function textsIn(body: Record<string, unknown>, name: string, nulls = false): Record<string, string | null> {
  const found: Record<string, string | null> = {}
  for (const [key, value] of Object.entries(objectBody(body[name]))) {
    if (typeof value !== 'string' && !(nulls && value === null))
      throw badBody(`'${key}' must be a text`, ['body', name, key])
    found[key] = value
  }
  return found
}

function recordIn(body: Record<string, unknown>): {
  key: string | null
  value: Uint8Array | null
  partition?: number
  headers: { key: string; value: Uint8Array }[]
} {
  const { value, encoding = 'text', key = null, partition, headers } = body
  if (value !== null && typeof value !== 'string')
    throw badBody("'value' must be a text or null", ['body', 'value'])
  if (encoding !== 'text' && encoding !== 'base64')
    throw badBody("'encoding' must be text or base64", ['body', 'encoding'])
  if (key !== null && typeof key !== 'string') throw badBody("'key' must be a text or null", ['body', 'key'])
  return {
    key,
    value: value === null ? null : Buffer.from(value, encoding === 'text' ? 'utf8' : 'base64'),
    ...(partition === undefined || partition === null
      ? {}
      : { partition: wholeNumber(String(partition as number)) }),
    headers: Object.entries(objectBody(headers)).map(([name, one]) => ({
      key: name,
      value: Buffer.from(String(one)),
    })),
  }
}
