import type { LogLine, LogsPage, ServiceState } from '@beamtime/http-gateway/ui-types'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useControlRoom, useNow, useScope, useWidthClass } from '../../app/use-control-room.ts'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Segments } from '../../parts/segments.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { StateGlyph } from '../../parts/state-glyph.tsx'
import { Stateful, useStaleClass } from '../../parts/stateful.tsx'
import { Sparkline } from '../../plot/sparkline.tsx'
import { formatBytes } from '../../text/format-number.ts'
import { formatAge, formatClock, formatDuration, formatMinute } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { ServiceCharts } from './service-charts.tsx'
import { useServiceHistory, type ServiceHistory } from './service-history.ts'
import './services.css'

const route = getRouteApi('/services')
const words = {
  up: { state: 'good', word: t.services.works },
  late: { state: 'attention', word: t.services.late },
  down: { state: 'bad', word: t.services.down },
} as const

/** Which services work, what is wrong and what it affects. */
export function ServicesPage(): ReactElement {
  const { services } = useControlRoom()
  const answer = useStore(services, (view) => view.answer)
  const received = useStore(services, (view) => view.receivedMs)
  const { role } = route.useSearch()
  const navigate = useNavigate()
  const history = useServiceHistory()
  const stale = useStaleClass()
  useNow()
  const list = answer?.services ?? []
  const worst =
    list.find((service) => service.state === 'down') ?? list.find((service) => service.state === 'late')
  const chosen = list.find((service) => service.role === role) ?? worst ?? list[0]
  return (
    <Stateful
      scope="read:status"
      isLoading={answer === null}
      empty={answer !== null && list.length === 0 ? t.services.empty : null}
    >
      <div className={`page services-page${stale}`}>
        <div className="page-bar">
          <h1>{t.services.title}</h1>
          <span className="grow" />
          <span className="small muted num">
            {t.services.count(list.length)} · {t.services.updated(formatAge((Date.now() - received) / 1000))}
          </span>
        </div>
        <ServicesSentence sentence={answer?.sentence ?? ''} worst={worst} />
        <ServiceTable
          list={list}
          chosen={chosen}
          history={history}
          onChoose={(next) => void navigate({ to: '/services', search: { role: next }, replace: true })}
        />
        {chosen === undefined ? null : (
          <div className="service-detail">
            <Panel title={chosen.role} sub={t.services.metrics} isFlush className="service-charts-panel">
              <ServiceCharts role={chosen.role} history={history} sample={chosen.sample} />
            </Panel>
            <div className="column service-side">
              <Checks service={chosen} />
              <ServiceLog role={chosen.role} />
            </div>
          </div>
        )}
      </div>
    </Stateful>
  )
}

function ServicesSentence({
  sentence,
  worst,
}: {
  sentence: string
  worst: ServiceState | undefined
}): ReactElement | null {
  if (sentence === '') return null
  const end =
    /[.](?=\s|$)/.exec(sentence)?.index === undefined
      ? sentence.length
      : (/[.](?=\s|$)/.exec(sentence)?.index ?? 0) + 1
  const tone = worst === undefined ? '' : worst.state === 'down' ? 'bad' : 'attention'
  return (
    <div className={`banner ${tone}`} role="status">
      <StateGlyph
        state={worst === undefined ? 'good' : worst.state === 'down' ? 'bad' : 'attention'}
        size={14}
      />
      <strong>{sentence.slice(0, end)}</strong>
      <span>{sentence.slice(end)}</span>
    </div>
  )
}

interface ServiceTableProps {
  readonly list: readonly ServiceState[]
  readonly chosen: ServiceState | undefined
  readonly history: ServiceHistory
  readonly onChoose: (role: string) => void
}

function ServiceTable({ list, chosen, history, onChoose }: ServiceTableProps): ReactElement {
  const isPhone = useWidthClass() === 'phone'
  const columns = isPhone
    ? tableColumns(history).filter((column) => ['role', 'state', 'memory'].includes(column.key))
    : tableColumns(history)
  return (
    <section
      className="panel service-table"
      aria-label={t.services.title}
      style={{ height: 30 + list.length * 32 }}
    >
      <DataGrid
        label={t.services.title}
        columns={columns}
        rowCount={list.length}
        rowAt={(index) => list[index]}
        keyOf={(service) => service.role}
        rowHeight={32}
        isSelected={(service) => service.role === chosen?.role}
        onOpen={(service) => onChoose(service.role)}
      />
    </section>
  )
}

function whatItDoes(role: string): string {
  return t.services.does_[role.split('@')[0] ?? role] ?? ''
}

function tableColumns(history: ServiceHistory): readonly GridColumn<ServiceState>[] {
  return [
    {
      key: 'role',
      header: t.services.service,
      width: 'minmax(90px, 116px)',
      cell: (service) => <span className="strong">{service.role}</span>,
    },
    {
      key: 'state',
      header: t.services.state,
      width: '110px',
      cell: (service) => <StateChip {...words[service.state]} />,
    },
    {
      key: 'does',
      header: t.services.does,
      width: 'minmax(120px, 1.4fr)',
      cell: (service) => <span className="muted">{whatItDoes(service.role)}</span>,
    },
    {
      key: 'detail',
      header: t.services.detail,
      width: 'minmax(120px, 1.4fr)',
      cell: (service) => <span className="muted">{service.summary ?? ''}</span>,
    },
    {
      key: 'up',
      header: t.services.up,
      width: '90px',
      align: 'right',
      cell: (service) => formatDuration(service.uptimeS),
    },
    {
      key: 'cpu',
      header: t.services.cpu,
      width: '160px',
      align: 'right',
      cell: (service) => (
        <span className="cpu-cell">
          <Sparkline values={history.of(service.role).cpu.slice(-60)} width={84} />
          <span>
            {service.sample?.cpu === null || service.sample === null
              ? '–'
              : (service.sample.cpu * 100).toFixed(1)}
            <span className="unit"> %</span>
          </span>
        </span>
      ),
    },
    {
      key: 'memory',
      header: t.services.memory,
      width: '100px',
      align: 'right',
      cell: (service) => <Bytes bytes={service.sample?.rssBytes} />,
    },
  ]
}

function Bytes({ bytes }: { bytes: number | null | undefined }): ReactElement {
  const { value, unit } = formatBytes(bytes)
  return (
    <>
      {value}
      <span className="unit"> {unit}</span>
    </>
  )
}

function Checks({ service }: { service: ServiceState }): ReactElement {
  const checks = Object.entries(service.checks)
  const passing = checks.filter(([, check]) => check.ok).length
  const { serverNow } = useControlRoom()
  return (
    <Panel
      title={t.services.checks}
      sub={checks.length === 0 ? '' : t.services.checksPass(passing, checks.length)}
      isFlush
      className="checks-panel"
    >
      {checks.length === 0 ? <p className="muted checks-none">{t.services.noChecks}</p> : null}
      <ul>
        {checks.map(([name, check]) => (
          <li key={name} className="check-row">
            <StateChip
              {...(check.ok
                ? words.up
                : service.state === 'late'
                  ? words.late
                  : { state: 'bad', word: t.services.fails })}
            />
            <span className="ellipsis">{check.detail ? `${name}: ${check.detail}` : name}</span>
          </li>
        ))}
      </ul>
      <div className="check-facts">
        <Facts
          list={[
            { name: t.services.since, value: formatMinute(service.since, serverNow()) },
            { name: t.services.version, value: service.version ?? '–' },
            { name: t.services.pid, value: service.pid ?? '–' },
          ]}
        />
      </div>
    </Panel>
  )
}

type Level = 'all' | 'warn' | 'error'

/** Newest lines of a service; the server keeps the rest. */
function ServiceLog({ role }: { role: string }): ReactElement {
  const { http } = useControlRoom()
  const mayRead = useScope('read:monitor')
  const [level, setLevel] = useState<Level>('all')
  const box = useRef<HTMLDivElement>(null)
  const logs = useQuery({
    queryKey: ['logs', role, level],
    queryFn: ({ signal }) =>
      http.get<LogsPage>(
        `/services/${encodeURIComponent(role)}/logs?limit=100${level === 'all' ? '' : `&level=${level}`}`,
        signal,
      ),
    enabled: mayRead,
    refetchInterval: 4_000,
    placeholderData: keepPreviousData,
  })
  const lines = logs.data?.lines ?? []
  useEffect(() => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [lines.length, role])
  return (
    <Panel
      title={t.services.log}
      isFlush
      className="log-panel"
      actions={
        <Segments
          label={t.services.log}
          value={level}
          onChange={setLevel}
          options={[
            { value: 'all', label: t.services.levels.all },
            { value: 'warn', label: t.services.levels.warn },
            { value: 'error', label: t.services.levels.error },
          ]}
        />
      }
    >
      <Stateful
        scope="read:monitor"
        error={logs.error}
        onRetry={() => void logs.refetch()}
        isLoading={logs.isLoading}
        skeletonRows={4}
        empty={lines.length === 0 && !logs.isLoading ? t.services.noLog : null}
      >
        <div ref={box} className="mono log-lines" role="log" aria-label={t.services.log} tabIndex={0}>
          {lines.map((line, index) => (
            <LogRow key={index} line={line} />
          ))}
        </div>
      </Stateful>
    </Panel>
  )
}

function LogRow({ line }: { line: LogLine }): ReactElement {
  const fields = Object.entries(line.fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return (
    <div className="log-row">
      <span className="muted">{formatClock(line.t)}</span>
      <span className={`console-level ${line.level}`}>{line.level.toUpperCase()}</span>
      <span className="log-text">
        {line.msg} <span className="muted">{fields.join(' ')}</span>
      </span>
    </div>
  )
}
