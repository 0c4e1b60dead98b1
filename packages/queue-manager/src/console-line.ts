import type { LogLevel } from './core/manager-events.ts'
import { logLocalTime } from './local-time.ts'

const letters: Readonly<Record<LogLevel, string>> = { info: 'I', warn: 'W', error: 'E' }

export interface ConsoleLine {
  readonly level: LogLevel
  /** Module that the queue server would name as the speaker. */
  readonly source: string
  readonly text: string
}

/** A line of the manager on the console stream; clients strip everything up to `]`. */
export function consoleLine({ level, source, text }: ConsoleLine, nowS: number, withModule: boolean): string {
  const place = withModule ? ` ${source}:1` : ''
  return `[${letters[level]} ${logLocalTime(nowS)} bluesky_queueserver.manager.${source}${place}] ${text}\n`
}
