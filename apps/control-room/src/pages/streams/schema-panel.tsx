import type { SchemaDetail, SchemaVersion } from '@beamtime/http-gateway/ui-types'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Segments } from '../../parts/segments.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { t } from '../../text/text.ts'
import { changedLines, type ChangedLine } from './changed-lines.ts'

/** One subject: its versions, the text of one of them, and what it changed. */
export function SchemaPanel({
  subject,
  onClose,
}: {
  readonly subject: string
  readonly onClose: (() => void) | null
}): ReactElement {
  return (
    <section className="panel schema-panel" aria-label={subject}>
      <header className="panel-head">
        <h2 className="ellipsis" title={subject}>
          {subject}
        </h2>
        <span className="grow" />
        {onClose === null ? null : (
          <Button
            kind="quiet"
            isIconOnly
            label={t.common.close}
            icon={<IconX size={16} stroke={1.75} aria-hidden />}
            onPress={onClose}
          />
        )}
      </header>
      <SchemaContent subject={subject} />
    </section>
  )
}

/** The same without a frame, for the page of a topic. */
export function SchemaContent({ subject }: { readonly subject: string }): ReactElement {
  const { http } = useControlRoom()
  const found = useQuery({
    queryKey: ['schemas', subject],
    queryFn: ({ signal }) =>
      http.get<SchemaDetail>(`/streams/schemas/${encodeURIComponent(subject)}`, signal),
  })
  return (
    <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
      {found.data === undefined ? null : <Versions detail={found.data} />}
    </Stateful>
  )
}

type Shown = 'text' | 'changes'

function Versions({ detail }: { readonly detail: SchemaDetail }): ReactElement {
  const { versions } = detail
  const [chosen, setChosen] = useState<number | null>(null)
  const [shown, setShown] = useState<Shown>('text')
  const index = Math.max(
    0,
    versions.findIndex(({ version }) => version === chosen),
  )
  const current = versions[index]
  const before = versions[index + 1]
  if (current === undefined) return <div className="empty">{t.streams.noVersions}</div>
  const text = prettyText(current)
  return (
    <div className="panel-body schema-body">
      <div className="schema-tools">
        <select
          className="select"
          aria-label={t.streams.version}
          value={String(current.version)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {versions.map(({ version }, at) => (
            <option key={version} value={String(version)}>
              {at === 0 ? t.streams.latestVersion(version) : t.streams.versionOf(version)}
            </option>
          ))}
        </select>
        {before === undefined ? null : (
          <Segments
            label={t.streams.textOrChanges}
            value={shown}
            options={[
              { value: 'text', label: t.streams.schemaText },
              { value: 'changes', label: t.streams.changesSince(before.version) },
            ]}
            onChange={setShown}
          />
        )}
        <span className="grow" />
        <CopyButton label={t.streams.copySchema} text={() => text} />
      </div>
      <Facts list={facts(detail, current)} />
      <SchemaText
        lines={linesOf(text, before === undefined || shown === 'text' ? null : prettyText(before))}
      />
    </div>
  )
}

function facts(
  detail: SchemaDetail,
  { id, type, references }: SchemaVersion,
): Parameters<typeof Facts>[0]['list'] {
  const { compatibility, isCompatibilityOwn, versions, older } = detail
  return [
    { name: t.streams.schemaType, value: typeWord(type) },
    { name: t.streams.schemaId, value: <span className="num">{id}</span> },
    {
      name: t.streams.compatibility,
      value:
        compatibility === null
          ? '–'
          : `${compatibilityWord(compatibility)}${isCompatibilityOwn ? '' : ` (${t.streams.ofRegistry})`}`,
    },
    { name: t.streams.versionCount, value: <span className="num">{versions.length + older}</span> },
    ...(references.length === 0
      ? []
      : [
          {
            name: t.streams.refersTo,
            value: references.map(({ subject, version }) => `${subject} ${version}`).join(', '),
          },
        ]),
  ]
}

/** As the makers of the formats write them. */
export function typeWord(type: string): string {
  const words: Readonly<Record<string, string>> = { AVRO: 'Avro', JSON: 'JSON Schema', PROTOBUF: 'Protobuf' }
  return words[type] ?? type
}

/** `FULL_TRANSITIVE`: full, transitive. */
function compatibilityWord(level: string): string {
  return level.toLowerCase().replaceAll('_', ', ')
}

/** JSON with an indent; other texts as they are. */
export function prettyText({ schema }: Pick<SchemaVersion, 'schema'>): string {
  try {
    return JSON.stringify(JSON.parse(schema), null, 2)
  } catch {
    return schema // Protobuf
  }
}

function linesOf(text: string, before: string | null): readonly ChangedLine[] {
  const lines = text.split('\n')
  return before === null
    ? lines.map((line) => ({ kind: 'same', text: line }))
    : changedLines(before.split('\n'), lines)
}

const marks = { same: ' ', added: '+', removed: '−' } as const

function SchemaText({ lines }: { readonly lines: readonly ChangedLine[] }): ReactElement {
  return (
    <pre className="mono small schema-text" tabIndex={0} aria-label={t.streams.schemaText}>
      {lines.map(({ kind, text }, index) => (
        <span key={index} className={`schema-line ${kind}`}>
          {`${marks[kind]} ${text}\n`}
        </span>
      ))}
    </pre>
  )
}
