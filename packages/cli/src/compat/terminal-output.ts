import { write } from 'node:fs'

export interface Terminal {
  write(text: string): void
  /** Resolves when everything is written, or after a second: a reader that stopped must not hold the end up. */
  flush(): Promise<void>
}

/** Text that waits for a slow reader; beyond, the oldest is dropped. */
const maxWaitingChars = 8 * 1024 * 1024
const retryMs = 20
const flushBudgetMs = 1_000

/** Writes without ever blocking this thread: a terminal or pipe that nobody reads must not stop the manager. */
export function openTerminal(fd: number): Terminal {
  let waiting: string[] = []
  let waitingChars = 0
  let writing = false
  let idle: (() => void)[] = []

  function next(): void {
    const text = waiting.join('')
    waiting = []
    waitingChars = 0
    if (text === '') {
      writing = false
      for (const done of idle.splice(0)) done()
      return
    }
    writing = true
    put(Buffer.from(text))
  }

  function put(bytes: Buffer): void {
    write(fd, bytes, (error, count) => {
      if (error !== null && error.code === 'EAGAIN') setTimeout(() => put(bytes), retryMs)
      else if (error !== null) {
        // Nobody reads any more.
        waiting = []
        next()
      } else if (count < bytes.length) put(bytes.subarray(count))
      else next()
    })
  }

  return {
    write(text) {
      waiting.push(text)
      waitingChars += text.length
      while (waitingChars > maxWaitingChars) waitingChars -= waiting.shift()?.length ?? 0
      if (!writing) next()
    },
    flush() {
      if (!writing) return Promise.resolve()
      return new Promise((resolve) => {
        idle.push(resolve)
        setTimeout(resolve, flushBudgetMs)
      })
    },
  }
}
