import { textOf } from '../devices/device-traits.ts'
import type { Device, Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import { jointHints } from './hints.ts'
import {
  checkCount,
  checkDetectors,
  checkMotor,
  checkNumber,
  namesOf,
  perStepText,
  splitOptions,
  type ScanOptions,
} from './plan-options.ts'
import { relativeTo } from './relative.ts'
import { scanNd } from './scan-nd.ts'
import { innerTrajectory, linePath } from './trajectory.ts'

export interface LineScanOptions extends ScanOptions {
  /** Number of points, if it does not come as the last argument. */
  readonly num?: number | null
}

interface Line {
  readonly motor: Movable
  readonly start: number
  readonly stop: number
}

interface LineScan {
  readonly lines: readonly Line[]
  readonly num: number
  readonly options: Partial<LineScanOptions>
}

function lineScan(args: readonly unknown[]): LineScan {
  const [all, options] = splitOptions<LineScanOptions>(args)
  let values = all
  let num = options.num ?? null
  if (num === null) {
    if (values.length % 3 !== 1) {
      throw planArgumentError(
        'a scan needs motor, start, stop for each motor, and the number of points at the end or as num',
      )
    }
    num = checkCount(values.at(-1), 'num')
    values = values.slice(0, -1)
  }
  if (values.length === 0 || values.length % 3 !== 0) {
    throw planArgumentError('a scan needs motor, start, stop for each motor')
  }
  const lines: Line[] = []
  for (let i = 0; i < values.length; i += 3) {
    const motor = checkMotor(values[i], `argument ${i + 1}`)
    lines.push({
      motor,
      start: checkNumber(values[i + 1], `start of ${motor.name}`),
      stop: checkNumber(values[i + 2], `stop of ${motor.name}`),
    })
  }
  return { lines, num: checkCount(num, 'num'), options }
}

/** Scans motors together along a line: `scan(dets, motor, start, stop, …, num, options)`. */
export function* scan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const dets = checkDetectors(detectors)
  const { lines, num, options } = lineScan(args)
  const motors = lines.map((line) => line.motor)
  const planArgs = lines.flatMap((line) => [textOf(line.motor), line.start, line.stop])
  const md = {
    plan_args: {
      detectors: dets.map(textOf),
      num,
      args: planArgs,
      per_step: perStepText(options.per_step),
    },
    plan_name: 'scan',
    plan_pattern: 'inner_product',
    plan_pattern_module: 'bluesky.plan_patterns',
    plan_pattern_args: { num, args: planArgs },
    motors: namesOf(motors),
    ...options.md,
    hints: jointHints(motors, options.md),
  }
  const trajectory = innerTrajectory(lines.map((line) => linePath(line.motor, { ...line, num })))
  return yield* scanNd(dets, trajectory, { ...options, md })
}

/** As `scan`, relative to where the motors are; they go back at the end. */
export function* relScan(detectors: readonly Device[], ...args: readonly unknown[]): Plan<string> {
  const [values, options] = splitOptions<LineScanOptions>(args)
  const { lines } = lineScan(args)
  const md = { plan_name: 'rel_scan', ...options.md }
  return yield* relativeTo(
    lines.map((line) => line.motor),
    scan(detectors, ...values, { ...options, md }),
  )
}

/** The older order of arguments: the number of points comes first. */
export function* innerProductScan(
  ...[detectors, num, ...args]: [detectors: readonly Device[], num: number, ...args: unknown[]]
): Plan<string> {
  const [values, options] = splitOptions<LineScanOptions>(args)
  const md = { plan_name: 'inner_product_scan', ...options.md }
  return yield* scan(detectors, ...values, { ...options, num, md })
}

/** As innerProductScan, relative to where the motors are. */
export function* relativeInnerProductScan(
  ...[detectors, num, ...args]: [detectors: readonly Device[], num: number, ...args: unknown[]]
): Plan<string> {
  const [values, options] = splitOptions<LineScanOptions>(args)
  const md = { plan_name: 'relative_inner_product_scan', ...options.md }
  return yield* relScan(detectors, ...values, { ...options, num, md })
}

/** Two motors in the ratio 2:1, relative to where they are: a theta-two-theta scan. */
export function* x2xScan(
  ...[detectors, motor1, motor2, start, stop, num, options = {}]: [
    detectors: readonly Device[],
    motor1: Movable<number>,
    motor2: Movable<number>,
    start: number,
    stop: number,
    num: number,
    options?: ScanOptions,
  ]
): Plan<string> {
  const dets = checkDetectors(detectors)
  const md = {
    plan_name: 'x2x_scan',
    plan_args: {
      detectors: dets.map(textOf),
      motor1: motor1.name,
      motor2: motor2.name,
      start,
      stop,
      num,
      per_step: perStepText(options.per_step),
    },
    ...options.md,
  }
  return yield* relScan(dets, motor1, start, stop, motor2, start / 2, stop / 2, { ...options, num, md })
}
