import { IconChevronDown, IconChevronUp, IconDownload, IconSearch } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { Button } from '../parts/button.tsx'
import { ConsoleView, useConsoleVersion } from '../parts/console-view.tsx'
import { Segments } from '../parts/segments.tsx'
import { SplitHandle } from '../parts/split-pane.tsx'
import { saveFile } from '../parts/save-file.ts'
import type { ConsoleLevel } from '../stores/console-buffer.ts'
import { formatCount } from '../text/format-number.ts'
import { formatIso } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { useControlRoom, usePref, useScope } from './use-control-room.ts'

type LevelChoice = 'all' | Exclude<ConsoleLevel, 'debug'>

/** Console at the bottom of every page; the key ` shows and hides it. */
export function ConsoleDrawer({ isByDefault }: { isByDefault: boolean }): ReactElement | null {
  const [isOpen, setOpen] = usePref('isConsoleOpen')
  const [height, setHeight] = usePref('consoleHeight')
  const mayRead = useScope('read:console')
  const [isCalled, setCalled] = useState(false)
  const [lastOpen, setLastOpen] = useState(isOpen)
  // On pages other than the queue the drawer appears when it is called by its key.
  if (lastOpen !== isOpen) {
    setLastOpen(isOpen)
    setCalled(isOpen)
  }
  if (!mayRead || !(isByDefault || (isCalled && isOpen))) return null
  return (
    <div className="console-drawer" style={{ height: isOpen ? height : 38 }}>
      {isOpen ? (
        <SplitHandle
          edge="top"
          label={t.console.resize}
          value={height}
          min={90}
          max={640}
          onChange={setHeight}
        />
      ) : null}
      <ConsolePanel
        isCollapsed={!isOpen}
        toggle={
          <Button
            kind="quiet"
            isIconOnly
            label={isOpen ? t.console.collapse : t.console.title}
            icon={
              isOpen ? <IconChevronDown size={18} aria-hidden /> : <IconChevronUp size={18} aria-hidden />
            }
            onPress={() => setOpen(!isOpen)}
          />
        }
      />
    </div>
  )
}

export interface ConsolePanelProps {
  readonly toggle?: ReactElement
  readonly isCollapsed?: boolean
}

/** Search, level and the lines. */
export function ConsolePanel({ toggle, isCollapsed = false }: ConsolePanelProps): ReactElement {
  const { consoleLines } = useControlRoom()
  const [search, setSearch] = useState('')
  const [level, setLevel] = useState<LevelChoice>('all')
  return (
    <section className="panel" aria-label={t.console.title}>
      <header className="panel-head">
        <h2>{t.console.title}</h2>
        <span className="grow" />
        <div className="console-search">
          <ConsoleSearch value={search} onChange={setSearch} />
        </div>
        <Segments
          label={t.console.title}
          value={level}
          onChange={setLevel}
          options={[
            { value: 'all', label: t.console.all },
            { value: 'info', label: t.console.info },
            { value: 'warn', label: t.console.warn },
            { value: 'error', label: t.console.error },
          ]}
        />
        <Button
          kind="quiet"
          isIconOnly
          label={t.console.download}
          icon={<IconDownload size={18} stroke={1.75} aria-hidden />}
          onPress={() => {
            const text = consoleLines.lines.map((line) => `${formatIso(line.timeMs)} ${line.text}`).join('\n')
            saveFile('console.txt', text, 'text/plain')
          }}
        />
        {toggle}
      </header>
      {isCollapsed ? null : (
        <div className="panel-body flush">
          <ConsoleView search={search} minimum={level === 'all' ? null : level} />
        </div>
      )}
    </section>
  )
}

function ConsoleSearch({
  value,
  onChange,
}: {
  value: string
  onChange: (value: string) => void
}): ReactElement {
  const { consoleLines } = useControlRoom()
  useConsoleVersion()
  const label = t.console.search(formatCount(consoleLines.lines.length))
  return (
    <div className="field">
      <IconSearch size={14} aria-hidden />
      <input
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder={label}
        aria-label={t.common.search}
        autoComplete="off"
      />
    </div>
  )
}
