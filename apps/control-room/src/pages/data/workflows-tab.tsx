import type { LiveChannelState, LiveGrid } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { AskSwitch, devicesFed, NicosDialog } from './control-question.tsx'
import type { DraggedOutput } from './output-chips.tsx'
import { WorkflowCard } from './workflow-card.tsx'

export interface WorkflowsTabProps {
  readonly instrument: string
  readonly state: LiveChannelState
  readonly grids: readonly LiveGrid[]
  /** An output for a grid; null makes a new one. */
  readonly onAdd: (grid: LiveGrid | null, dragged: DraggedOutput) => void
}

/** Every workflow of the instrument: what runs, and starting, stopping and resetting it. */
export function WorkflowsTab({ instrument, state, grids, onAdd }: WorkflowsTabProps): ReactElement {
  const groups = Map.groupBy(state.workflows, ({ group }) => group)
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const isAnyOpen = closed.size < groups.size
  return (
    <div className="workflows">
      <div className="nicos-bar">
        <NicosBar state={state} />
        <span className="grow" />
        <Button
          kind="quiet"
          label={isAnyOpen ? t.grids.collapse : t.grids.expand}
          onPress={() => setClosed(new Set(isAnyOpen ? groups.keys() : []))}
        />
      </div>
      {Array.from(groups, ([group, workflows]) => (
        <details key={group} open={!closed.has(group)}>
          <summary
            className="workflow-group"
            onClick={(event) => {
              // React keeps what is open, so that all can be closed at once.
              event.preventDefault()
              setClosed(toggled(closed, group))
            }}
          >
            {t.data.groups[group]}
          </summary>
          <div className="workflow-cards">
            {workflows.map((workflow) => (
              <WorkflowCard
                key={workflow.id}
                instrument={instrument}
                workflow={workflow}
                state={state}
                grids={grids}
                onAdd={onAdd}
              />
            ))}
          </div>
        </details>
      ))}
    </div>
  )
}

function toggled(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(names)
  if (!next.delete(name)) next.add(name)
  return next
}

/** What instrument control reads of this, where there is a contract. */
function NicosBar({ state }: { readonly state: LiveChannelState }): ReactElement | null {
  const [isOpen, setOpen] = useState(false)
  const all = state.workflows.reduce((sum, { nicosDevices }) => sum + nicosDevices.length, 0)
  const running = state.workflows.reduce((sum, workflow) => sum + devicesFed(workflow, state).length, 0)
  if (all === 0) return null
  return (
    <>
      <Button
        label={t.grids.nicosDevices}
        trailing={<span className="count">{t.grids.nicosCount(running, all)}</span>}
        onPress={() => setOpen(true)}
      />
      <AskSwitch />
      {isOpen ? <NicosDialog state={state} onClose={() => setOpen(false)} /> : null}
    </>
  )
}
