import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { IconArrowDown, IconArrowUp, IconCopy, IconDownload, IconEdit, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState, type ReactElement, type ReactNode } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { saveFile } from '../../parts/save-file.ts'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { GridPreview } from './grid-preview.tsx'
import { GridFields, gridProblem } from './grid-size.tsx'
import { NewGridDialog, useTemplates } from './new-grid-dialog.tsx'
import { freeTitle, type Grids } from './use-grids.ts'

export interface ManageTabProps {
  readonly instrument: string
  readonly state: LiveChannelState
  readonly grids: Grids
}

type Asked = { readonly kind: 'edit' | 'remove'; readonly grid: LiveGrid } | { readonly kind: 'new' }

/** All layouts: made, changed, put in order, taken away and carried elsewhere. */
export function ManageTab({ instrument, grids }: ManageTabProps): ReactElement {
  const { notices, http } = useControlRoom()
  const [asked, setAsked] = useState<Asked | null>(null)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const templates = useTemplates(instrument)
  const save = (next: readonly LiveGrid[]): void => {
    grids.save(next).catch((failure: unknown) => notices.add({ state: 'bad', text: errorText(failure) }))
  }
  const copy = (grid: LiveGrid): void =>
    save([
      ...grids.list,
      { ...grid, enabled: true, title: freeTitle(grids.list, t.grids.copyOf(grid.title)) },
    ])
  const download = async (title: string): Promise<void> => {
    const query = new URLSearchParams({ format: 'yaml', title })
    try {
      const bytes = await http.bytes(`/livedata/${encodeURIComponent(instrument)}/grids?${query}`)
      saveFile(`${instrument}_${title.replaceAll(/[^\w.-]+/g, '_')}.yaml`, new Blob([bytes]))
    } catch (failure) {
      notices.add({ state: 'bad', text: errorText(failure) })
    }
  }
  return (
    <div className="manage-grids">
      <div className="grid-actions">
        <Button
          kind="primary"
          label={t.data.addGrid}
          disabledReason={reason}
          onPress={() => setAsked({ kind: 'new' })}
        />
      </div>
      <div className="grid-list">
        {grids.list.map((grid, index) => (
          <GridPanel key={grid.title} grid={grid} instrument={instrument}>
            <label className="check-label">
              <input
                type="checkbox"
                role="switch"
                className="toggle"
                checked={grid.enabled}
                disabled={reason !== null}
                onChange={(event) =>
                  save(grids.list.with(index, { ...grid, enabled: event.currentTarget.checked }))
                }
              />
              {t.grids.enabled}
            </label>
            <span className="grow" />
            <GridTool
              label={t.grids.earlier(grid.title)}
              icon={<IconArrowUp size={16} stroke={1.75} aria-hidden />}
              reason={reason ?? (index === 0 ? t.grids.isFirst : null)}
              onPress={() => save(swapped(grids.list, index, index - 1))}
            />
            <GridTool
              label={t.grids.later(grid.title)}
              icon={<IconArrowDown size={16} stroke={1.75} aria-hidden />}
              reason={reason ?? (index === grids.list.length - 1 ? t.grids.isLast : null)}
              onPress={() => save(swapped(grids.list, index, index + 1))}
            />
            <GridTool
              label={t.grids.edit(grid.title)}
              icon={<IconEdit size={16} stroke={1.75} aria-hidden />}
              reason={reason}
              onPress={() => setAsked({ kind: 'edit', grid })}
            />
            <GridTool
              label={t.grids.copy(grid.title)}
              icon={<IconCopy size={16} stroke={1.75} aria-hidden />}
              reason={reason}
              onPress={() => copy(grid)}
            />
            <GridTool
              label={t.grids.download(grid.title)}
              icon={<IconDownload size={16} stroke={1.75} aria-hidden />}
              reason={null}
              onPress={() => void download(grid.title)}
            />
            <GridTool
              label={t.grids.remove(grid.title)}
              icon={<IconTrash size={16} stroke={1.75} aria-hidden />}
              reason={reason}
              onPress={() => setAsked({ kind: 'remove', grid })}
            />
          </GridPanel>
        ))}
      </div>
      <h2 className="workflow-group">{t.grids.templates}</h2>
      <div className="grid-list">
        {templates.map((grid) => (
          <GridPanel key={grid.title} grid={grid} instrument={null}>
            <span className="small muted">{t.grids.readOnly}</span>
            <span className="grow" />
            <Button label={t.grids.saveCopy} disabledReason={reason} onPress={() => copy(grid)} />
          </GridPanel>
        ))}
      </div>
      {asked === null ? null : (
        <Question asked={asked} instrument={instrument} grids={grids} onClose={() => setAsked(null)} />
      )}
    </div>
  )
}

function GridPanel({
  grid,
  instrument,
  children,
}: {
  readonly grid: LiveGrid
  /** Null where it cannot be opened. */
  readonly instrument: string | null
  readonly children: ReactNode
}): ReactElement {
  return (
    <Panel
      title={grid.title}
      sub={t.grids.size({ rows: grid.nrows, columns: grid.ncols, plots: grid.cells.length })}
      className="grid-panel"
      foot={children}
      actions={
        instrument === null || !grid.enabled ? null : (
          <Link to="/data/$instrument" params={{ instrument }} search={{ tab: `grid:${grid.title}` }}>
            {t.grids.open}
          </Link>
        )
      }
    >
      {grid.description === undefined ? null : <p className="small muted">{grid.description}</p>}
      <GridPreview grid={grid} />
    </Panel>
  )
}

function GridTool({
  label,
  icon,
  reason,
  onPress,
}: {
  readonly label: string
  readonly icon: ReactElement
  readonly reason: string | null
  readonly onPress: () => void
}): ReactElement {
  return (
    <Button kind="quiet" isIconOnly label={label} icon={icon} disabledReason={reason} onPress={onPress} />
  )
}

function Question({
  asked,
  instrument,
  grids,
  onClose,
}: {
  readonly asked: Asked
  readonly instrument: string
  readonly grids: Grids
  readonly onClose: () => void
}): ReactElement {
  switch (asked.kind) {
    case 'new':
      return <NewGridDialog instrument={instrument} grids={grids} onClose={onClose} />
    case 'edit':
      return <EditGrid grid={asked.grid} grids={grids} onClose={onClose} />
    case 'remove':
      return (
        <ActionDialog
          title={t.grids.remove(asked.grid.title)}
          action={t.data.removeGrid}
          isDanger
          onClose={onClose}
          onAct={() => grids.save(grids.list.filter(({ title }) => title !== asked.grid.title))}
        >
          <p>{t.grids.removeHelp}</p>
        </ActionDialog>
      )
  }
}

function EditGrid({
  grid: before,
  grids,
  onClose,
}: {
  readonly grid: LiveGrid
  readonly grids: Grids
  readonly onClose: () => void
}): ReactElement {
  const [grid, setGrid] = useState(before)
  const others = grids.list.filter(({ title }) => title !== before.title)
  return (
    <ActionDialog
      title={t.grids.edit(before.title)}
      action={t.grids.save}
      size="lg"
      disabledReason={gridProblem(grid, others)}
      onClose={onClose}
      onAct={() => grids.change(before.title, { ...grid, title: grid.title.trim() })}
    >
      <GridFields grid={grid} onGrid={setGrid} />
      <GridPreview grid={grid} />
    </ActionDialog>
  )
}

// oxlint-disable-next-line max-params -- a list and two places of it
function swapped(grids: readonly LiveGrid[], one: number, other: number): readonly LiveGrid[] {
  const [a, b] = [grids[one], grids[other]]
  return a === undefined || b === undefined ? grids : grids.with(one, b).with(other, a)
}
