import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '../http/body.ts'
import type { LogLine, LogsPage } from '../ui-types.ts'

/** Read at once, from the end of a file. */
const maxReadBytes = 4 * 1024 * 1024
const followEveryMs = 500

interface LogQuery {
  readonly level: string | null
  readonly q: string | null
  /** As `before` of the page after it: a byte offset in the file. */
  readonly before: string | null
  readonly limit: number
}

/** The log files of the supervised services, `<data>/logs/<role>.log`, one JSON object a line. */
export interface LogFiles {
  roles(): readonly string[]
  /** Null when the role has no log file. */
  page(role: string, query: LogQuery): Promise<LogsPage | null>
  /** Calls back with what is appended from now on; the returned function ends it. */
  follow(role: string, onLines: (lines: readonly LogLine[]) => void): () => void
}

export function logFiles(directory: string): LogFiles {
  return {
    roles: () => rolesIn(directory),
    page: (role, query) => readPage(directory, role, query),
    follow: (role, onLines) => followFile(join(directory, `${role}.log`), role, onLines),
  }
}

function rolesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.log'))
      .map((name) => name.slice(0, -'.log'.length))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

async function readPage(directory: string, role: string, query: LogQuery): Promise<LogsPage | null> {
  // Only names that are there: a role never becomes a path by itself.
  if (!rolesIn(directory).includes(role)) return null
  const file = await open(join(directory, `${role}.log`))
  try {
    const { size } = await file.stat()
    const end = query.before === null ? size : Math.max(0, Math.min(size, Number(query.before) || 0))
    const start = Math.max(0, end - maxReadBytes)
    const { lines, offsets } = await readLines(file, { start, end })
    const wanted: { readonly line: LogLine; readonly offset: number }[] = []
    let reached = start
    for (let at = lines.length - 1; at >= 0 && wanted.length < query.limit; at -= 1) {
      const line = parseLine(role, lines[at] ?? '')
      reached = offsets[at] ?? start
      if (line !== null && fits(line, query)) wanted.unshift({ line, offset: reached })
    }
    return { lines: wanted.map((one) => one.line), before: reached > 0 ? String(reached) : null }
  } finally {
    await file.close()
  }
}

async function readLines(
  file: FileHandle,
  range: { readonly start: number; readonly end: number },
): Promise<{ readonly lines: readonly string[]; readonly offsets: readonly number[] }> {
  const buffer = Buffer.alloc(range.end - range.start)
  const { bytesRead } = await file.read(buffer, 0, buffer.length, range.start)
  const lines: string[] = []
  const offsets: number[] = []
  let at = range.start === 0 ? 0 : buffer.indexOf(0x0a) + 1
  while (at < bytesRead) {
    const newline = buffer.indexOf(0x0a, at)
    const end = newline === -1 ? bytesRead : newline
    lines.push(buffer.toString('utf8', at, end))
    offsets.push(range.start + at)
    at = end + 1
  }
  return { lines, offsets }
}

function fits(line: LogLine, query: LogQuery): boolean {
  if (query.level !== null && levelNumber(line.level) < levelNumber(query.level)) return false
  if (query.q === null) return true
  return `${line.msg} ${JSON.stringify(line.fields)}`.toLowerCase().includes(query.q.toLowerCase())
}

const levels = ['trace', 'debug', 'info', 'warn', 'error']
export function levelNumber(level: string): number {
  return Math.max(0, levels.indexOf(level))
}

const ownKeys = new Set(['time', 'level', 'role', 'instance', 'msg', 'host', 'pid', 'seq'])

/** A line of JSON, or any other text as a message. */
function parseLine(role: string, text: string): LogLine | null {
  if (text.trim() === '') return null
  const record = jsonRecord(text)
  if (record === null) return { t: 0, level: 'info', role, msg: text.slice(0, 4_000), fields: {} }
  const { time, level, msg } = record
  return {
    t: typeof time === 'string' ? Date.parse(time) || 0 : 0,
    level: typeof level === 'string' ? level : 'info',
    role,
    msg: typeof msg === 'string' ? msg : '',
    fields: Object.fromEntries(Object.entries(record).filter(([key]) => !ownKeys.has(key))),
  }
}

function jsonRecord(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function followFile(path: string, role: string, onLines: (lines: readonly LogLine[]) => void): () => void {
  let offset = sizeOf(path)
  let rest = ''
  let busy = false
  const look = async (): Promise<void> => {
    const size = sizeOf(path)
    // A file that was rotated is read from its start.
    if (size < offset) offset = 0
    if (size === offset) return
    const file = await open(path)
    try {
      const start = Math.max(offset, size - maxReadBytes)
      const buffer = Buffer.alloc(size - start)
      const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
      offset = start + bytesRead
      const parts = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
      rest = parts.pop() ?? ''
      const lines = parts.map((text) => parseLine(role, text)).filter((line) => line !== null)
      if (lines.length > 0) onLines(lines)
    } finally {
      await file.close()
    }
  }
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    look()
      .catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
      .finally(() => {
        busy = false
      })
  }, followEveryMs)
  return () => clearInterval(timer)
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
