import type { LiveChannelState, LiveCommandResult, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import type { StateName } from '../../theme/tokens.ts'
import { t } from '../../text/text.ts'
import { WorkflowDialog } from './workflow-dialog.tsx'

const jobStates: Readonly<Record<string, StateName>> = {
  scheduled: 'busy',
  pending_context: 'busy',
  active: 'good',
  finishing: 'busy',
  warning: 'attention',
  error: 'bad',
  stopped: 'off',
}

export interface WorkflowsTabProps {
  readonly instrument: string
  readonly state: LiveChannelState
}

/** Every workflow of the instrument: what runs, and starting, stopping and resetting it. */
export function WorkflowsTab({ instrument, state }: WorkflowsTabProps): ReactElement {
  const groups = Map.groupBy(state.workflows, ({ group }) => group)
  return (
    <div className="workflows">
      {Array.from(groups, ([group, workflows]) => (
        <section key={group} aria-label={t.data.groups[group]}>
          <h2 className="workflow-group">{t.data.groups[group]}</h2>
          <div className="workflow-cards">
            {workflows.map((workflow) => (
              <WorkflowCard key={workflow.id} instrument={instrument} workflow={workflow} state={state} />
            ))}
          </div>
        </section>
      ))}
    </div>
  )
}

function WorkflowCard({
  instrument,
  workflow,
  state,
}: WorkflowsTabProps & { readonly workflow: LiveWorkflow }): ReactElement {
  const { http, notices } = useControlRoom()
  const [isStarting, setStarting] = useState(false)
  const [busy, setBusy] = useState<string | null>(null)
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const generation = state.generations.find((one) => one.workflow === workflow.id)
  const jobs = state.jobs.filter((job) => job.workflow === workflow.id && job.state !== 'stopped')
  const command = async (kind: 'stop' | 'reset'): Promise<void> => {
    setBusy(kind)
    try {
      const { result } = await http.post<{ result: LiveCommandResult | null }>(
        `/livedata/${encodeURIComponent(instrument)}/command`,
        { kind, workflow: workflow.id },
      )
      if (result?.isTimedOut === true) notices.add({ state: 'bad', text: t.data.timedOut })
    } catch (failure) {
      notices.add({ state: 'bad', text: errorText(failure) })
    } finally {
      setBusy(null)
    }
  }
  return (
    <Panel title={workflow.title} className="workflow-card">
      <p className="small muted">{workflow.description}</p>
      <ul className="workflow-jobs">
        {jobs.length === 0 ? (
          <li>
            {generation?.isPending === true ? (
              <StateChip state="busy" word={t.data.pending} />
            ) : (
              <StateChip state="off" word={t.data.idle} />
            )}
          </li>
        ) : null}
        {jobs.slice(0, 12).map((job) => (
          <li key={job.id}>
            <span className="ellipsis">{job.source}</span>
            <StateChip
              state={job.isStale ? 'attention' : (jobStates[job.state] ?? 'off')}
              word={job.isStale ? t.data.stale('60 s') : (t.data.jobState[job.state] ?? job.state)}
              title={job.error ?? job.warning ?? undefined}
            />
          </li>
        ))}
      </ul>
      <div className="workflow-actions">
        <Button
          kind="primary"
          label={jobs.length > 0 ? t.data.apply : t.data.start}
          disabledReason={reason}
          onPress={() => setStarting(true)}
        />
        {workflow.supportsReset ? (
          <Button
            label={t.data.reset}
            hint={t.data.resetHelp}
            isBusy={busy === 'reset'}
            disabledReason={reason ?? (jobs.length === 0 ? t.data.idle : null)}
            onPress={() => void command('reset')}
          />
        ) : null}
        <Button
          label={t.data.stop}
          isBusy={busy === 'stop'}
          disabledReason={reason ?? (jobs.length === 0 ? t.data.idle : null)}
          onPress={() => void command('stop')}
        />
      </div>
      {isStarting ? (
        <WorkflowDialog
          instrument={instrument}
          workflow={workflow}
          generation={generation}
          onClose={() => setStarting(false)}
        />
      ) : null}
    </Panel>
  )
}
