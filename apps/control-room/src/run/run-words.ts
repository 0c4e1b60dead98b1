import type { RunSummary } from '@beamtime/http-gateway/ui-types'
import type { StateName } from '../theme/tokens.ts'
import { t } from '../text/text.ts'

/** What a person calls the run: title, else sample, else the plan. */
export function runTitle(run: Pick<RunSummary, 'title' | 'sample' | 'plan_name'>): string {
  const { title, sample } = run
  if (title && sample) return title.includes(sample) ? title : `${sample}, ${title}`
  const words = run.plan_name.replaceAll('_', ' ')
  return title || sample || words.charAt(0).toUpperCase() + words.slice(1)
}

export function runState(run: Pick<RunSummary, 'exit_status'>): {
  readonly state: StateName
  readonly word: string
} {
  const key = run.exit_status ?? 'running'
  const states: Readonly<Record<string, StateName>> = {
    success: 'good',
    fail: 'bad',
    abort: 'attention',
    running: 'busy',
  }
  return { state: states[key] ?? 'off', word: t.runs.status[key] ?? key }
}

export function runSeconds(run: Pick<RunSummary, 'time' | 'stop_time'>, nowMs: number): number {
  return (run.stop_time ?? nowMs / 1000) - run.time
}
