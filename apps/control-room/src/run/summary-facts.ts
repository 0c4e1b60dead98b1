import type { RunSummary } from '@beamtime/http-gateway/ui-types'
import { userName } from '../app/current-plan.ts'
import { literalText } from '../form/literal.ts'
import type { Fact } from '../parts/facts.tsx'
import { formatCount, formatNumber } from '../text/format-number.ts'
import { t } from '../text/text.ts'

/** Keys of the start document that are shown elsewhere or are bookkeeping. */
const bookkeeping = new Set([
  'uid',
  'time',
  'scan_id',
  'plan_name',
  'plan_type',
  'plan_args',
  'hints',
  'motors',
  'detectors',
  'num_points',
  'num_intervals',
  'sample',
  'sample_name',
  'title',
  'shape',
  'extents',
  'snaking',
  'gridding',
  'plan_pattern',
  'plan_pattern_module',
  'plan_pattern_args',
  'versions',
  'queue_item_uid',
  'queue_user',
  'queue_user_group',
  'item_uid',
  'user',
])

export function factText(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object')) return value.join(', ')
  return literalText(value)
}

/** Plan arguments that the summary says in words already. */
const spoken = new Set(['detectors', 'num', 'args'])

const labelOf = (key: string): string => (key.charAt(0).toUpperCase() + key.slice(1)).replaceAll('_', ' ')

/** Metadata that a person gave. */
export function metadataFacts(start: Readonly<Record<string, unknown>> | undefined): readonly Fact[] {
  return Object.entries(start ?? {})
    .filter(([key]) => !bookkeeping.has(key))
    .map(([key, value]) => ({ name: labelOf(key), value: factText(value) }))
}

/** The few facts by which one recognises a run. */
export function summaryFacts(
  run: RunSummary,
  start: Readonly<Record<string, unknown>> | undefined,
): readonly Fact[] {
  const list: readonly (readonly [string, string])[] = [
    [t.runs.plan, run.plan_name],
    [t.runs.sample, run.sample ?? ''],
    ...(run.motor_ranges.length === 0
      ? ([[t.runs.moved, run.motors.join(', ')]] as const)
      : run.motor_ranges.map(rangeFact)),
    [t.runs.detectors, run.detectors.join(', ')],
    [t.runs.points, formatCount(run.exit_status === null ? run.num_points : run.points)],
    [t.runs.operator, userName(run.user ?? undefined)],
  ]
  return [
    ...list.filter(([, value]) => value !== '').map(([name, value]) => ({ name, value })),
    ...metadataFacts(start).slice(0, 6),
  ]
}

/** `th: −0.05 → 0.05 deg`. */
function rangeFact(range: RunSummary['motor_ranges'][number]): readonly [string, string] {
  const ends =
    range.first === null || range.last === null
      ? ''
      : `${formatNumber(range.first)} → ${formatNumber(range.last)}`
  return [range.name, `${ends} ${range.unit ?? ''}`.trim()]
}

/** Parameters of the plan as the start document keeps them. */
export function parameterFacts(start: Readonly<Record<string, unknown>>): readonly Fact[] {
  const args = start['plan_args']
  if (typeof args !== 'object' || args === null) return []
  return Object.entries(args)
    .filter(([key, value]) => value !== null && value !== 'None' && !spoken.has(key))
    .map(([key, value]) => ({ name: labelOf(key), value: factText(plainNames(value)) }))
}

/** `SynAxis(prefix='', name='motor', …)` is shown as `motor`. */
export function plainNames(value: unknown): unknown {
  if (typeof value === 'string') return /^\w+\(.*\bname='([^']+)'/s.exec(value)?.[1] ?? value
  return Array.isArray(value) ? value.map(plainNames) : value
}
