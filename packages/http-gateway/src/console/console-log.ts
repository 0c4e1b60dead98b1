import { randomUUID } from 'node:crypto'
import type { ConsoleMessage } from '@beamtime/queue-client'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import type { QueueLink } from '../queue/queue-link.ts'
import type { ConsoleChunk } from '../ui-types.ts'
import { TextBuffer } from './text-buffer.ts'

/** Messages kept for late readers. */
export const consoleBacklog = 2_000

export interface NumberedChunk extends ConsoleChunk {
  /** Counts from 1 since the start of the gateway. */
  readonly n: number
}

/** What the processes of a queue printed, as messages and as a screen. */
export interface ConsoleLog {
  readonly onMessage: Listeners<ConsoleMessage>['listen']
  readonly onChunk: Listeners<NumberedChunk>['listen']
  /** Changes whenever the text changes. */
  readonly textUid: string
  text(lines: number): string
  /** `ALL`: the whole buffer; a known uid: what came after it; else nothing. */
  since(uid: string): {
    readonly last_msg_uid: string
    readonly console_output_msgs: readonly ConsoleMessage[]
  }
  messages(count: number): readonly ConsoleMessage[]
  /** Chunks after number `n`, or null when some of them are no longer kept. */
  chunksAfter(n: number): readonly NumberedChunk[] | null
  lastChunks(count: number): readonly NumberedChunk[]
  close(): void
}

export function keepConsole(link: QueueLink): ConsoleLog {
  const messages = listeners<ConsoleMessage>()
  const chunks = listeners<NumberedChunk>()
  const kept: { readonly uid: string; readonly message: ConsoleMessage; readonly chunk: NumberedChunk }[] = []
  const screen = new TextBuffer()
  let textUid = randomUUID() as string
  let lastUid = textUid
  let count = 0
  const stop = link.onConsole((message) => {
    count += 1
    lastUid = randomUUID()
    textUid = lastUid
    const item = link.status?.running_item_uid ?? null
    const chunk = { n: count, time: message.time, msg: message.msg, level: levelOf(message.msg), item }
    kept.push({ uid: lastUid, message, chunk })
    if (kept.length > consoleBacklog) kept.shift()
    screen.write(message.msg)
    messages.emit(message)
    chunks.emit(chunk)
  })
  return {
    onMessage: (callback) => messages.listen(callback),
    onChunk: (callback) => chunks.listen(callback),
    get textUid() {
      return textUid
    },
    text: (lines) => screen.tail(lines),
    since(uid) {
      // The uid of the text is the uid of its last message: a client may ask for what followed a text.
      const at = uid === 'ALL' ? -1 : kept.findLastIndex((one) => one.uid === uid)
      const after = uid === 'ALL' || at >= 0 ? kept.slice(at + 1) : []
      return { last_msg_uid: lastUid, console_output_msgs: after.map((one) => one.message) }
    },
    messages: (last) => (last <= 0 ? [] : kept.slice(-last).map((one) => one.message)),
    chunksAfter(n) {
      const first = kept[0]?.chunk.n ?? count + 1
      return n + 1 < first || n > count ? null : kept.slice(n + 1 - first).map((one) => one.chunk)
    },
    lastChunks: (last) => (last <= 0 ? [] : kept.slice(-last).map((one) => one.chunk)),
    close: stop,
  }
}

/** Log lines of the manager start with `[I 2026-…]`; anything else has no level. */
const levels = new Map<string, ConsoleChunk['level']>([
  ['D', 'debug'],
  ['I', 'info'],
  ['W', 'warn'],
  ['E', 'error'],
  ['C', 'error'],
])

function levelOf(msg: string): ConsoleChunk['level'] {
  return levels.get(/^\[([DIWEC]) /.exec(msg)?.[1] ?? '') ?? null
}
