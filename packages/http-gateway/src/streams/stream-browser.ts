import {
  alertView,
  Breather,
  browseStream,
  parsePosition,
  ReplayError,
  SchemaShelf,
  type Position,
  type Replay,
} from '@beamtime/stream-replay'
import { badRequest, notFound, unavailable } from '../error.ts'
import type { AlertDetail, AlertsPage, MessageDetail, MessagesPage } from '../ui-types.ts'
import { greyOf } from './grey-stamp.ts'
import { type ReadMessage, readMessage, rowOf, valueOf } from './message-rows.ts'

export interface PageRequest {
  readonly topic: string
  readonly direction: 'forward' | 'backward'
  readonly from: string | null
  readonly partitions: readonly number[] | null
  readonly filter: string | null
  readonly limit: number
  readonly cursor: string | null
  readonly cols: readonly string[]
  readonly signal: AbortSignal
}

/** Reads what topics hold. Every answer ends within a budget, so a search through a large topic takes several. */
export interface StreamBrowser {
  page(request: PageRequest): Promise<MessagesPage>
  /** The same with cut-outs and light curves of those that are alerts. */
  alerts(request: PageRequest): Promise<AlertsPage>
  message(topic: string, partition: number, offset: number): Promise<MessageDetail>
  /** The key and value as they are. */
  bytes(topic: string, partition: number, offset: number): Promise<Uint8Array>
}

const budget = { messages: 200_000, bytes: 512 * 1024 * 1024, ms: 2_000 }
const hexBytes = 4_096

export function streamBrowser(
  replay: Replay,
  onFormat: (topic: string, format: string) => void,
): StreamBrowser {
  const one = (topic: string, partition: number, offset: number): ReturnType<typeof readOne> =>
    told(() => readOne(replay, { topic, partition, offset }))
  return {
    page: (request) =>
      told(async () => {
        const { found, ...page } = await readPage(replay, request)
        const messages = found.map((read) => rowOf(read, request.cols))
        const [newest] = messages
        if (newest !== undefined && request.direction === 'backward')
          onFormat(request.topic, topicFormat(newest.format))
        return { ...page, messages }
      }),
    alerts: (request) =>
      told(async () => {
        const { found, ...page } = await readPage(replay, request)
        const cards = found.map((read) => ({
          row: rowOf(read, request.cols),
          alert: read.alert === null ? null : alertDetail(read.alert),
        }))
        return { ...page, cards }
      }),
    message: async (topic, partition, offset) => (await one(topic, partition, offset)).detail,
    bytes: async (topic, partition, offset) => (await one(topic, partition, offset)).bytes,
  }
}

/** What a topic holds, in the words of its list: documents are those of Bluesky. */
function topicFormat(format: string): string {
  return format.startsWith('document:') ? 'bluesky' : format
}

type FoundPage = Omit<MessagesPage, 'messages'> & { readonly found: readonly ReadMessage[] }

async function readPage(replay: Replay, request: PageRequest): Promise<FoundPage> {
  const { topic, direction, filter, limit, cursor, signal, partitions } = request
  const source = await replay.source(`topic:${topic}`)
  try {
    const from = request.from === null ? undefined : positionOf(request.from)
    const page = await browseStream({
      source,
      direction,
      limit,
      budget,
      signal,
      nowMs: () => Date.now(),
      ...(partitions === null ? {} : { partitions }),
      ...(from === undefined ? {} : { from }),
      ...(cursor === null ? {} : { cursor: parseCursor(cursor) }),
      ...(filter === null ? {} : { select: filter }),
    })
    const shelf = new SchemaShelf(source)
    const breather = new Breather()
    const found: ReadMessage[] = []
    for (const message of page.messages) {
      found.push(await readMessage(message, shelf))
      await breather.breathe()
    }
    return {
      found,
      scanned: page.scanned,
      bytes: page.bytes,
      done: page.isDone,
      cursor: Array.from(page.cursor, ([partition, place]) => `${partition}:${place}`).join(','),
      total: source.partitions.reduce((sum, { count }) => sum + count, 0),
    }
  } finally {
    await source.close()
  }
}

async function readOne(
  replay: Replay,
  place: { readonly topic: string; readonly partition: number; readonly offset: number },
): Promise<{ readonly detail: MessageDetail; readonly bytes: Uint8Array }> {
  const source = await replay.source(`topic:${place.topic}`)
  try {
    const { messages } = await browseStream({
      source,
      direction: 'forward',
      partitions: [place.partition],
      from: { kind: 'offset', offset: place.offset },
      limit: 1,
      budget,
      signal: AbortSignal.timeout(budget.ms),
      nowMs: () => Date.now(),
    })
    const [message] = messages
    if (message?.offset !== place.offset)
      throw notFound(
        `There is no message ${place.offset} in partition ${place.partition} of '${place.topic}'.`,
      )
    const read = await readMessage(message, new SchemaShelf(source))
    const bytes = message.value ?? new Uint8Array()
    const detail: MessageDetail = {
      ...rowOf(read, []),
      headers: message.headers.map(({ key, value }) => ({
        key,
        value: value === null ? null : Buffer.from(value).toString(),
      })),
      value: read.content.kind === 'bytes' ? null : valueOf(read),
      hex: Buffer.from(bytes.subarray(0, hexBytes)).toString('hex'),
      alert: read.alert === null ? null : alertDetail(read.alert),
    }
    return { detail, bytes }
  } finally {
    await source.close()
  }
}

function alertDetail(alert: unknown): AlertDetail {
  const { stamps, ...view } = alertView(alert)
  return {
    ...view,
    stamps: stamps.map(({ name, width, height, pixels }) => ({
      name,
      width,
      height,
      grey: Buffer.from(greyOf(pixels)).toString('base64'),
    })),
  }
}

function positionOf(text: string): Position {
  // A plain number in a form is an offset; times have more digits.
  return parsePosition(/^\d{1,8}$/.test(text) ? `@${text}` : text, "'from'")
}

function parseCursor(text: string): ReadonlyMap<number, number> {
  return new Map(
    text.split(',').map((pair) => {
      const match = /^(\d{1,9}):(\d{1,15})$/.exec(pair)
      if (match === null) throw badRequest(`'cursor' is not one of an earlier answer: '${text.slice(0, 40)}'`)
      return [Number(match[1]), Number(match[2])]
    }),
  )
}

/** Says in the words of the API what went wrong with the stream. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error
    const text = error.message.replace(`${error.code}: `, '')
    if (error.code === 'REPLAY_USAGE') throw badRequest(`${text}. ${error.remedy}`)
    if (error.code === 'REPLAY_TOPIC_UNKNOWN') throw notFound(text)
    throw unavailable(text, error)
  }
}
