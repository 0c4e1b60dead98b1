import type { LiveStart, LiveWorkflow } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { t } from '../../text/text.ts'

/** One setting: what runs and what would run. */
export interface ComparedSetting {
  readonly name: string
  readonly running: string
  readonly staged: string
}

/** Settings side by side: sources first, further inputs, then the parameters by their titles. */
export function comparedSettings(
  workflow: LiveWorkflow,
  staged: readonly LiveStart[],
  running: readonly LiveStart[],
): readonly ComparedSetting[] {
  const parameter = (starts: readonly LiveStart[], group: string, field: string): string =>
    joined(starts, ({ parameters }) => textOf(parameters[group]?.[field] ?? usual(workflow, group, field)))
  return [
    { name: t.data.sources, running: sourcesOf(running), staged: sourcesOf(staged) },
    ...Object.keys(workflow.auxSources).map((input) => ({
      name: input,
      running: joined(running, ({ auxSources }) => auxSources?.[input] ?? '–'),
      staged: joined(staged, ({ auxSources }) => auxSources?.[input] ?? '–'),
    })),
    ...workflow.parameters.flatMap((group) =>
      Object.entries(group.fields).map(([field, { title }]) => ({
        name: `${group.title} · ${title}`,
        running: parameter(running, group.name, field),
        staged: parameter(staged, group.name, field),
      })),
    ),
  ]
}

// oxlint-disable-next-line max-params -- a workflow and the place of a field
function usual(workflow: LiveWorkflow, group: string, field: string): unknown {
  return workflow.parameters.find(({ name }) => name === group)?.fields[field]?.default
}

/** One value where all sources have the same, else that of each. */
function joined(starts: readonly LiveStart[], valueOf: (start: LiveStart) => string): string {
  const values = new Set(starts.map(valueOf))
  if (values.size < 2) return [...values][0] ?? '–'
  return starts.map((start) => `${start.source}: ${valueOf(start)}`).join(', ')
}

function sourcesOf(starts: readonly LiveStart[]): string {
  return starts
    .map(({ source }) => source)
    .toSorted()
    .join(', ')
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean)
}

/** What runs beside what would be started; what differs stands out. */
export function SettingsCompare({
  settings,
}: {
  readonly settings: readonly ComparedSetting[]
}): ReactElement {
  const isChanged = ({ running, staged }: ComparedSetting): boolean => running !== staged
  const changed = settings.filter(isChanged).length
  return (
    <details className="settings-compare" open={changed > 0}>
      <summary>{changed === 0 ? t.data.sameAsRunning : t.data.startedWith(changed)}</summary>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t.grids.setting}</th>
            <th scope="col">{t.grids.runsNow}</th>
            <th scope="col">{t.grids.willRun}</th>
          </tr>
        </thead>
        <tbody>
          {settings.map((setting) => (
            <tr key={setting.name} className={isChanged(setting) ? 'changed' : undefined}>
              <th scope="row">{setting.name}</th>
              <td>{setting.running}</td>
              <td>{setting.staged}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
