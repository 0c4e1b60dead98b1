import type { MessageDetail } from '@beamtime/http-gateway/ui-types'
import { IconDownload, IconTerminal2, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { JsonTree } from '../../parts/json-tree.tsx'
import { Segments } from '../../parts/segments.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatCount } from '../../text/format-number.ts'
import { formatIso } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { AlertSummary } from './alert-summary.tsx'
import { Size } from './messages-view.tsx'
import { ProduceDialog } from './topic-dialogs.tsx'

export interface MessagePanelProps {
  readonly topic: string
  /** `partition-offset` */
  readonly place: string
  readonly onClose: () => void
}

/** Everything about one message. */
export function MessagePanel({ topic, place, onClose }: MessagePanelProps): ReactElement {
  const { http } = useControlRoom()
  const path = `/streams/topics/${encodeURIComponent(topic)}/messages/${place.replace('-', '/')}`
  const found = useQuery({
    queryKey: ['message', topic, place],
    queryFn: ({ signal }) => http.get<MessageDetail>(path, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const detail = found.data
  return (
    <section className="panel message-panel" aria-label={detail?.summary ?? place}>
      <header className="panel-head">
        <h2 className="ellipsis">
          {detail?.alert?.objectId ?? detail?.format.replace('document:', '') ?? place}
        </h2>
        <span className="sub ellipsis num">
          {detail === undefined ? '' : t.streams.place(detail.partition, formatCount(detail.offset))}
        </span>
        <span className="grow" />
        <CopyCommand topic={topic} place={place} />
        <a
          className="button quiet icon-only"
          href={`/api${path}/bytes`}
          aria-label={t.streams.downloadValue}
          download
        >
          <IconDownload size={16} stroke={1.75} aria-hidden />
        </a>
        <Button
          kind="quiet"
          isIconOnly
          label={t.common.close}
          icon={<IconX size={16} stroke={1.75} aria-hidden />}
          onPress={onClose}
        />
      </header>
      <Stateful isLoading={found.isPending} error={found.error} onRetry={() => void found.refetch()}>
        {detail === undefined ? null : <MessageBody topic={topic} detail={detail} />}
      </Stateful>
    </section>
  )
}

function CopyCommand({ topic, place }: { readonly topic: string; readonly place: string }): ReactElement {
  const [partition, offset] = place.split('-')
  return (
    <Button
      kind="quiet"
      isIconOnly
      label={t.streams.copyKcat}
      icon={<IconTerminal2 size={16} stroke={1.75} aria-hidden />}
      onPress={() =>
        void navigator.clipboard.writeText(
          `kcat -b ${location.hostname}:9092 -C -t ${topic} -p ${partition} -o ${offset} -c 1`,
        )
      }
    />
  )
}

type Part = 'fields' | 'raw' | 'headers'

function MessageBody({
  topic,
  detail,
}: {
  readonly topic: string
  readonly detail: MessageDetail
}): ReactElement {
  const [part, setPart] = useState<Part>('fields')
  const [isProducing, setProducing] = useState(false)
  const canAct = useScope('write:manager:control')
  const isText = detail.format === 'json' || detail.format === 'text'
  return (
    <>
      <div className="panel-body message-body">
        {detail.alert === null ? (
          <MessageFacts detail={detail} />
        ) : (
          <AlertSummary detail={detail} alert={detail.alert} />
        )}
        <hr className="rule" />
        <Segments
          label={t.streams.value}
          value={part}
          options={(['fields', 'raw', 'headers'] as const).map((value) => ({
            value,
            label: t.streams[value],
          }))}
          onChange={setPart}
        />
        <MessagePart part={part} detail={detail} />
      </div>
      <footer className="panel-foot">
        <span className="grow" />
        <Button
          label={t.streams.produceAgain}
          disabledReason={
            canAct ? (isText ? null : t.streams.notDecoded) : t.common.noScope('write:manager:control')
          }
          onPress={() => setProducing(true)}
        />
      </footer>
      {isProducing ? (
        <ProduceDialog
          topic={topic}
          key0={detail.key ?? ''}
          value0={typeof detail.value === 'string' ? detail.value : JSON.stringify(detail.value, null, 2)}
          headers0={Object.fromEntries(detail.headers.map(({ key, value }) => [key, value ?? '']))}
          onClose={() => setProducing(false)}
        />
      ) : null}
    </>
  )
}

function MessageFacts({ detail }: { readonly detail: MessageDetail }): ReactElement {
  return (
    <Facts
      list={[
        { name: t.streams.format, value: detail.format },
        { name: t.streams.columns.time, value: <span className="num">{formatIso(detail.t)}</span> },
        { name: t.streams.key, value: detail.key ?? '–' },
        { name: t.streams.size, value: <Size bytes={detail.bytes} /> },
      ]}
    />
  )
}

function MessagePart({
  part,
  detail,
}: {
  readonly part: Part
  readonly detail: MessageDetail
}): ReactElement {
  switch (part) {
    case 'fields':
      if (typeof detail.value === 'object' && detail.value !== null) return <JsonTree value={detail.value} />
      if (detail.format === 'bytes') return <p className="muted">{t.streams.notDecoded}</p>
      if (detail.value === null) return <p className="muted">{t.streams.noValue}</p>
      return <pre className="mono message-text">{String(detail.value)}</pre>
    case 'headers':
      return detail.headers.length === 0 ? (
        <p className="muted">{t.streams.noHeaders}</p>
      ) : (
        <Facts list={detail.headers.map(({ key, value }) => ({ name: key, value: value ?? '–' }))} />
      )
    case 'raw':
      return (
        <>
          <pre className="mono message-text small">{hexLines(detail.hex)}</pre>
          {detail.hex.length / 2 < detail.bytes ? (
            <p className="small muted num">
              {t.streams.firstBytes(formatCount(detail.hex.length / 2), formatCount(detail.bytes))}
            </p>
          ) : null}
        </>
      )
  }
}

/** As `xxd` has it: offset, sixteen bytes, what can be read. */
export function hexLines(hex: string): string {
  const lines: string[] = []
  for (let at = 0; at < hex.length; at += 32) {
    const bytes = hex.slice(at, at + 32).match(/../g) ?? []
    const text = bytes
      .map((byte) => {
        const code = Number.parseInt(byte, 16)
        return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.'
      })
      .join('')
    lines.push(`${(at / 2).toString(16).padStart(4, '0')}  ${bytes.join(' ').padEnd(47)}  ${text}`)
  }
  return lines.join('\n')
}
