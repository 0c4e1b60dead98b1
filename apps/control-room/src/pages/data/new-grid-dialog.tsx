import type { LiveGrid } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Segments } from '../../parts/segments.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { GridPreview } from './grid-preview.tsx'
import { GridFields, gridProblem } from './grid-size.tsx'
import { GridUpload } from './grid-upload.tsx'
import { freeTitle, type Grids } from './use-grids.ts'

export interface NewGridDialogProps {
  readonly instrument: string
  readonly grids: Grids
  readonly onClose: () => void
}

type From = 'empty' | 'template' | 'file'

/** A layout that is empty, that of a template, or those of a file. */
export function NewGridDialog({ instrument, grids, onClose }: NewGridDialogProps): ReactElement {
  const navigate = useNavigate()
  const [from, setFrom] = useState<From>('empty')
  const [grid, setGrid] = useState<LiveGrid | null>(() => emptyGrid(grids.list))
  const [more, setMore] = useState<readonly LiveGrid[]>([])
  const templates = useTemplates(instrument)
  const take = (found: LiveGrid | undefined): void =>
    setGrid(
      found === undefined ? null : { ...found, enabled: true, title: freeTitle(grids.list, found.title) },
    )
  const choose = (next: From): void => {
    setFrom(next)
    setMore([])
    if (next === 'empty') setGrid(emptyGrid(grids.list))
    else take(next === 'template' ? templates[0] : undefined)
  }
  return (
    <ActionDialog
      title={t.data.addGrid}
      action={t.grids.create}
      size="lg"
      disabledReason={grid === null ? t.grids.chooseFile : gridProblem(grid, grids.list)}
      onClose={onClose}
      onAct={async () => {
        if (grid === null) return
        const all = [...grids.list, { ...grid, title: grid.title.trim() }]
        for (const one of more) all.push({ ...one, title: freeTitle(all, one.title) })
        await grids.save(all)
        await navigate({
          to: '/data/$instrument',
          params: { instrument },
          search: { tab: `grid:${grid.title.trim()}` },
        })
      }}
    >
      <Segments
        label={t.grids.from}
        value={from}
        options={[
          { value: 'empty', label: t.grids.fromEmpty },
          { value: 'template', label: t.grids.fromTemplate },
          { value: 'file', label: t.grids.fromFile },
        ]}
        onChange={choose}
      />
      {from === 'template' ? <TemplateChoice templates={templates} onTemplate={take} /> : null}
      {from === 'file' ? (
        <GridUpload
          instrument={instrument}
          onGrids={([first, ...others]) => {
            take(first)
            setMore(others)
          }}
        />
      ) : null}
      {grid === null ? null : (
        <>
          <GridFields grid={grid} onGrid={setGrid} />
          <GridPreview grid={grid} />
          {more.length === 0 ? null : <p className="small muted">{t.grids.moreInFile(more.length)}</p>}
        </>
      )}
    </ActionDialog>
  )
}

function TemplateChoice({
  templates,
  onTemplate,
}: {
  readonly templates: readonly LiveGrid[]
  readonly onTemplate: (grid: LiveGrid | undefined) => void
}): ReactElement {
  return (
    <label className="enum-field">
      <span className="field-label">{t.grids.template}</span>
      <select
        className="select"
        onChange={(event) => onTemplate(templates.find(({ title }) => title === event.currentTarget.value))}
      >
        {templates.map(({ title }) => (
          <option key={title} value={title}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}

export function emptyGrid(grids: readonly LiveGrid[]): LiveGrid {
  return { title: freeTitle(grids, t.data.newGrid), nrows: 3, ncols: 3, enabled: true, cells: [] }
}

/** Layouts that the instrument brings. */
export function useTemplates(instrument: string): readonly LiveGrid[] {
  const { http } = useControlRoom()
  const found = useQuery({
    queryKey: ['grid-templates', instrument],
    queryFn: ({ signal }) =>
      http.get<readonly LiveGrid[]>(`/livedata/${encodeURIComponent(instrument)}/templates`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return found.data ?? none
}

const none: readonly LiveGrid[] = []
