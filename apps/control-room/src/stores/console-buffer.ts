import type { ConsoleChunk } from '@beamtime/http-gateway/ui-types'

export type ConsoleLevel = 'debug' | 'info' | 'warn' | 'error'

export interface ConsoleLine {
  /** Number of the line since the page was opened, from 0. */
  readonly number: number
  readonly timeMs: number
  readonly level: ConsoleLevel | null
  readonly text: string
  readonly item: string | null
}

/** Text that the queue's processes printed, as lines. Chunks are not lines: a line ends at \n, \r restarts it (progress bars). */
export interface ConsoleBuffer {
  readonly lines: readonly ConsoleLine[]
  /** Lines dropped because more than the limit arrived. */
  readonly dropped: number
  replace(chunks: readonly ConsoleChunk[]): void
  append(chunks: readonly ConsoleChunk[]): void
  subscribe(listener: () => void): () => void
}

/** `[E 2026-11-21 …]` as the queue's processes write it, or the level as a word near the start. */
const levelPattern = /^\s*\[?([DIWEC]) \d{4}-|\b(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)\b/
const levelNames: Readonly<Record<string, ConsoleLevel>> = {
  D: 'debug',
  I: 'info',
  W: 'warn',
  E: 'error',
  C: 'error',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
}

export function consoleBuffer(maxLines = 50_000): ConsoleBuffer {
  let lines: ConsoleLine[] = []
  let dropped = 0
  let next = 0
  let open: { chunk: ConsoleChunk; text: string } | undefined
  const listeners = new Set<() => void>()

  function lineOf(chunk: ConsoleChunk, text: string): ConsoleLine {
    const shown = text.slice(text.lastIndexOf('\r') + 1)
    return {
      number: next,
      timeMs: chunk.time * 1000,
      level: chunk.level ?? levelOf(shown),
      text: shown,
      item: chunk.item,
    }
  }

  function push(chunk: ConsoleChunk): void {
    let text = chunk.msg
    if (open !== undefined) {
      lines.pop()
      next -= 1
      text = open.text + text
    }
    const from = open?.chunk ?? chunk
    open = undefined
    const pieces = text.replaceAll('\r\n', '\n').split('\n')
    const last = pieces.pop() ?? ''
    for (const piece of pieces) {
      lines.push(lineOf(from, piece))
      next += 1
    }
    if (last !== '') {
      lines.push(lineOf(from, last))
      next += 1
      open = { chunk: from, text: last }
    }
  }

  function pushAll(chunks: readonly ConsoleChunk[]): void {
    for (const chunk of chunks) push(chunk)
    // Cut in slabs so that a steady stream does not copy the list for every line.
    if (lines.length > maxLines + 1_000) {
      dropped += lines.length - maxLines
      lines = lines.slice(-maxLines)
    } else lines = [...lines]
    for (const listener of listeners) listener()
  }

  return {
    get lines() {
      return lines
    },
    get dropped() {
      return dropped
    },
    replace(chunks) {
      lines = []
      open = undefined
      dropped = 0
      pushAll(chunks)
    },
    append: pushAll,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function levelOf(text: string): ConsoleLevel | null {
  const match = levelPattern.exec(text.slice(0, 60))
  const word = match?.[1] ?? match?.[2]
  return word === undefined ? null : (levelNames[word] ?? null)
}
