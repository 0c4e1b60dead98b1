import Anser from 'anser'
import { useVirtualizer } from '@tanstack/react-virtual'
import { IconArrowDown } from '@tabler/icons-react'
import { useEffect, useMemo, useReducer, useRef, useState, type ReactElement } from 'react'
import { useControlRoom } from '../app/use-control-room.ts'
import type { ConsoleLevel, ConsoleLine } from '../stores/console-buffer.ts'
import { frameEntry } from '../stores/frame-loop.ts'
import { formatClock, formatIso } from '../text/format-time.ts'
import { formatCount } from '../text/format-number.ts'
import { t } from '../text/text.ts'
import { Button } from './button.tsx'

export interface ConsoleViewProps {
  readonly search: string
  readonly minimum: ConsoleLevel | null
}

const rank: Readonly<Record<ConsoleLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** The lines of the console buffer, newest at the bottom; scrolling up stops following, nothing is lost. */
export function ConsoleView({ search, minimum }: ConsoleViewProps): ReactElement {
  const { consoleLines } = useControlRoom()
  const version = useConsoleVersion()
  const lines = useMemo(() => {
    const wanted = search.toLowerCase()
    const floor = minimum === null ? -1 : rank[minimum]
    if (wanted === '' && floor < 0) return consoleLines.lines
    return consoleLines.lines.filter((line) => isWanted(line, wanted, floor))
    // eslint-disable-next-line -- the buffer changes in place; its version says when
  }, [consoleLines, version, search, minimum])
  const scroll = useRef<HTMLDivElement>(null)
  const [isFollowing, setFollowing] = useState(true)
  const [seen, setSeen] = useState(0)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 18,
    overscan: 10,
  })
  const last = lines.at(-1)?.number ?? 0
  useEffect(() => {
    if (!isFollowing || lines.length === 0) return
    virtual.scrollToIndex(lines.length - 1, { align: 'end' })
    setSeen(last)
  }, [lines.length, last, isFollowing, virtual])

  if (lines.length === 0)
    return (
      <div className="empty small">
        {consoleLines.lines.length === 0 ? t.console.empty : t.console.noMatch}
      </div>
    )
  return (
    <div className="console-wrap">
      <div
        ref={scroll}
        className="console-lines mono"
        role="log"
        aria-label={t.console.title}
        tabIndex={0}
        onScroll={(event) => {
          const box = event.currentTarget
          setFollowing(box.scrollHeight - box.scrollTop - box.clientHeight < 24)
        }}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index]
            return line === undefined ? null : <Line key={line.number} line={line} top={item.start} />
          })}
        </div>
      </div>
      {isFollowing ? null : (
        <div className="console-jump">
          <Button
            isCompact
            icon={<IconArrowDown size={14} aria-hidden />}
            label={last > seen ? t.console.newLines(formatCount(last - seen)) : t.console.jump}
            onPress={() => setFollowing(true)}
          />
        </div>
      )}
    </div>
  )
}

function isWanted(line: ConsoleLine, wanted: string, floor: number): boolean {
  if (floor >= 0 && rank[line.level ?? 'info'] < floor) return false
  return wanted === '' || line.text.toLowerCase().includes(wanted)
}

/** Renders again at most four times a second however many lines arrive. */
export function useConsoleVersion(): number {
  const { consoleLines, frames } = useControlRoom()
  const [version, bump] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const entry = frameEntry(bump, 250)
    const unsubscribe = consoleLines.subscribe(() => frames.schedule(entry))
    return () => {
      unsubscribe()
      frames.cancel(entry)
    }
  }, [consoleLines, frames])
  return version
}

function Line({ line, top }: { line: ConsoleLine; top: number }): ReactElement {
  return (
    <div className="console-line" style={{ transform: `translateY(${top}px)` }}>
      <span className="console-time" title={formatIso(line.timeMs)}>
        {formatClock(line.timeMs)}
      </span>
      <span className={`console-level ${line.level ?? ''}`}>
        {line.level === null ? '' : line.level.toUpperCase()}
      </span>
      <ConsoleText text={line.text} />
    </div>
  )
}

/** ANSI colours become the five state colours and muted; anything else is plain text. */
const ansiColours: Readonly<Record<string, string>> = {
  'ansi-red': 'var(--bad)',
  'ansi-bright-red': 'var(--bad)',
  'ansi-green': 'var(--good)',
  'ansi-bright-green': 'var(--good)',
  'ansi-yellow': 'var(--attention)',
  'ansi-bright-yellow': 'var(--attention)',
  'ansi-blue': 'var(--busy)',
  'ansi-bright-blue': 'var(--busy)',
  'ansi-cyan': 'var(--busy)',
  'ansi-bright-black': 'var(--muted)',
}

export function ConsoleText({ text }: { text: string }): ReactElement {
  if (!text.includes('\u001b')) return <span className="console-text">{text}</span>
  const parts = Anser.ansiToJson(text, { use_classes: true, remove_empty: true })
  return (
    <span className="console-text">
      {parts.map((part, index) => (
        <span
          key={index}
          style={{
            color: ansiColours[part.fg ?? ''],
            fontWeight: part.decorations.includes('bold') ? 600 : undefined,
          }}
        >
          {part.content}
        </span>
      ))}
    </span>
  )
}
