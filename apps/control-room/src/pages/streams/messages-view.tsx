import type { MessageRow } from '@beamtime/http-gateway/ui-types'
import { Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useMemo, useState, type ReactElement } from 'react'
import { useWidthClass } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatBytes, formatCount } from '../../text/format-number.ts'
import { formatClock, formatIso } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { useMessages, type MessageView, type Messages } from './use-messages.ts'

export interface MessagesViewProps {
  readonly topic: string
  readonly view: MessageView
  readonly partitions: number
  readonly chosen: string | undefined
  readonly onView: (change: Partial<MessageView>) => void
  readonly onOpen: (row: MessageRow) => void
}

export function messageKey(row: Pick<MessageRow, 'partition' | 'offset'>): string {
  return `${row.partition}-${row.offset}`
}

/** Reads a topic from any place, searches it, follows it. */
export function MessagesView(props: MessagesViewProps): ReactElement {
  const { topic, view, chosen, onOpen } = props
  const [isTailing, setTailing] = useState(false)
  const messages = useMessages(topic, view, isTailing)
  const cols = useMemo(() => view.cols.split(',').filter((name) => name !== ''), [view.cols])
  const isPhone = useWidthClass() === 'phone'
  // Beside an open message there is room for what the messages say, not for where they lie.
  const isNarrow = chosen !== undefined && window.innerWidth < 1_800
  const columns = useMemo(
    () => (isPhone ? phoneColumns : wideColumns(cols, { isNarrow })),
    [isPhone, cols, isNarrow],
  )
  const isSearch = view.filter !== ''
  return (
    <>
      <MessageTools {...props} before={<TailButton isTailing={isTailing} onTail={setTailing} />} hasColumns />
      <div className="panel-body flush">
        <Stateful
          isLoading={messages.isLoading && messages.rows.length === 0}
          error={messages.error}
          onRetry={messages.reload}
          empty={
            messages.rows.length > 0 || messages.isLoading ? null : (
              <>
                <strong>{isSearch && !messages.isDone ? t.streams.noMatches : t.streams.noMessages}</strong>
                {isSearch && !messages.isDone ? (
                  <Button label={t.streams.search} onPress={messages.more} />
                ) : null}
              </>
            )
          }
        >
          <DataGrid
            label={t.streams.messages}
            columns={columns}
            rowCount={messages.rows.length}
            rowAt={(index) => messages.rows[index]}
            keyOf={messageKey}
            rowHeight={isPhone ? 52 : 28}
            hasHead={!isPhone}
            isSelected={(row) => messageKey(row) === chosen}
            onOpen={onOpen}
          />
        </Stateful>
      </div>
      <MessageFoot messages={messages} isTailing={isTailing} isSearch={isSearch} dir={view.dir} />
    </>
  )
}

function TailButton({
  isTailing,
  onTail,
}: {
  readonly isTailing: boolean
  readonly onTail: (on: boolean) => void
}): ReactElement {
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const
  return (
    <Button
      isOn={isTailing}
      label={isTailing ? t.streams.stopTail : t.streams.tail}
      icon={isTailing ? <IconPlayerPause {...icon} /> : <IconPlayerPlay {...icon} />}
      onPress={() => onTail(!isTailing)}
    />
  )
}

/** Where to begin, which partition, which messages. */
export function MessageTools({
  view,
  partitions,
  onView,
  before,
  extra,
  hasColumns = false,
}: MessagesViewProps & {
  readonly before?: ReactElement
  readonly extra?: ReactElement
  readonly hasColumns?: boolean
}): ReactElement {
  return (
    <div className="message-tools">
      {before}
      <select
        className="select"
        aria-label={t.streams.fromLabel}
        value={view.dir}
        onChange={(event) =>
          onView({ dir: event.currentTarget.value === 'forward' ? 'forward' : 'backward' })
        }
      >
        <option value="backward">{t.streams.newest}</option>
        <option value="forward">{t.streams.oldest}</option>
      </select>
      <CommitField
        className="from-field"
        label={t.streams.fromLabel}
        placeholder={t.streams.fromPlaceholder}
        value={view.from}
        onCommit={(from) => onView({ from })}
      />
      {partitions < 2 ? null : (
        <select
          className="select"
          aria-label={t.streams.partitionLabel}
          value={view.partition}
          onChange={(event) => onView({ partition: event.currentTarget.value })}
        >
          <option value="">{t.streams.allPartitions}</option>
          {Array.from({ length: partitions }, (_, index) => (
            <option key={index} value={String(index)}>
              {index}
            </option>
          ))}
        </select>
      )}
      <CommitField
        className="grow mono"
        label={t.streams.filterMessages}
        placeholder={t.streams.filterPlaceholder}
        help={t.streams.filterHelp}
        value={view.filter}
        onCommit={(filter) => onView({ filter })}
      />
      {hasColumns ? (
        <CommitField
          className="cols-field mono"
          label={t.streams.columnsLabel}
          placeholder={t.streams.columnsPlaceholder}
          help={t.streams.columnsHelp}
          value={view.cols}
          onCommit={(cols) => onView({ cols: cols.replaceAll(/\s+/g, '') })}
        />
      ) : null}
      {extra}
    </div>
  )
}

interface CommitFieldProps {
  readonly label: string
  readonly placeholder: string
  readonly help?: string
  readonly value: string
  readonly className: string
  readonly onCommit: (value: string) => void
}

/** Takes effect with Enter or when it is left, so that half-typed words search nothing. */
function CommitField({
  label,
  placeholder,
  help,
  value,
  className,
  onCommit,
}: CommitFieldProps): ReactElement {
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setTyped(value)
  }
  const field = (
    <div className={`field ${className}`}>
      <input
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => {
          if (typed !== value) onCommit(typed)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && typed !== value) onCommit(typed)
          if (event.key === 'Escape') setTyped(value)
        }}
      />
    </div>
  )
  return help === undefined ? (
    field
  ) : (
    <Tooltip label={help} multiline w={360} openDelay={600}>
      {field}
    </Tooltip>
  )
}

function MessageFoot({
  messages,
  isTailing,
  isSearch,
  dir,
}: {
  readonly messages: Messages
  readonly isTailing: boolean
  readonly isSearch: boolean
  readonly dir: MessageView['dir']
}): ReactElement {
  return (
    <footer className="panel-foot num">
      <span>{t.streams.rowsKept(formatCount(messages.rows.length))}</span>
      {messages.left === 0 ? null : <span>· {t.streams.notShown(formatCount(messages.left))}</span>}
      <span className="grow" />
      {isSearch || isTailing ? (
        <span>{t.streams.scanned(formatCount(messages.scanned), formatCount(messages.total))}</span>
      ) : null}
      {messages.isDone || isTailing || messages.rows.length === 0 ? null : (
        <Button
          isCompact
          label={isSearch ? t.streams.search : dir === 'forward' ? t.streams.newer : t.streams.older}
          isBusy={messages.isLoading}
          onPress={messages.more}
        />
      )}
    </footer>
  )
}

function timeText(ms: number): string {
  return `${formatClock(ms)}.${String(((ms % 1_000) + 1_000) % 1_000).padStart(3, '0')}`
}

function wideColumns(
  cols: readonly string[],
  { isNarrow }: { readonly isNarrow: boolean },
): readonly GridColumn<MessageRow>[] {
  return [
    {
      key: 'time',
      header: t.streams.columns.time,
      width: '104px',
      cell: (row) => (
        <span className="num muted" title={formatIso(row.t)}>
          {timeText(row.t)}
        </span>
      ),
    },
    {
      key: 'p',
      header: t.streams.columns.partition,
      width: '32px',
      align: 'right',
      cell: (row) => row.partition,
    },
    ...(isNarrow ? [] : placeColumns),
    {
      key: 'summary',
      header: t.streams.columns.decoded,
      width: 'minmax(120px, 3fr)',
      cell: (row) => (
        <span className="ellipsis" title={row.summary}>
          {row.summary}
        </span>
      ),
    },
    ...cols.map((name, index): GridColumn<MessageRow> => ({
      key: `col ${name}`,
      header: name,
      width: 'minmax(72px, 1fr)',
      cell: (row) => <span className="num">{cellText(row.cols?.[index])}</span>,
    })),
    {
      key: 'size',
      header: t.streams.columns.size,
      width: '76px',
      align: 'right',
      cell: (row) => <Size bytes={row.bytes} />,
    },
  ]
}

const placeColumns: readonly GridColumn<MessageRow>[] = [
  {
    key: 'offset',
    header: t.streams.columns.offset,
    width: '84px',
    align: 'right',
    cell: (row) => <span className="muted">{formatCount(row.offset)}</span>,
  },
  {
    key: 'format',
    header: t.streams.format,
    width: '104px',
    cell: (row) => <span className="muted ellipsis">{row.format.replace('document:', '')}</span>,
  },
]

const phoneColumns: readonly GridColumn<MessageRow>[] = [
  {
    key: 'words',
    header: '',
    width: 'minmax(0, 1fr)',
    cell: (row) => (
      <>
        <div className="ellipsis">{row.summary}</div>
        <div className="small muted ellipsis num">
          {timeText(row.t)} · {row.format} · {t.streams.place(row.partition, formatCount(row.offset))}
        </div>
      </>
    ),
  },
]

export function Size({ bytes }: { readonly bytes: number }): ReactElement {
  const { value, unit } = formatBytes(bytes)
  return (
    <>
      {value} <span className="muted">{unit}</span>
    </>
  )
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
