import type { LiveGeneration, LiveStart, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import { useEffect, useState } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'

export type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>
export type Inputs = Readonly<Record<string, string>>

/** What each further input is taken from: as before where that can still be, else the first choice. */
function inputsOf(workflow: LiveWorkflow, known: Inputs | undefined): Inputs {
  return Object.fromEntries(
    Object.entries(workflow.auxSources).map(([input, choices]) => [
      input,
      choices.find((choice) => choice === known?.[input]) ?? choices[0] ?? '',
    ]),
  )
}

/** What a workflow would be started with. */
export interface Staging {
  readonly sources: readonly string[]
  readonly setSources: (sources: readonly string[]) => void
  /** The source whose settings are shown; null: those that all share. */
  readonly target: string | null
  readonly setTarget: (source: string | null) => void
  /** Settings of sources that differ from the shared ones. */
  readonly own: Readonly<Record<string, Values>>
  readonly dropOwn: (source: string) => void
  /** Of the target. */
  readonly values: Values
  readonly setValue: (group: string, field: string, value: unknown) => void
  readonly inputs: Inputs
  readonly setInputs: (inputs: Inputs) => void
  readonly staged: readonly LiveStart[]
}

export interface StagingOptions {
  readonly instrument: string
  readonly workflow: LiveWorkflow
  readonly generation: LiveGeneration | undefined
}

/** Begins with what runs, else with what was used last. */
export function useStaging({ instrument, workflow, generation }: StagingOptions): Staging {
  const { http } = useControlRoom()
  const running = runningStarts(generation)
  const isKnown = running.length > 0
  const [sources, setSources] = useState<readonly string[]>(() => {
    const known = Object.keys(generation?.settings ?? {})
    return known.length === 0 ? workflow.sources : known
  })
  const [settings, setSettings] = useState(() => settingsOfStarts(workflow, running))
  const [inputs, setInputs] = useState<Inputs>(() => inputsOf(workflow, running[0]?.auxSources))
  const [chosen, setTarget] = useState<string | null>(null)
  useEffect(() => {
    if (isKnown) return undefined
    const stop = new AbortController()
    const query = new URLSearchParams({ workflow: workflow.id })
    http
      .get<readonly LiveStart[]>(`/livedata/${encodeURIComponent(instrument)}/settings?${query}`, stop.signal)
      .then((last) => {
        if (last.length === 0) return
        setSettings(settingsOfStarts(workflow, last))
        setInputs(inputsOf(workflow, last[0]?.auxSources))
      })
      .catch(() => undefined) // the defaults stay
    return () => stop.abort()
  }, [http, instrument, workflow, isKnown])
  const { shared, own } = settings
  const target = chosen !== null && sources.includes(chosen) ? chosen : null
  const values = (target === null ? undefined : own[target]) ?? shared
  return {
    sources,
    setSources,
    target,
    setTarget,
    own,
    dropOwn: (source) =>
      setSettings({ shared, own: Object.fromEntries(Object.entries(own).filter(([one]) => one !== source)) }),
    values,
    setValue: (group, field, value) => {
      const next = { ...values, [group]: { ...values[group], [field]: value } }
      setSettings(target === null ? { shared: next, own } : { shared, own: { ...own, [target]: next } })
    },
    inputs,
    setInputs,
    staged: sources.map((source) => ({ source, parameters: own[source] ?? shared, auxSources: inputs })),
  }
}

/** What runs, as far as it is known. */
export function runningStarts(generation: LiveGeneration | undefined): readonly LiveStart[] {
  return Object.values(generation?.settings ?? {}).filter((one) => one !== null)
}

/** The settings of the first source for all, and those of sources that have others. */
export function settingsOfStarts(
  workflow: LiveWorkflow,
  starts: readonly LiveStart[],
): { readonly shared: Values; readonly own: Readonly<Record<string, Values>> } {
  const shared = withDefaults(workflow, (starts[0]?.parameters ?? {}) as Values)
  const others = starts.map(
    ({ source, parameters }) => [source, withDefaults(workflow, parameters as Values)] as const,
  )
  const same = JSON.stringify(shared)
  return { shared, own: Object.fromEntries(others.filter(([, values]) => JSON.stringify(values) !== same)) }
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
