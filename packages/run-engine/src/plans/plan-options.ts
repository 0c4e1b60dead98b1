import { isReadable, isMovable } from '../devices/protocols.ts'
import type { Device, Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import type { Plan } from '../msg.ts'
import type { PositionCache, Step } from '../stubs/step-stubs.ts'
import { oneNdStep } from '../stubs/step-stubs.ts'

export type Metadata = Readonly<Record<string, unknown>>

/** What happens at a point of any number of motors. */
export type StepNd = (detectors: readonly Device[], step: Step, cache: PositionCache) => Plan
/** What happens at a point of one motor. */
export type Step1d = (detectors: readonly Device[], motor: Movable, value: unknown) => Plan

/** A plan for one point, tagged with what it takes. */
export type PerStep =
  | { readonly kind: 'nd'; readonly step: StepNd }
  | { readonly kind: '1d'; readonly step: Step1d }

/** For the `per_step` of plans with one motor. */
export function perStep1D(step: Step1d): PerStep {
  return { kind: '1d', step }
}

/** For the `per_step` of any trajectory. */
export function perStepND(step: StepNd): PerStep {
  return { kind: 'nd', step }
}

/** Options of the trajectory plans, spelled as on the wire. */
export interface ScanOptions {
  /** Replaces what is done at each point. A bare function is taken as one for any number of motors. */
  readonly per_step?: PerStep | StepNd | null
  /** Added to the start document; wins over what the plan says. */
  readonly md?: Metadata | null
}

/** The step of a scan in the general form. Throws PLAN_ARGUMENT for a one-motor step with several motors. */
export function stepOf(perStep: ScanOptions['per_step'], motors: readonly Movable[]): StepNd {
  if (perStep === undefined || perStep === null) return oneNdStep
  if (typeof perStep === 'function') return perStep
  if (perStep.kind === 'nd') return perStep.step
  const [motor] = motors
  if (motor === undefined || motors.length !== 1) {
    throw planArgumentError(`per_step is for one motor, but the scan has ${motors.length}`)
  }
  return (detectors, step) => perStep.step(detectors, motor, step.get(motor))
}

/** The text of per_step in `plan_args`. */
export function perStepText(perStep: ScanOptions['per_step']): string {
  if (perStep === undefined || perStep === null) return 'None'
  const { name } = typeof perStep === 'function' ? perStep : perStep.step
  return `<function ${name === '' ? '<lambda>' : name}>`
}

/** The list of detectors, checked. */
export function checkDetectors(detectors: unknown): readonly Device[] {
  if (!Array.isArray(detectors)) throw planArgumentError('detectors must be a list of readable devices')
  for (const detector of detectors) {
    if (!isReadable(detector)) {
      throw planArgumentError(`${String(Reflect.get(Object(detector), 'name') ?? detector)} is not readable`)
    }
  }
  return detectors as Device[]
}

/** Separates the object of options at the end of an argument list from the arguments. */
export function splitOptions<O extends object>(
  args: readonly unknown[],
): readonly [args: readonly unknown[], options: Partial<O>] {
  const last = args.at(-1)
  const isOptions =
    typeof last === 'object' &&
    last !== null &&
    !Array.isArray(last) &&
    !isMovable(last) &&
    !isReadable(last) &&
    (Object.getPrototypeOf(last) === Object.prototype || Object.getPrototypeOf(last) === null)
  return isOptions ? [args.slice(0, -1), last as Partial<O>] : [args, {}]
}

/** A motor, checked. */
export function checkMotor(value: unknown, where: string): Movable {
  if (isMovable(value)) return value
  const shown = typeof value === 'string' ? `'${value}'` : String(value)
  throw planArgumentError(`${where}: ${shown} is not a movable device`)
}

/** A finite number, checked. */
export function checkNumber(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw planArgumentError(`${where}: ${String(value)} is not a number`)
}

/** A positive whole number, checked. */
export function checkCount(value: unknown, where: string): number {
  const number = checkNumber(value, where)
  if (Number.isInteger(number) && number > 0) return number
  throw planArgumentError(`${where} must be a whole number of points above 0, not ${number}`)
}

/** Names of devices. */
export function namesOf(devices: readonly Device[]): readonly string[] {
  return devices.map((device) => device.name)
}
