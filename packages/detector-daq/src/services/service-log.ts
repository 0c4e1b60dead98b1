import type { Logger } from '@beamtime/service-kit'

/** Levels as the Python services name them. */
export const serviceLogLevels = ['CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'] as const
export type ServiceLogLevel = (typeof serviceLogLevels)[number]

type Fields = Readonly<Record<string, unknown>>

/** A log of lines `LEVEL time name message`, as `default_service_setup` of the Python services makes it. */
export function serviceLogger(
  name: string,
  level: ServiceLogLevel,
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Logger {
  const threshold = serviceLogLevels.indexOf(level)

  function at(of: ServiceLogLevel, fixed: Fields): (event: string, fields?: Fields) => void {
    return (event, fields = {}) => {
      if (serviceLogLevels.indexOf(of) > threshold) return
      const all = Object.entries({ ...fixed, ...fields })
      const text = [event, ...all.map(([key, value]) => `${key}=${plain(value)}`)].join(' ')
      write(`${of} ${timeText(new Date())} ${name} ${text}\n`)
    }
  }

  function logger(fixed: Fields): Logger {
    return {
      trace: at('DEBUG', fixed),
      debug: at('DEBUG', fixed),
      info: at('INFO', fixed),
      warn: at('WARNING', fixed),
      error: at('ERROR', fixed),
      child: (fields) => logger({ ...fixed, ...fields }),
    }
  }
  return logger({})
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')
  // One event is one line, whatever a peer wrote into its text.
  return /[\s"]/.test(text) ? JSON.stringify(text) : text
}

/** Local time with milliseconds: 2026-07-23 09:45:01,123. */
function timeText(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time},${String(date.getMilliseconds()).padStart(3, '0')}`
}
