import type { RunSummary } from '../ui-types.ts'
import type { LiveRun } from './live-run.ts'

/** Summary of a run that the store may not have yet. */
export function liveSummary(run: LiveRun): RunSummary {
  const { start, stop } = run
  const sample =
    typeof start.sample === 'object' ? start.sample['name'] : (start.sample ?? start['sample_name'])
  return {
    uid: start.uid,
    scan_id: start.scan_id ?? null,
    plan_name: text(start['plan_name']) ?? '',
    sample: text(sample),
    title: firstText(start, ['title', 'scan_title']),
    user: firstText(start, ['user', 'operator', 'login_id', 'queue_user']),
    time: start.time,
    stop_time: stop?.time ?? null,
    duration: stop === null ? null : stop.time - start.time,
    exit_status: stop?.exit_status ?? null,
    reason: text(stop?.reason),
    num_points: typeof start['num_points'] === 'number' ? start['num_points'] : null,
    points: run.points,
    num_events: Object.fromEntries(run.streams.map((stream) => [stream.name, stream.rows.total])),
    motors: texts(start['motors']),
    motor_ranges: [],
    detectors: texts(start['detectors']),
    item_uid: firstText(start, ['item_uid', 'queue_item_uid']),
    archived: false,
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function firstText(from: Readonly<Record<string, unknown>>, names: readonly string[]): string | null {
  return names.map((name) => text(from[name])).find((value) => value !== null) ?? null
}
