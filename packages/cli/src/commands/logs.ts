import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { logLevels, nearestName, textLine, type LogLevel } from '@beamtime/service-kit'
import { loadConfig } from '../config/load-config.ts'
import { CliError } from '../error.ts'
import { printLine } from '../print.ts'
import type { PlaceOptions } from './run-action.ts'

interface LogsOptions extends PlaceOptions {
  readonly follow?: boolean | string
  readonly lines?: boolean | string
  readonly level?: boolean | string
  readonly json?: boolean | string
}

/** A line of one service's file, with the time it starts with where it has one. */
interface LogLine {
  readonly role: string
  readonly text: string
  readonly time: string
  readonly level: LogLevel
}

const maxTailBytes = 8 * 1024 * 1024

export async function logs(role: string | undefined, options: LogsOptions): Promise<number> {
  const directory = join(loadConfig(options).dataDir, 'logs')
  const roles = chosenRoles(directory, role)
  const count = lineCount(options.lines)
  const threshold = levelOf(options.level)
  const wanted = (line: LogLine): boolean => logLevels.indexOf(line.level) >= threshold
  const show = (line: LogLine): void => printLine(options.json === true ? line.text : shownText(line))

  const files = roles.map((name) => openLogFile(directory, name))
  const past = files.flatMap((file) => file.past(count)).filter(wanted)
  past.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  for (const line of count === 0 ? [] : past.slice(-count)) show(line)
  if (options.follow !== true) return 0
  for (;;) {
    for (const file of files) for (const line of file.further()) if (wanted(line)) show(line)
    await delay(200)
  }
}

function chosenRoles(directory: string, role: string | undefined): readonly string[] {
  const known = existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => name.endsWith('.log'))
        .map((name) => name.slice(0, -'.log'.length))
    : []
  if (known.length === 0)
    throw new CliError({
      code: 'CLI_NOT_FOUND',
      message: `no logs in ${directory}`,
      remedy: 'name the data directory with --data DIR; systemd units write to the journal',
    })
  if (role === undefined) return known
  if (known.includes(role)) return [role]
  const near = nearestName(role, known)
  throw new CliError({
    code: 'CLI_NOT_FOUND',
    message: `no log of ${role}`,
    remedy: near === null ? `choose one of ${known.join(', ')}` : `did you mean ${near}?`,
  })
}

function lineCount(given: string | boolean | undefined): number {
  if (typeof given !== 'string') return 50
  if (/^\d{1,6}$/.test(given)) return Number(given)
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--lines ${given} is not a number`,
    remedy: 'give e.g. -n 200',
  })
}

function levelOf(given: string | boolean | undefined): number {
  if (typeof given !== 'string') return 0
  const index = (logLevels as readonly string[]).indexOf(given)
  if (index !== -1) return index
  throw new CliError({
    code: 'CLI_USAGE',
    message: `--level ${given} is not a level`,
    remedy: `give one of ${logLevels.join(', ')}`,
  })
}

interface LogFile {
  past(count: number): readonly LogLine[]
  further(): readonly LogLine[]
}

/** Reads the end of a file, then what is appended; a file that was rotated is read from its start. */
function openLogFile(directory: string, role: string): LogFile {
  const path = join(directory, `${role}.log`)
  let offset = 0
  let inode = 0
  let rest = ''
  const read = (from: number): string => {
    const file = openSync(path, 'r')
    try {
      const bytes = Math.min(statSync(path).size - from, maxTailBytes)
      const buffer = Buffer.alloc(Math.max(0, bytes))
      const done = readSync(file, buffer, 0, buffer.length, from)
      offset = from + done
      return buffer.toString('utf8', 0, done)
    } finally {
      closeSync(file)
    }
  }
  const lines = (text: string): readonly LogLine[] => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    return parts.filter((line) => line !== '').map((line) => parseLine(role, line))
  }
  return {
    past(count) {
      const stat = statSync(path)
      inode = stat.ino
      const all = lines(read(Math.max(0, stat.size - maxTailBytes)))
      return count === 0 ? [] : all.slice(-Math.max(count, 2_000))
    },
    further() {
      if (!existsSync(path)) return []
      const stat = statSync(path)
      if (stat.ino !== inode || stat.size < offset) {
        inode = stat.ino
        offset = 0
      }
      return stat.size > offset ? lines(read(offset)) : []
    },
  }
}

function parseLine(role: string, text: string): LogLine {
  const { time, level } = parsedJson(text) ?? {}
  const known = typeof level === 'string' && (logLevels as readonly string[]).includes(level)
  return {
    role,
    text,
    time: typeof time === 'string' ? time : '',
    level: known ? (level as LogLevel) : 'info',
  }
}

function shownText(line: LogLine): string {
  const record = parsedJson(line.text)
  if (record === null || line.time === '') return `${line.role}  ${line.text}`
  const { time: _, level, role, instance, msg, host, pid, seq, ...fields } = record
  void [_, level, role, instance, host, pid, seq]
  // The stack is in the file; a person reads what went wrong.
  const { err, ...rest } = fields
  const { name = 'Error', message = '' } = (err ?? {}) as { name?: string; message?: string }
  const shown =
    err === undefined ? rest : { ...rest, err: typeof err === 'string' ? err : `${name}: ${message}` }
  return textLine({ level: line.level, role: line.role, event: String(msg), fields: shown }, line.time)
}

function parsedJson(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null // shown as it is
  }
}
