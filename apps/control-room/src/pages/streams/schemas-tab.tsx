import type { SchemasPage, SchemaSubject } from '@beamtime/http-gateway/ui-types'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useWidthClass } from '../../app/use-control-room.ts'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { Stateful } from '../../parts/stateful.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { SchemaPanel, typeWord } from './schema-panel.tsx'

export interface SchemasTabProps {
  readonly chosen: string | undefined
  readonly onChoose: (subject: string | undefined) => void
}

/** What the schema registry holds: subjects, their versions and texts. */
export function SchemasTab({ chosen, onChoose }: SchemasTabProps): ReactElement {
  const { http } = useControlRoom()
  const [filter, setFilter] = useState('')
  const isPhone = useWidthClass() === 'phone'
  const found = useQuery({
    queryKey: ['schemas'],
    queryFn: ({ signal }) => http.get<SchemasPage>('/streams/schemas', signal),
  })
  const all = found.data?.subjects ?? []
  const shown = all.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
  const panel =
    chosen === undefined ? null : (
      <SchemaPanel key={chosen} subject={chosen} onClose={() => onChoose(undefined)} />
    )
  if (isPhone && panel !== null) return <div className="page-content">{panel}</div>
  return (
    <div className="page-content streams-schemas">
      <section className="panel schemas-list" aria-label={t.streams.tabs.schemas}>
        <header className="panel-head">
          <h2>{t.streams.subjects}</h2>
          <span className="sub ellipsis">{found.data?.registry ?? ''}</span>
          <span className="grow" />
          {all.length === 0 ? null : (
            <div className="field">
              <IconSearch size={16} stroke={1.75} aria-hidden />
              <input
                data-page-filter
                aria-label={t.streams.filterSubjects}
                placeholder={t.common.filter}
                value={filter}
                onChange={(event) => setFilter(event.currentTarget.value)}
              />
            </div>
          )}
        </header>
        <div className="panel-body flush">
          <Stateful
            isLoading={found.isPending}
            error={found.error}
            onRetry={() => void found.refetch()}
            empty={emptyText(found.data, shown.length)}
          >
            <DataGrid
              label={t.streams.subjects}
              columns={columns}
              rowCount={shown.length}
              rowAt={(index) => shown[index]}
              keyOf={({ name }) => name}
              rowHeight={isPhone ? 44 : 32}
              isSelected={({ name }) => name === chosen}
              onOpen={({ name }) => onChoose(name)}
            />
          </Stateful>
        </div>
        {all.length === 0 ? null : (
          <footer className="panel-foot">
            <span className="sub num">
              {t.streams.subjectsShown(formatCount(shown.length), formatCount(all.length))}
            </span>
          </footer>
        )}
      </section>
      {panel ?? (isPhone || all.length === 0 ? null : <NothingChosen />)}
    </div>
  )
}

function NothingChosen(): ReactElement {
  return (
    <section className="panel schema-panel">
      <div className="empty">{t.streams.chooseSubject}</div>
    </section>
  )
}

function emptyText(page: SchemasPage | undefined, shown: number): ReactElement | null {
  if (page === undefined || shown > 0) return null
  if (page.registry === null)
    return (
      <>
        <strong>{t.streams.noRegistry}</strong>
        <span>{t.streams.noRegistryHelp}</span>
      </>
    )
  return page.subjects.length > 0 ? (
    <strong>{t.streams.noSubjectFits}</strong>
  ) : (
    <>
      <strong>{t.streams.noSubjects}</strong>
      <span>{t.streams.noSubjectsHelp}</span>
    </>
  )
}

const columns: readonly GridColumn<SchemaSubject>[] = [
  {
    key: 'name',
    header: t.streams.subject,
    width: 'minmax(140px, 3fr)',
    cell: ({ name }) => (
      <span className="strong ellipsis" title={name}>
        {name}
      </span>
    ),
  },
  {
    key: 'version',
    header: t.streams.version,
    width: '72px',
    align: 'right',
    cell: ({ version }) => (version === null ? '–' : version),
  },
  {
    key: 'id',
    header: t.streams.schemaId,
    width: '72px',
    align: 'right',
    cell: ({ id }) => (id === null ? '–' : id),
  },
  {
    key: 'type',
    header: t.streams.schemaType,
    width: '84px',
    cell: ({ type }) => <span className="muted">{type === null ? '–' : typeWord(type)}</span>,
  },
]
