import type {
  LiveChannelState,
  LiveCommandResult,
  LiveGrid,
  LiveJob,
  LiveWorkflow,
} from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { useControlRoom, useNow, useScope } from '../../app/use-control-room.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { formatDuration } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import type { StateName } from '../../theme/tokens.ts'
import { ControlQuestion, devicesFed, useIsAsking } from './control-question.tsx'
import { OutputChips, type DraggedOutput } from './output-chips.tsx'
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

export interface WorkflowCardProps {
  readonly instrument: string
  readonly workflow: LiveWorkflow
  readonly state: LiveChannelState
  readonly grids: readonly LiveGrid[]
  readonly onAdd: (grid: LiveGrid | null, dragged: DraggedOutput) => void
}

type Kind = 'stop' | 'reset'

/** One workflow: what runs of it, its outputs, and starting, stopping and resetting it. */
export function WorkflowCard({ instrument, workflow, state, grids, onAdd }: WorkflowCardProps): ReactElement {
  const { http, notices } = useControlRoom()
  const [isStarting, setStarting] = useState(false)
  const [busy, setBusy] = useState<Kind | null>(null)
  const [question, setQuestion] = useState<Kind | null>(null)
  const isAsking = useIsAsking()
  const reason = useScope('write:manager:control') ? null : t.common.noScope('write:manager:control')
  const generation = state.generations.find((one) => one.workflow === workflow.id)
  const jobs = state.jobs.filter((job) => job.workflow === workflow.id && job.state !== 'stopped')
  const fed = devicesFed(workflow, state)
  const command = async (kind: Kind): Promise<void> => {
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
  const ask = (kind: Kind): void => {
    if (isAsking && fed.length > 0) setQuestion(kind)
    else void command(kind)
  }
  const idle = jobs.length === 0 ? t.data.idle : null
  return (
    <Panel title={workflow.title} sub={<Running jobs={jobs} />} className="workflow-card">
      <p className="small muted">{workflow.description}</p>
      <Jobs jobs={jobs} isPending={generation?.isPending === true} />
      <OutputChips workflow={workflow} state={state} grids={grids} reason={reason} onAdd={onAdd} />
      <div className="workflow-actions">
        <Button
          kind="primary"
          label={jobs.length > 0 ? t.data.apply : t.data.start}
          disabledReason={reason}
          onPress={() => setStarting(true)}
        />
        <Button
          label={t.data.reset}
          hint={t.data.resetHelp}
          isBusy={busy === 'reset'}
          disabledReason={reason ?? (workflow.supportsReset ? idle : t.grids.noReset)}
          onPress={() => ask('reset')}
        />
        <Button
          label={t.data.stop}
          isBusy={busy === 'stop'}
          disabledReason={reason ?? idle}
          onPress={() => ask('stop')}
        />
      </div>
      {isStarting ? (
        <WorkflowDialog
          instrument={instrument}
          workflow={workflow}
          generation={generation}
          fed={fed}
          onClose={() => setStarting(false)}
        />
      ) : null}
      {question === null ? null : (
        <ControlQuestion
          kind={question}
          title={workflow.title}
          devices={fed}
          onAct={() => command(question)}
          onClose={() => setQuestion(null)}
        />
      )}
    </Panel>
  )
}

/** For how long the oldest job has run. */
function Running({ jobs }: { readonly jobs: readonly LiveJob[] }): ReactElement | null {
  useNow()
  const starts = jobs.flatMap(({ startTime }) => (startTime === null ? [] : [Number(startTime) / 1e6]))
  if (starts.length === 0) return null
  return <>{t.grids.runsFor(formatDuration((Date.now() - Math.min(...starts)) / 1_000))}</>
}

function Jobs({
  jobs,
  isPending,
}: {
  readonly jobs: readonly LiveJob[]
  readonly isPending: boolean
}): ReactElement {
  return (
    <ul className="workflow-jobs">
      {jobs.length > 0 ? null : (
        <li>
          {isPending ? (
            <StateChip state="busy" word={t.data.pending} />
          ) : (
            <StateChip state="off" word={t.data.idle} />
          )}
        </li>
      )}
      {jobs.slice(0, 12).map((job) => {
        const problem = job.error ?? job.warning
        return (
          <li key={job.id}>
            <span className="ellipsis">{job.source}</span>
            <StateChip
              state={job.isStale ? 'attention' : (jobStates[job.state] ?? 'off')}
              word={job.isStale ? t.data.stale('60 s') : (t.data.jobState[job.state] ?? job.state)}
            />
            {problem === null ? null : <span className="small job-problem">{problem}</span>}
          </li>
        )
      })}
      {jobs.length > 12 ? <li className="small muted">{t.grids.andMore(jobs.length - 12)}</li> : null}
    </ul>
  )
}
