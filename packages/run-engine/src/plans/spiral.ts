import { textOf } from '../devices/device-traits.ts'
import type { Device, Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import { dimensionsOf, withDimensions, withHint } from './hints.ts'
import {
  checkCount,
  checkDetectors,
  checkMotor,
  checkNumber,
  perStepText,
  type ScanOptions,
} from './plan-options.ts'
import { relativeTo } from './relative.ts'
import { scanNd } from './scan-nd.ts'
import {
  fermatPoints,
  spiralPoints,
  squareSpiralPoints,
  type Point,
  type SpiralShape,
} from './spiral-patterns.ts'
import { pointTrajectory } from './trajectory.ts'

export interface SpiralOptions extends ScanOptions {
  /** Distance of the rings along y. Default: as along x. */
  readonly dr_y?: number | null
  /** Radians. Default 0. */
  readonly tilt?: number | null
}

type SpiralArguments = [
  detectors: readonly Device[],
  x_motor: Movable,
  y_motor: Movable,
  x_start: number,
  y_start: number,
  x_range: number,
  y_range: number,
  dr: number,
  density: number,
  options?: SpiralOptions,
]

type RelativeSpiralArguments = [
  detectors: readonly Device[],
  x_motor: Movable,
  y_motor: Movable,
  x_range: number,
  y_range: number,
  dr: number,
  density: number,
  options?: SpiralOptions,
]

interface SpiralKind {
  readonly name: string
  /** What the last number is called. */
  readonly density: string
  readonly points: (shape: SpiralShape, density: number) => Point[]
}

const ringSpiral: SpiralKind = { name: 'spiral', density: 'nth', points: spiralPoints }
const fermatSpiral: SpiralKind = { name: 'spiral_fermat', density: 'factor', points: fermatPoints }

function* anySpiral(kind: SpiralKind, args: SpiralArguments): Plan<string> {
  const [detectors, x, y, xStart, yStart, xRange, yRange, dr, density, options = {}] = args
  const dets = checkDetectors(detectors)
  const motors = [checkMotor(x, 'x_motor'), checkMotor(y, 'y_motor')]
  for (const [name, value] of Object.entries({ xStart, yStart, xRange, yRange, dr, density }))
    checkNumber(value, name)
  if (!(dr > 0) || !(density > 0)) throw planArgumentError(`dr and ${kind.density} must be above 0`)
  const drY = options.dr_y ?? null
  const tilt = options.tilt ?? 0
  const patternArgs = {
    x_motor: textOf(x),
    y_motor: textOf(y),
    x_start: xStart,
    y_start: yStart,
    x_range: xRange,
    y_range: yRange,
    dr,
    [kind.density]: density,
    dr_y: drY,
    tilt,
  }
  const md = {
    plan_args: { detectors: dets.map(textOf), ...patternArgs, per_step: perStepText(options.per_step) },
    // Twice as wide as the points reach: clients size their plots by it.
    extents: [
      [xStart - xRange, xStart + xRange],
      [yStart - yRange, yStart + yRange],
    ],
    plan_name: kind.name,
    plan_pattern: kind.name,
    plan_pattern_module: 'bluesky.plan_patterns',
    plan_pattern_args: patternArgs,
    hints: withHintsOf(motors),
    ...options.md,
  }
  const points = kind.points({ xStart, yStart, xRange, yRange, dr, drY, tilt }, density)
  return yield* scanNd(dets, pointTrajectory(motors, points), { ...options, md })
}

function withHintsOf(motors: readonly Movable[]): Readonly<Record<string, unknown>> {
  const dimensions = dimensionsOf(motors)
  return dimensions === null ? {} : { dimensions }
}

function* anyRelativeSpiral(kind: SpiralKind, args: RelativeSpiralArguments): Plan<string> {
  const [detectors, x, y, xRange, yRange, dr, density, options = {}] = args
  const md = { plan_name: `rel_${kind.name}`, ...options.md }
  const motors = [checkMotor(x, 'x_motor'), checkMotor(y, 'y_motor')]
  return yield* relativeTo(
    motors,
    anySpiral(kind, [detectors, x, y, 0, 0, xRange, yRange, dr, density, { ...options, md }]),
  )
}

/** A spiral of rings around a start; nth points on the first ring. */
export function* spiral(...args: SpiralArguments): Plan<string> {
  return yield* anySpiral(ringSpiral, args)
}

/** As spiral, around where the motors are. */
export function* relSpiral(...args: RelativeSpiralArguments): Plan<string> {
  return yield* anyRelativeSpiral(ringSpiral, args)
}

/** A spiral of even density. */
export function* spiralFermat(...args: SpiralArguments): Plan<string> {
  return yield* anySpiral(fermatSpiral, args)
}

/** As spiralFermat, around where the motors are. */
export function* relSpiralFermat(...args: RelativeSpiralArguments): Plan<string> {
  return yield* anyRelativeSpiral(fermatSpiral, args)
}

/** A grid visited from its centre outwards. */
export function* spiralSquare(
  ...[detectors, x, y, xCenter, yCenter, xRange, yRange, xNum, yNum, options = {}]: [
    detectors: readonly Device[],
    x_motor: Movable,
    y_motor: Movable,
    x_center: number,
    y_center: number,
    x_range: number,
    y_range: number,
    x_num: number,
    y_num: number,
    options?: ScanOptions,
  ]
): Plan<string> {
  const dets = checkDetectors(detectors)
  const motors = [checkMotor(x, 'x_motor'), checkMotor(y, 'y_motor')]
  for (const [name, value] of Object.entries({ xCenter, yCenter, xRange, yRange })) checkNumber(value, name)
  if (checkCount(xNum, 'x_num') < 2 || checkCount(yNum, 'y_num') < 2) {
    throw planArgumentError('x_num and y_num must be 2 or more')
  }
  const md = {
    plan_args: {
      detectors: dets.map(textOf),
      x_motor: textOf(x),
      y_motor: textOf(y),
      x_center: xCenter,
      y_center: yCenter,
      x_range: xRange,
      y_range: yRange,
      x_num: xNum,
      y_num: yNum,
      per_step: perStepText(options.per_step),
    },
    plan_name: 'spiral_square',
    plan_pattern: 'spiral_square',
    shape: [yNum, xNum],
    extents: [
      [yCenter - yRange / 2, yCenter + yRange / 2],
      [xCenter - xRange / 2, xCenter + xRange / 2],
    ],
    hints: {},
    ...options.md,
  }
  const hinted = withDimensions(
    withHint(md, 'gridding', 'rectilinear_nonsequential'),
    dimensionsOf(motors.toReversed()),
  )
  const points = squareSpiralPoints({ xCenter, yCenter, xRange, yRange, xNum, yNum })
  return yield* scanNd(dets, pointTrajectory(motors, points), { ...options, md: hinted })
}

/** As spiralSquare, around where the motors are. */
export function* relSpiralSquare(
  ...[detectors, x, y, xRange, yRange, xNum, yNum, options = {}]: [
    detectors: readonly Device[],
    x_motor: Movable,
    y_motor: Movable,
    x_range: number,
    y_range: number,
    x_num: number,
    y_num: number,
    options?: ScanOptions,
  ]
): Plan<string> {
  const md = { plan_name: 'rel_spiral_square', ...options.md }
  const motors = [checkMotor(x, 'x_motor'), checkMotor(y, 'y_motor')]
  return yield* relativeTo(
    motors,
    spiralSquare(detectors, x, y, 0, 0, xRange, yRange, xNum, yNum, { ...options, md }),
  )
}
