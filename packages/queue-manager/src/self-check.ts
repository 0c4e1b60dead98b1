import type { InsideClient } from './control-socket.ts'

export interface SelfCheckOptions {
  readonly client: InsideClient
  /** Time between a question and the next look. Default 500 ms. */
  readonly everyMs?: number
  /** Looks without an answer until the silence is told. Default 5. */
  readonly patience?: number
  /** Looks without an answer until the manager counts as lost. Default 16: longer than a store may take. */
  readonly limit?: number
  onAnswer(): void
  onSilent(): void
  onLost(): void
}

/**
 * The manager asks itself for its status, by the way that clients take: a process whose thread runs and which answers
 * nobody (a socket that reads no more, a store that never comes back) looks alive from outside and would never be
 * replaced. Looks are counted instead of time, so that a thread or machine that stood still is not taken for silence.
 */
export function startSelfCheck(options: SelfCheckOptions): { close(): void } {
  const { client, everyMs = 500, patience = 5, limit = 16 } = options
  let isOpen = false
  let silentLooks = 0
  const ask = (): void => {
    isOpen = true
    client.send({ method: 'status' })
  }
  client.onAnswer(() => {
    isOpen = false
    silentLooks = 0
    options.onAnswer()
  })
  const timer = setInterval(() => {
    if (!isOpen) return ask()
    silentLooks += 1
    if (silentLooks === patience) options.onSilent()
    if (silentLooks === limit) options.onLost()
  }, everyMs)
  ask()
  return {
    close() {
      clearInterval(timer)
      client.close()
    },
  }
}
