import type { RunStart } from '@beamtime/event-model'
import type { MotorRange, RunProgress } from './run-progress.ts'
import { sparkPoints } from './sparkline.ts'

/** One row of the list of runs. Times are UNIX seconds. */
export interface RunSummary {
  readonly uid: string
  readonly scan_id: number | null
  readonly plan_name: string
  /** From `sample` (or its `name`) or `sample_name`. */
  readonly sample: string | null
  readonly title: string | null
  readonly user: string | null
  readonly time: number
  readonly stop_time: number | null
  /** Seconds from start to stop; null while the run is open. */
  readonly duration: number | null
  /** null while the run is open. */
  readonly exit_status: 'success' | 'abort' | 'fail' | null
  readonly reason: string | null
  /** As announced by the plan. */
  readonly num_points: number | null
  /** Rows so far in the primary stream. */
  readonly points: number
  readonly num_events: Readonly<Record<string, number>>
  readonly motors: readonly string[]
  readonly motor_ranges: readonly MotorRange[]
  readonly detectors: readonly string[]
  readonly item_uid: string | null
  readonly archived: boolean
  /** Up to 24 values of the first plotted column of the primary stream, when asked for. */
  readonly spark?: readonly number[]
}

/** The searchable columns that come from a start document. */
export interface StartFacts {
  readonly scanId: number | null
  readonly planName: string
  readonly sample: string | null
  readonly title: string | null
  readonly user: string | null
  readonly dataSession: string | null
  readonly owner: string | null
  readonly numPoints: number | null
}

export interface RunDevices {
  readonly motors: readonly string[]
  readonly detectors: readonly string[]
  readonly itemUid: string | null
}

export function startFacts(start: RunStart): StartFacts {
  return {
    scanId: integerOf(start.scan_id),
    planName: textOf(start['plan_name']) ?? '',
    sample: sampleName(start),
    title: textOf(start['title']) ?? textOf(start['scan_title']),
    user: textOf(start['user']) ?? textOf(start['operator']) ?? textOf(start['login_id']),
    dataSession: textOf(start.data_session),
    owner: textOf(start.owner),
    numPoints: integerOf(start['num_points']),
  }
}

export function devicesOf(start: RunStart): RunDevices {
  return {
    motors: textList(start['motors']),
    detectors: textList(start['detectors']),
    itemUid: textOf(start['item_uid']),
  }
}

function sampleName(start: RunStart): string | null {
  const { sample } = start
  if (typeof sample === 'object') return textOf(sample['name']) ?? textOf(sample['sample_name'])
  return textOf(sample) ?? textOf(start['sample_name'])
}

/** A row of run joined with run_json, as the queries of this package select it. */
export interface SummaryRow {
  readonly uid: string
  readonly scan_id: number | null
  readonly plan_name: string
  readonly sample: string | null
  readonly title: string | null
  readonly user: string | null
  readonly time: number
  readonly stop_time: number | null
  readonly exit_status: string | null
  readonly num_points: number | null
  readonly points: number
  readonly archived: number
  readonly reason: string | null
  readonly devices: string
  readonly progress: string
}

export const summaryColumns = `r.uid, r.scan_id, r.plan_name, r.sample, r.title, r.user, r.time, r.stop_time, r.exit_status,
 r.num_points, r.points, r.archived, j.stop ->> '$.reason' AS reason, r.devices, j.progress`

export function summaryOf(row: SummaryRow, options: { readonly spark: boolean }): RunSummary {
  const devices = JSON.parse(row.devices) as RunDevices
  const progress = JSON.parse(row.progress) as RunProgress
  const { exit_status: status } = row
  return {
    uid: row.uid,
    scan_id: row.scan_id,
    plan_name: row.plan_name,
    sample: row.sample,
    title: row.title,
    user: row.user,
    time: row.time,
    stop_time: row.stop_time,
    duration: row.stop_time === null ? null : row.stop_time - row.time,
    exit_status: status === 'success' || status === 'abort' || status === 'fail' ? status : null,
    reason: row.reason === '' ? null : row.reason,
    num_points: row.num_points,
    points: row.points,
    num_events: progress.numEvents,
    motors: devices.motors,
    motor_ranges: progress.motors,
    detectors: devices.detectors,
    item_uid: devices.itemUid,
    archived: row.archived !== 0,
    ...(options.spark ? { spark: sparkPoints(progress.spark) } : {}),
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function integerOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
