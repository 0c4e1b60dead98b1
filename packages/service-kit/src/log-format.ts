import { hostname } from 'node:os'
import type { LogLevel } from './log-level.ts'
import { safeJson } from './safe-json.ts'

export type LogFormat = 'json' | 'text' | 'journald' | 'compat'

export interface LogRecord {
  readonly timeMs: number
  readonly level: LogLevel
  readonly role: string
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly seq: number
}

const syslogPriority: Readonly<Record<LogLevel, number>> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3 }
const compatLetter: Readonly<Record<LogLevel, string>> = {
  trace: 'D',
  debug: 'D',
  info: 'I',
  warn: 'W',
  error: 'E',
}
const secretName =
  /(password|passwd|secret|token|api_?key|single_user_key|private_key|authorization|cookie)$/i
const host = hostname()

/** One line, without its line end. Values of fields whose name says secret are never written. */
export function formatLine(format: LogFormat, record: LogRecord): string {
  switch (format) {
    case 'json':
      return safeJson(jsonRecord(record))
    case 'text':
      return textLine(record, new Date(record.timeMs).toISOString())
    case 'journald':
      return `<${syslogPriority[record.level]}>${record.event} ${safeJson(jsonRecord(record))}`
    case 'compat':
      return compatLine(record)
  }
}

/** `2026-01-02T03:04:05.678Z INFO queue@main message key=value`: also how `beamtime logs` shows a JSON line. */
export function textLine(
  record: Pick<LogRecord, 'level' | 'role' | 'event' | 'fields'>,
  time: string,
): string {
  return `${time} ${record.level.toUpperCase()} ${record.role} ${record.event}${textFields(hideSecrets(record.fields))}`
}

function jsonRecord(record: LogRecord): Record<string, unknown> {
  const [role = record.role, instance] = record.role.split('@')
  const { logger, ...fields } = hideSecrets(record.fields)
  return {
    time: new Date(record.timeMs).toISOString(),
    level: record.level,
    role,
    ...(instance === undefined ? {} : { instance }),
    msg: record.event,
    ...(logger === undefined ? {} : { logger }),
    // A field may not replace what the line says about itself.
    ...Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [reserved.has(name) ? `${name}_` : name, value]),
    ),
    host,
    pid: process.pid,
    seq: record.seq,
  }
}

const reserved = new Set(['time', 'level', 'role', 'instance', 'msg', 'host', 'pid', 'seq'])

/** As the Bluesky Queue Server writes: `[I 2026-01-31 12:00:00,123 bluesky_queueserver.manager.manager] text`. */
function compatLine(record: LogRecord): string {
  const time = new Date(record.timeMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const stamp =
    `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())},${String(time.getMilliseconds()).padStart(3, '0')}`
  const { logger, ...fields } = hideSecrets(record.fields)
  const name = typeof logger === 'string' ? logger : 'bluesky_queueserver.manager.manager'
  const module = name.slice(name.lastIndexOf('.') + 1)
  const place = record.level === 'debug' || record.level === 'trace' ? ` ${module}:0` : ''
  return `[${compatLetter[record.level]} ${stamp} ${name}${place}] ${record.event}${textFields(fields)}`
}

function textFields(fields: Readonly<Record<string, unknown>>): string {
  let text = ''
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) text += ` ${name}=${textValue(value)}`
  return text
}

function textValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  if (value instanceof Error) return JSON.stringify(`${value.name}: ${value.message}`)
  return safeJson(value)
}

function hideSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) shown[name] = secretName.test(name) ? '***' : value
  return shown
}
