import type { LiveGrid } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'

export interface RenameDialogProps {
  readonly grid: LiveGrid
  readonly index: number
  readonly onGrid: (grid: LiveGrid) => Promise<void>
  readonly onClose: () => void
}

/** The own title of a cell. */
export function RenameDialog({ grid, index, onGrid, onClose }: RenameDialogProps): ReactElement {
  const cell = grid.cells[index]
  const [title, setTitle] = useState(cell?.user_title ?? '')
  return (
    <ActionDialog
      title={t.grids.renameTitle}
      action={t.grids.save}
      onClose={onClose}
      onAct={async () => {
        if (cell === undefined) return
        const { user_title: _, ...unnamed } = cell
        const named = title.trim() === '' ? unnamed : { ...cell, user_title: title.trim() }
        await onGrid({ ...grid, cells: grid.cells.with(index, named) })
      }}
    >
      <TextField
        label={t.grids.renameTitle}
        help={t.grids.renameHelp}
        value={title}
        maxLength={200}
        data-autofocus
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
    </ActionDialog>
  )
}
