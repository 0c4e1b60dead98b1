import { validatePlan } from '@beamtime/queue-manager'
import type { Estimates } from '../queue/estimates.ts'
import type { PlanCheck } from '../ui-types.ts'
import type { AllowedPlans } from './form-library.ts'

export interface CheckedItem {
  readonly name: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly meta?: unknown
}

/** Dry run of the manager's validation, with an estimate of size and time. Adds nothing. */
export function checkPlan(
  item: CheckedItem,
  allowed: { readonly plans: AllowedPlans; readonly devices: Readonly<Record<string, unknown>> },
  estimates: Estimates,
): PlanCheck {
  const result = validatePlan(
    { ...item },
    allowed.plans.plans as Parameters<typeof validatePlan>[1],
    allowed.devices as Parameters<typeof validatePlan>[2],
  )
  if (!result.ok) return { ok: false, fieldErrors: result.fieldErrors, text: result.reason, warnings: [] }
  const estimate = estimates.estimate({ ...item, item_type: 'plan' })
  return {
    ok: true,
    fieldErrors: {},
    text: sentenceOf(estimate?.points, estimate?.seconds),
    ...(estimate?.points === undefined ? {} : { points: estimate.points }),
    ...(estimate?.seconds === undefined ? {} : { seconds: estimate.seconds }),
    warnings: unknownDevices(item, allowed),
  }
}

function sentenceOf(points: number | undefined, seconds: number | undefined): string {
  const parts = ['valid']
  if (points !== undefined) parts.push(points === 1 ? '1 point' : `${points} points`)
  if (seconds !== undefined) parts.push(`about ${durationText(seconds)}`)
  return parts.join(', ')
}

function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** The validation takes any text for a device; a name that does not exist fails only when the plan starts. */
function unknownDevices(
  item: CheckedItem,
  allowed: { readonly plans: AllowedPlans; readonly devices: Readonly<Record<string, unknown>> },
): readonly string[] {
  const form = allowed.plans.forms.find((one) => one.name === item.name)
  if (form === undefined || Object.keys(allowed.devices).length === 0) return []
  const fields = form.fields.filter((field) => (field.item ?? field).kind === 'device')
  const names = fields.flatMap((field) => {
    const at = form.fields.filter((one) => one.pass === 'args').indexOf(field)
    const value = item.kwargs?.[field.name] ?? (at === -1 ? undefined : item.args?.[at])
    return Array.isArray(value) ? value : [value]
  })
  return names
    .filter((name) => typeof name === 'string')
    .filter((name) => !Object.hasOwn(allowed.devices, name.split('.', 1)[0] ?? ''))
    .map((name) => `There is no device '${name}'.`)
}
