import type {
  LiveCommandResult,
  LiveGeneration,
  LiveNicosDevice,
  LiveStart,
  LiveWorkflow,
} from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'
import { FedDevices, useIsAsking } from './control-question.tsx'
import { ParameterField } from './parameter-field.tsx'
import { comparedSettings, SettingsCompare } from './settings-compare.tsx'
import {
  changedFields,
  runningStarts,
  useStaging,
  type Inputs,
  type Staging,
  type Values,
} from './use-staging.ts'

export interface WorkflowDialogProps {
  readonly instrument: string
  readonly workflow: LiveWorkflow
  readonly generation: LiveGeneration | undefined
  /** Devices of instrument control that read what runs now. */
  readonly fed: readonly LiveNicosDevice[]
  readonly onClose: () => void
}

/** Sources and parameters of a workflow before it starts; begins with what runs, else with what was used last. */
export function WorkflowDialog({
  instrument,
  workflow,
  generation,
  fed,
  onClose,
}: WorkflowDialogProps): ReactElement {
  const { http } = useControlRoom()
  const staging = useStaging({ instrument, workflow, generation })
  const { sources, setSources, values, setValue, inputs, setInputs, staged } = staging
  const runs = runningStarts(generation)
  const running = runs.find(({ source }) => source === staging.target) ?? runs[0]
  const [isSure, setSure] = useState(false)
  const mustAsk = useIsAsking() && fed.length > 0
  const changes = running === undefined ? null : changedFields(workflow, values, running.parameters as Values)
  const question = mustAsk && !isSure ? t.grids.fed(fed.length) : null
  const reason = sources.length === 0 ? t.data.sources : question
  return (
    <ActionDialog
      title={workflow.title}
      action={generation === undefined ? t.data.start : t.data.apply}
      size="lg"
      disabledReason={reason}
      onClose={onClose}
      onAct={async () => {
        await commit(http, { instrument, workflow: workflow.id, sources: staged })
      }}
    >
      <SourceList workflow={workflow} sources={sources} onSources={setSources} />
      <Origin isByOthers={generation !== undefined && changes === null} />
      <AuxSources workflow={workflow} inputs={inputs} onInputs={setInputs} />
      <TargetChoice {...staging} />
      {workflow.parameters.length === 0 ? <p className="small muted">{t.data.noParameters}</p> : null}
      {workflow.parameters.map((group) => (
        <fieldset key={group.name} className="parameter-group">
          <legend>{group.title}</legend>
          {group.description === '' ? null : <p className="small muted">{group.description}</p>}
          {Object.entries(group.fields).map(([name, field]) => (
            <div key={name}>
              <ParameterField
                field={field}
                value={values[group.name]?.[name]}
                onChange={(value) => setValue(group.name, name, value)}
              />
              {changes?.has(`${group.name}.${name}`) === true ? (
                <span className="staged">{t.data.runsWith(changes.get(`${group.name}.${name}`) ?? '')}</span>
              ) : null}
            </div>
          ))}
        </fieldset>
      ))}
      {changes === null ? null : <SettingsCompare settings={comparedSettings(workflow, staged, runs)} />}
      {mustAsk ? <CommitQuestion fed={fed} isSure={isSure} onSure={setSure} /> : null}
    </ActionDialog>
  )
}

async function commit(
  http: HttpClient,
  {
    instrument,
    ...start
  }: { readonly instrument: string; readonly workflow: string; readonly sources: readonly LiveStart[] },
): Promise<void> {
  const { result } = await http.post<{ result: LiveCommandResult | null }>(
    `/livedata/${encodeURIComponent(instrument)}/command`,
    { kind: 'start', ...start },
  )
  if (result?.isTimedOut === true) throw new Error(t.data.timedOut)
  const refused = result?.answers.find(({ ok }) => !ok)
  if (refused !== undefined) throw new Error(refused.message ?? refused.device)
}

/** What runs was started elsewhere, with settings that nobody here knows. */
function Origin({ isByOthers }: { readonly isByOthers: boolean }): ReactElement | null {
  return isByOthers ? <p className="small muted">{t.data.byOthers}</p> : null
}

function SourceList({
  workflow,
  sources,
  onSources,
}: {
  readonly workflow: LiveWorkflow
  readonly sources: readonly string[]
  readonly onSources: (sources: readonly string[]) => void
}): ReactElement {
  return (
    <>
      <span className="field-label">{t.data.sources}</span>
      <div className="source-list">
        {workflow.sources.map((source) => (
          <label key={source} className="check-label">
            <input
              type="checkbox"
              className="check"
              checked={sources.includes(source)}
              onChange={(event) =>
                onSources(
                  event.currentTarget.checked
                    ? [...sources, source]
                    : sources.filter((one) => one !== source),
                )
              }
            />
            {source}
          </label>
        ))}
      </div>
    </>
  )
}

function CommitQuestion({
  fed,
  isSure,
  onSure,
}: {
  readonly fed: readonly LiveNicosDevice[]
  readonly isSure: boolean
  readonly onSure: (isSure: boolean) => void
}): ReactElement {
  return (
    <div className="fed-question" role="group" aria-label={t.grids.nicosDevices}>
      <FedDevices devices={fed} />
      <label className="check-label">
        <input
          type="checkbox"
          className="check"
          checked={isSure}
          onChange={(event) => onSure(event.currentTarget.checked)}
        />
        {t.grids.startAnyway}
      </label>
    </div>
  )
}

/** Whose settings are shown and changed: those of all sources, or of one that has its own. */
function TargetChoice({ sources, target, setTarget, own, dropOwn }: Staging): ReactElement | null {
  if (sources.length < 2) return null
  return (
    <div className="staging-target">
      <label className="enum-field">
        <span className="field-label">{t.grids.settingsFor}</span>
        <select
          className="select"
          value={target ?? ''}
          onChange={(event) => setTarget(event.currentTarget.value === '' ? null : event.currentTarget.value)}
        >
          <option value="">{t.grids.allSources}</option>
          {sources.map((source) => (
            <option key={source} value={source}>
              {own[source] === undefined ? source : t.grids.ownSettings(source)}
            </option>
          ))}
        </select>
      </label>
      {target === null || own[target] === undefined ? null : (
        <Button label={t.grids.asOthers} onPress={() => dropOwn(target)} />
      )}
    </div>
  )
}

function AuxSources({
  workflow,
  inputs,
  onInputs,
}: {
  readonly workflow: LiveWorkflow
  readonly inputs: Inputs
  readonly onInputs: (inputs: Inputs) => void
}): ReactElement {
  return (
    <>
      {Object.entries(workflow.auxSources).map(([input, choices]) => (
        <label key={input} className="enum-field">
          <span className="field-label">{t.grids.auxSource(input)}</span>
          <select
            className="select"
            value={inputs[input] ?? ''}
            onChange={(event) => onInputs({ ...inputs, [input]: event.currentTarget.value })}
          >
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        </label>
      ))}
    </>
  )
}
