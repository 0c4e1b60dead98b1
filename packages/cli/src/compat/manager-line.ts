const letters = { DEBUG: 'D', INFO: 'I', WARNING: 'W', ERROR: 'E' } as const

export interface ManagerLine {
  readonly level: keyof typeof letters
  /** Module of the queue server that would say it. */
  readonly source: string
  readonly text: string
  /** Module and line stand behind the logger's name. */
  readonly debug: boolean
}

/** `[I 2026-01-31 12:00:00,123 bluesky_queueserver.manager.start_manager] text`, as the queue server logs. */
export function managerLine({ level, source, text, debug }: ManagerLine): string {
  const now = new Date()
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
  const stamp = `${date} ${time},${String(now.getMilliseconds()).padStart(3, '0')}`
  return `[${letters[level]} ${stamp} bluesky_queueserver.manager.${source}${debug ? ` ${source}:1` : ''}] ${text}\n`
}
