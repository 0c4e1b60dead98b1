import { writeSync } from 'node:fs'
import { formatLine, type LogFormat, type LogRecord } from './log-format.ts'
import { logLevels, type LogLevel } from './log-level.ts'
import { createRepeatFilter } from './log-repeat.ts'

/** One event name and its fields, no prose: `log.info('topic.created', { topic, partitions })`. */
export interface Logger {
  trace(event: string, fields?: Readonly<Record<string, unknown>>): void
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
  /** A logger whose lines carry these fields as well. */
  child(fields: Readonly<Record<string, unknown>>): Logger
}

/** The section `log` as a service needs it. */
export interface LogConfig {
  readonly level: LogLevel
  readonly format: 'auto' | LogFormat
}

export interface LoggerOptions {
  readonly role: string
  readonly config: LogConfig
  /** Takes whole lines with their line end. Default: standard error, at once. */
  readonly write?: (line: string) => void
  readonly now?: () => number
  readonly environment?: NodeJS.ProcessEnv
  readonly isTerminal?: boolean
}

export interface RootLogger extends Logger {
  /** Takes effect for all children at once (SIGHUP). */
  setLevel(level: LogLevel): void
  /** Writes the counts of repeats that were held back. */
  flush(): void
}

/** Writes the log of one process. Repeats of a line within 10 s become a count. */
export function createLogger(options: LoggerOptions): RootLogger {
  const write = options.write ?? writeToStandardError
  const now = options.now ?? Date.now
  const format = chooseFormat(options)
  const repeats = createRepeatFilter({ now, windowMs: 10_000, maxKeys: 1_000 })
  let threshold = logLevels.indexOf(options.config.level)
  let seq = 0

  function emit(record: Omit<LogRecord, 'role' | 'timeMs' | 'seq'>): void {
    write(`${formatLine(format, { ...record, role: options.role, timeMs: now(), seq: ++seq })}\n`)
  }

  function log(level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>): void {
    if (logLevels.indexOf(level) < threshold) return
    for (const summary of repeats.expired()) emit(summary)
    if (repeats.admit({ level, event, fields })) emit({ level, event, fields })
  }

  function withFields(fixed: Readonly<Record<string, unknown>>): Logger {
    const at = (level: LogLevel) => (event: string, fields?: Readonly<Record<string, unknown>>) => {
      log(level, event, fields === undefined ? fixed : { ...fixed, ...fields })
    }
    return {
      trace: at('trace'),
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => withFields({ ...fixed, ...fields }),
    }
  }

  return {
    ...withFields({}),
    setLevel(level) {
      threshold = logLevels.indexOf(level)
    },
    flush() {
      for (const summary of repeats.drain()) emit(summary)
    },
  }
}

function chooseFormat(options: LoggerOptions): LogFormat {
  if (options.config.format !== 'auto') return options.config.format
  const environment = options.environment ?? process.env
  if (environment.JOURNAL_STREAM !== undefined && environment.JOURNAL_STREAM !== '') return 'journald'
  return (options.isTerminal ?? process.stderr.isTTY === true) ? 'text' : 'json'
}

/** Synchronous, so that the last line before a crash is there; a full pipe is tried again a few times. */
function writeToStandardError(line: string): void {
  let rest: Uint8Array = Buffer.from(line)
  for (let attempt = 0; attempt < 100 && rest.length > 0; attempt++) {
    try {
      rest = rest.subarray(writeSync(2, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return // nobody reads: a log must not end its service
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
}
