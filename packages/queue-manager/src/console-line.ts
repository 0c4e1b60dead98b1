import type { LogLevel } from './core/manager-events.ts'
import { logLocalTime } from './local-time.ts'

const letters: Readonly<Record<LogLevel, string>> = { info: 'I', warn: 'W', error: 'E' }

/** A line of the manager on the console stream; clients strip everything up to `]`. */
export function consoleLine(level: LogLevel, text: string, nowS: number): string {
  return `[${letters[level]} ${logLocalTime(nowS)} bluesky_queueserver.manager.manager] ${text}\n`
}
