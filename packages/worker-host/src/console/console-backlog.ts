/** Console messages on their way to a manager. What was not yet handed to the operating system when the connection broke
 * is sent again to the next manager; beyond the limit the oldest are dropped and counted. */
export interface ConsoleBacklog {
  push(text: string, time: number): void
  /** Sends to this connection from now on, first what is kept. */
  attach(send: ConsoleSend): void
  detach(): void
  /** The connection takes more again. */
  resume(): void
  readonly keptBytes: number
  readonly dropped: number
}

/** Calls `done` when the message has left the process. Returns false when the connection should get no more for now. */
type ConsoleSend = (message: ConsoleMessage, done: () => void) => boolean

export interface ConsoleMessage {
  /** Unix seconds. */
  readonly time: number
  readonly msg: string
}

interface Kept extends ConsoleMessage {
  readonly bytes: number
}

export function createConsoleBacklog(limitBytes = 2 * 1024 * 1024): ConsoleBacklog {
  let kept: Kept[] = []
  let keptBytes = 0
  let dropped = 0
  let sent = 0
  let send: ConsoleSend | null = null
  let generation = 0
  let congested = false

  function removeOldest(): void {
    const oldest = kept.shift()
    if (oldest === undefined) return
    keptBytes -= oldest.bytes
    if (sent > 0) sent -= 1
  }

  function pump(): void {
    while (send !== null && !congested && sent < kept.length) {
      const message = kept[sent]
      if (message === undefined) return
      sent += 1
      const ofThisConnection = generation
      const takesMore = send({ time: message.time, msg: message.msg }, () => {
        if (ofThisConnection === generation && kept[0] === message) removeOldest()
      })
      if (!takesMore) congested = true
    }
  }

  return {
    push(text, time) {
      const bytes = Buffer.byteLength(text)
      kept.push({ time, msg: text, bytes })
      keptBytes += bytes
      while (keptBytes > limitBytes && kept.length > 1) {
        if (sent === 0) dropped += 1
        removeOldest()
      }
      pump()
    },
    attach(target) {
      send = target
      generation += 1
      sent = 0
      congested = false
      pump()
    },
    detach() {
      send = null
      generation += 1
      sent = 0
    },
    resume() {
      congested = false
      pump()
    },
    get keptBytes() {
      return keptBytes
    },
    get dropped() {
      return dropped
    },
  }
}
