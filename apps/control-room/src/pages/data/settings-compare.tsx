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
  const [next, now] = [staged[0], running[0]]
  const value = (start: LiveStart | undefined, group: string, field: string): string =>
    textOf(
      start?.parameters[group]?.[field] ??
        workflow.parameters.find(({ name }) => name === group)?.fields[field]?.default,
    )
  return [
    { name: t.data.sources, running: sourcesOf(running), staged: sourcesOf(staged) },
    ...Object.keys(workflow.auxSources).map((input) => ({
      name: input,
      running: now?.auxSources?.[input] ?? '–',
      staged: next?.auxSources?.[input] ?? '–',
    })),
    ...workflow.parameters.flatMap((group) =>
      Object.entries(group.fields).map(([field, { title }]) => ({
        name: `${group.title} · ${title}`,
        running: value(now, group.name, field),
        staged: value(next, group.name, field),
      })),
    ),
  ]
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
