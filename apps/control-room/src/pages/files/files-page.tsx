import type { FileEntry } from '@beamtime/http-gateway/ui-types'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo, useState, type ReactElement } from 'react'
import { useControlRoom, useNow, useWidthClass } from '../../app/use-control-room.ts'
import { DataGrid, type GridColumn } from '../../parts/data-grid.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { Skeleton, Stateful } from '../../parts/stateful.tsx'
import { formatBytes } from '../../text/format-number.ts'
import { formatIso, formatShortMoment } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { EntityPanel } from './entity-panel.tsx'
import { FileTree } from './file-tree.tsx'
import { useDefaultPath } from './nx-data.ts'
import { useFiles } from './use-files.ts'
import './files.css'

const route = getRouteApi('/files')
/** A file that changed so lately is still being written. */
const growingMs = 5_000

/** Look inside the files of detectors, also while they are written. */
export function FilesPage(): ReactElement {
  const { serverNow } = useControlRoom()
  const { file } = route.useSearch()
  const found = useFiles({ refetchInterval: 5_000 })
  const list = found.data?.files ?? []
  const chosen = list.find((one) => one.file === file)
  const isGrowing = chosen !== undefined && serverNow() - chosen.t < growingMs
  // A file that the address names is shown without the list; a list that cannot be asked again is still a list.
  const isShown = list.length > 0 || (file !== undefined && !found.isPending)
  return (
    <Stateful scope="read:monitor">
      <div className="page files-page">
        <div className="page-bar">
          <h1>{t.files.title}</h1>
          <span className="sub ellipsis mono">{chosen?.name ?? file ?? ''}</span>
          {isGrowing ? <StateChip state="busy" word={t.files.growing} /> : null}
        </div>
        <div className="page-content">
          {isShown ? (
            <FilesOpen list={list} isGrowing={isGrowing} />
          ) : (
            <section className="panel file-entity">
              <Stateful
                isLoading={found.isPending}
                error={found.error}
                onRetry={() => void found.refetch()}
                empty={
                  <>
                    <strong>{t.files.none}</strong>
                    <span>{t.files.noneHelp}</span>
                  </>
                }
              >
                {null}
              </Stateful>
            </section>
          )}
        </div>
      </div>
    </Stateful>
  )
}

interface FilesOpenProps {
  readonly list: readonly FileEntry[]
  readonly isGrowing: boolean
}

/** The list and what is chosen in it; a phone has room for one of them. */
function FilesOpen({ list, isGrowing }: FilesOpenProps): ReactElement {
  const { file, path } = route.useSearch()
  const isPhone = useWidthClass() === 'phone'
  const content =
    file === undefined ? (
      <section className="panel file-entity">
        <div className="empty">{t.files.choose}</div>
      </section>
    ) : (
      <FileContent file={file} path={path} isGrowing={isGrowing} />
    )
  if (isPhone) return file === undefined ? <FileList list={list} chosen={file} /> : content
  return (
    <>
      <FileList list={list} chosen={file} />
      {content}
    </>
  )
}

interface FileContentProps {
  readonly file: string
  /** Undefined: where the file's own `@default` leads. */
  readonly path: string | undefined
  readonly isGrowing: boolean
}

function FileContent({ file, path: wanted, isGrowing }: FileContentProps): ReactElement {
  const navigate = useNavigate()
  const defaultPath = useDefaultPath(wanted === undefined ? file : undefined)
  const path = wanted ?? defaultPath.data ?? '/'
  const choose = (next: string): void =>
    void navigate({ to: '/files', search: { file, path: next }, replace: true })
  if (wanted === undefined && defaultPath.isLoading)
    return (
      <section className="panel file-entity">
        <Skeleton rows={8} />
      </section>
    )
  return (
    <>
      <section className="panel tree-panel" aria-label={t.files.tree}>
        <FileTree key={file} file={file} chosen={path} isGrowing={isGrowing} onChoose={choose} />
      </section>
      <EntityPanel file={file} path={path} isGrowing={isGrowing} />
    </>
  )
}

function FileList({
  list,
  chosen,
}: {
  readonly list: readonly FileEntry[]
  readonly chosen: string | undefined
}): ReactElement {
  const navigate = useNavigate()
  const [filter, setFilter] = useState('')
  const shown = list.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
  const columns = useFileColumns()
  return (
    <section className="panel file-list" aria-label={t.files.list}>
      <header className="panel-head">
        <div className="field grow">
          <input
            data-page-filter
            aria-label={t.files.filter}
            placeholder={t.files.filter}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
      </header>
      <div className="panel-body flush file-rows">
        <DataGrid
          label={t.files.list}
          columns={columns}
          rowCount={shown.length}
          rowAt={(index) => shown[index]}
          keyOf={(one) => one.file}
          rowHeight={32}
          isSelected={(one) => one.file === chosen}
          onOpen={(one) => void navigate({ to: '/files', search: { file: one.file } })}
        />
      </div>
    </section>
  )
}

function useFileColumns(): readonly GridColumn<FileEntry>[] {
  const { serverNow } = useControlRoom()
  useNow(30_000)
  return useMemo(
    () => [
      {
        key: 'name',
        header: t.files.columns.name,
        width: 'minmax(120px, 1fr)',
        cell: ({ name }) => (
          <span className="ellipsis" title={name}>
            {name}
          </span>
        ),
      },
      {
        key: 'size',
        header: t.files.columns.size,
        width: '84px',
        align: 'right',
        cell: ({ bytes }) => {
          const { value, unit } = formatBytes(bytes)
          return (
            <>
              {value} <span className="muted">{unit}</span>
            </>
          )
        },
      },
      {
        key: 'changed',
        header: t.files.columns.changed,
        width: '92px',
        cell: ({ t: ms }) => (
          <span className="num muted" title={formatIso(ms)}>
            {formatShortMoment(ms, serverNow())}
          </span>
        ),
      },
    ],
    [serverNow],
  )
}
