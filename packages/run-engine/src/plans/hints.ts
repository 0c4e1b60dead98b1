import { hintedFields } from '../devices/device-traits.ts'
import type { Device } from '../devices/protocols.ts'
import type { Metadata } from './plan-options.ts'

/** One axis of a plot: the fields along it and their stream. */
export type Dimension = readonly [fields: readonly string[], stream: string]

function hintsOf(md: Metadata): Readonly<Record<string, unknown>> {
  const { hints } = md
  return typeof hints === 'object' && hints !== null ? { ...hints } : {}
}

/** The metadata with `hints.dimensions`, unless it has some or there are none to give. */
export function withDimensions(md: Metadata, dimensions: readonly Dimension[] | null): Metadata {
  return dimensions === null ? md : withHint(md, 'dimensions', dimensions)
}

/** The metadata with one more hint, unless it has it. */
export function withHint(md: Metadata, key: string, value: unknown): Metadata {
  const hints = hintsOf(md)
  return { ...md, hints: key in hints ? hints : { ...hints, [key]: value } }
}

/** One dimension for each motor; null when one of them has no hints. */
export function dimensionsOf(motors: readonly Device[]): readonly Dimension[] | null {
  const dimensions: Dimension[] = []
  for (const motor of motors) {
    const fields = motor.hints?.fields
    if (fields === undefined) return null
    dimensions.push([fields, 'primary'])
  }
  return dimensions
}

/** One dimension for all motors together, under the hints that the caller gave. */
export function jointHints(
  motors: readonly Device[],
  given: Metadata | null | undefined,
): Readonly<Record<string, unknown>> {
  const fields = motors.flatMap(hintedFields)
  const dimensions: readonly Dimension[] = [[fields, 'primary']]
  return { ...(fields.length === 0 ? {} : { dimensions }), ...hintsOf(given ?? {}) }
}
