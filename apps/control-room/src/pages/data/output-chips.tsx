import type {
  LiveChannelState,
  LiveGrid,
  LiveOutputInfo,
  LiveWorkflow,
} from '@beamtime/http-gateway/ui-types'
import { Menu } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import type { DragEvent, ReactElement } from 'react'
import { t } from '../../text/text.ts'

/** What a dragged output says of itself. */
export interface DraggedOutput {
  readonly workflow: string
  readonly output: string
}

const kind = 'application/x-live-output'

export function isOutputDrag(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(kind)
}

/** What was dropped, checked: it may come from another page. */
export function droppedOutput(event: DragEvent): DraggedOutput | null {
  try {
    const found = JSON.parse(event.dataTransfer.getData(kind)) as Partial<DraggedOutput> | null
    const { workflow, output } = found ?? {}
    return typeof workflow === 'string' && typeof output === 'string' ? { workflow, output } : null
  } catch {
    return null
  }
}

const cellKind = 'application/x-live-cell'

export function dragCell(event: DragEvent, index: number): void {
  event.dataTransfer.setData(cellKind, String(index))
  event.dataTransfer.effectAllowed = 'move'
}

/** A cell of the same layout, or an output. */
export function isLiveDrag(event: DragEvent): boolean {
  return isOutputDrag(event) || event.dataTransfer.types.includes(cellKind)
}

export function droppedCell(event: DragEvent): number | null {
  const text = event.dataTransfer.getData(cellKind)
  return /^\d{1,3}$/.test(text) ? Number(text) : null
}

export interface OutputChipsProps {
  readonly workflow: LiveWorkflow
  readonly state: LiveChannelState
  readonly grids: readonly LiveGrid[]
  readonly reason: string | null
  readonly onAdd: (grid: LiveGrid | null, dragged: DraggedOutput) => void
}

/** The outputs of a workflow: dragged onto the tab of a grid or into its places, or chosen from the menu of each. */
export function OutputChips({ workflow, grids, reason, onAdd }: OutputChipsProps): ReactElement {
  const read = new Set(workflow.nicosDevices.map(({ output }) => output))
  return (
    <ul className="output-chips" aria-label={t.data.outputs}>
      {workflow.outputs
        .filter((output) => output.kind !== 'readback')
        .map((output) => (
          <li key={output.name}>
            <Menu width={220} disabled={reason !== null}>
              <Menu.Target>
                <button
                  type="button"
                  className="output-chip"
                  draggable={reason === null}
                  title={hintOf(output, reason)}
                  aria-disabled={reason === null ? undefined : true}
                  onDragStart={(event) => {
                    const dragged: DraggedOutput = { workflow: workflow.id, output: output.name }
                    event.dataTransfer.setData(kind, JSON.stringify(dragged))
                    event.dataTransfer.effectAllowed = 'copy'
                  }}
                >
                  {output.title}
                  {read.has(output.name) ? (
                    <IconPlugConnected size={12} role="img" aria-label={t.grids.nicosMark} />
                  ) : null}
                </button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{t.grids.addTo}</Menu.Label>
                {[...grids, null].map((grid) => (
                  <Menu.Item
                    key={grid?.title ?? ''}
                    onClick={() => onAdd(grid, { workflow: workflow.id, output: output.name })}
                  >
                    {grid?.title ?? t.data.addGrid}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </li>
        ))}
    </ul>
  )
}

function hintOf({ description, unit, ndim }: LiveOutputInfo, reason: string | null): string {
  return reason ?? [description, `${t.grids.dimensions(ndim)}, ${unit}`, t.grids.dragHelp].join('\n')
}
