import type { LogLevel } from './log-level.ts'
import { safeJson } from './safe-json.ts'

interface LogEvent {
  readonly level: LogLevel
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface RepeatFilter {
  /** True for the first of its kind within the window; later ones are counted. */
  admit(entry: LogEvent): boolean
  /** One line for each kind whose window has ended with repeats; they carry `repeats`, the count. */
  expired(): readonly LogEvent[]
  /** As {@link expired}, for all windows at once. */
  drain(): readonly LogEvent[]
}

interface Held {
  last: LogEvent
  repeats: number
  sinceMs: number
}

/**
 * Recognises repeats. Warnings and errors are of one kind when event name and error agree (a dead peer gives
 * one line, not a thousand); other lines only when all their fields agree. At most `maxKeys` kinds are
 * remembered, the oldest is forgotten.
 */
export function createRepeatFilter(options: {
  now: () => number
  windowMs: number
  maxKeys: number
}): RepeatFilter {
  const held = new Map<string, Held>()

  function collect(isOver: (entry: Held) => boolean): readonly LogEvent[] {
    const summaries: LogEvent[] = []
    for (const [key, entry] of held) {
      if (!isOver(entry)) continue
      held.delete(key)
      if (entry.repeats > 0)
        summaries.push({ ...entry.last, fields: { ...entry.last.fields, repeats: entry.repeats } })
    }
    return summaries
  }

  return {
    admit(entry) {
      const key = kindOf(entry)
      const known = held.get(key)
      if (known !== undefined) {
        known.repeats++
        known.last = entry
        return false
      }
      if (held.size >= options.maxKeys) {
        const oldest = held.keys().next()
        if (oldest.done !== true) held.delete(oldest.value)
      }
      held.set(key, { last: entry, repeats: 0, sinceMs: options.now() })
      return true
    },
    expired() {
      const nowMs = options.now()
      return collect((entry) => nowMs - entry.sinceMs >= options.windowMs)
    },
    drain: () => collect(() => true),
  }
}

function kindOf(entry: LogEvent): string {
  const prefix = `${entry.level} ${entry.event} `
  if (entry.level !== 'warn' && entry.level !== 'error') return prefix + safeJson(entry.fields)
  const { err } = entry.fields
  if (typeof err !== 'object' || err === null) return prefix + safeJson(err ?? entry.fields)
  const { code, message } = err as { code?: unknown; message?: unknown }
  return prefix + safeJson([code, message])
}
