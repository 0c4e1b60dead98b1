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
  return (
    <div className="workflows">
      <NicosBar state={state} />
      {Array.from(groups, ([group, workflows]) => (
        <details key={group} open>
          <summary className="workflow-group">{t.data.groups[group]}</summary>
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

/** What instrument control reads of this, where there is a contract. */
function NicosBar({ state }: { readonly state: LiveChannelState }): ReactElement | null {
  const [isOpen, setOpen] = useState(false)
  const all = state.workflows.reduce((sum, { nicosDevices }) => sum + nicosDevices.length, 0)
  const running = state.workflows.reduce((sum, workflow) => sum + devicesFed(workflow, state).length, 0)
  if (all === 0) return null
  return (
    <div className="nicos-bar">
      <Button
        label={t.grids.nicosDevices}
        trailing={<span className="count">{t.grids.nicosCount(running, all)}</span>}
        onPress={() => setOpen(true)}
      />
      <AskSwitch />
      {isOpen ? <NicosDialog state={state} onClose={() => setOpen(false)} /> : null}
    </div>
  )
}
