import type {
  LiveCommandResult,
  LiveGeneration,
  LiveParameterField,
  LiveStart,
  LiveWorkflow,
} from '@beamtime/http-gateway/ui-types'
import { useEffect, useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { TextField } from '../../parts/text-field.tsx'
import { t } from '../../text/text.ts'
import { ActionDialog } from '../streams/topic-dialogs.tsx'

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface WorkflowDialogProps {
  readonly instrument: string
  readonly workflow: LiveWorkflow
  readonly generation: LiveGeneration | undefined
  readonly onClose: () => void
}

/** Sources and parameters of a workflow before it starts; begins with what runs, else with what was used last. */
export function WorkflowDialog({
  instrument,
  workflow,
  generation,
  onClose,
}: WorkflowDialogProps): ReactElement {
  const { http } = useControlRoom()
  const running = Object.values(generation?.settings ?? {}).find((one) => one !== null)
  const [sources, setSources] = useState<readonly string[]>(() =>
    generation === undefined ? workflow.sources : Object.keys(generation.settings),
  )
  const [values, setValues] = useState<Values>(() => withDefaults(workflow, running?.parameters ?? {}))
  useEffect(() => {
    if (running !== undefined) return undefined
    const stop = new AbortController()
    const query = new URLSearchParams({ workflow: workflow.id })
    http
      .get<readonly LiveStart[]>(`/livedata/${encodeURIComponent(instrument)}/settings?${query}`, stop.signal)
      .then(([last]) => {
        if (last !== undefined) setValues(withDefaults(workflow, last.parameters as Values))
      })
      .catch(() => undefined) // the defaults stay
    return () => stop.abort()
  }, [http, instrument, workflow, running])
  const changes = running === undefined ? null : changedFields(workflow, values, running.parameters as Values)
  return (
    <ActionDialog
      title={workflow.title}
      action={generation === undefined ? t.data.start : t.data.apply}
      disabledReason={sources.length === 0 ? t.data.sources : null}
      onClose={onClose}
      onAct={async () => {
        const { result } = await http.post<{ result: LiveCommandResult | null }>(
          `/livedata/${encodeURIComponent(instrument)}/command`,
          {
            kind: 'start',
            workflow: workflow.id,
            sources: sources.map((source) => ({ source, parameters: values })),
          },
        )
        if (result?.isTimedOut === true) throw new Error(t.data.timedOut)
        const refused = result?.answers.find(({ ok }) => !ok)
        if (refused !== undefined) throw new Error(refused.message ?? refused.device)
      }}
    >
      <span className="field-label">{t.data.sources}</span>
      <div className="source-list">
        {workflow.sources.map((source) => (
          <label key={source} className="check-label">
            <input
              type="checkbox"
              className="check"
              checked={sources.includes(source)}
              onChange={(event) =>
                setSources(
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
      {generation !== undefined && changes === null ? <p className="small muted">{t.data.byOthers}</p> : null}
      {changes === null ? null : (
        <p className={changes.size === 0 ? 'small muted' : 'staged'} role="status">
          {changes.size === 0 ? t.data.sameAsRunning : t.data.startedWith(changes.size)}
        </p>
      )}
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
                onChange={(value) =>
                  setValues({ ...values, [group.name]: { ...values[group.name], [name]: value } })
                }
              />
              {changes?.has(`${group.name}.${name}`) === true ? (
                <span className="staged">{t.data.runsWith(changes.get(`${group.name}.${name}`) ?? '')}</span>
              ) : null}
            </div>
          ))}
        </fieldset>
      ))}
    </ActionDialog>
  )
}

/** Fields whose staged value is not the one that runs, with what runs. */
export function changedFields(
  workflow: LiveWorkflow,
  staged: Values,
  running: Values,
): ReadonlyMap<string, string> {
  const runs = withDefaults(workflow, running)
  return new Map(
    workflow.parameters.flatMap((group) =>
      Object.keys(group.fields).flatMap((name) => {
        const [now, next] = [runs[group.name]?.[name], staged[group.name]?.[name]]
        return now === next ? [] : [[`${group.name}.${name}`, String(now)] as const]
      }),
    ),
  )
}

function withDefaults(workflow: LiveWorkflow, given: Values): Values {
  return Object.fromEntries(
    workflow.parameters.map((group) => [
      group.name,
      {
        ...Object.fromEntries(Object.entries(group.fields).map(([name, field]) => [name, field.default])),
        ...given[group.name],
      },
    ]),
  )
}

interface ParameterFieldProps {
  readonly field: LiveParameterField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

function ParameterField({ field, value, onChange }: ParameterFieldProps): ReactElement {
  switch (field.type) {
    case 'boolean':
      return (
        <label className="check-label">
          <input
            type="checkbox"
            className="check"
            checked={value === true}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          {field.title}
        </label>
      )
    case 'enum':
      return (
        <label className="enum-field">
          <span className="field-label">{field.title}</span>
          <select
            className="select"
            value={String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
          >
            {field.values.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      )
    case 'number':
    case 'integer':
      return <NumberParameter field={field} value={value} onChange={onChange} />
  }
}

function NumberParameter({
  field,
  value,
  onChange,
}: ParameterFieldProps & {
  readonly field: Extract<LiveParameterField, { type: 'number' | 'integer' }>
}): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const bounds = [field.min, field.max].some((one) => one !== undefined)
    ? `${field.min ?? '…'} – ${field.max ?? '…'}`
    : undefined
  return (
    <TextField
      label={field.title}
      isNumber
      inputMode="decimal"
      value={typed ?? String(value)}
      {...(bounds === undefined ? {} : { help: bounds })}
      onChange={(event) => {
        const text = event.currentTarget.value
        setTyped(text)
        const number = Number(text)
        if (text.trim() !== '' && Number.isFinite(number)) onChange(number)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}
