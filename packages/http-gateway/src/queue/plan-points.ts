import { bindArguments } from '@beamtime/python-notation'
import { signatureOf, standardPlans } from '@beamtime/run-engine'
import type { PointsOf } from './estimates.ts'

/** How many points an item of a standard plan will have; null for other plans and for what cannot be known before. */
export const planPoints: PointsOf = (item) => {
  const plan = Object.hasOwn(standardPlans, item.name) ? standardPlans[item.name] : undefined
  if (plan === undefined) return null
  const signature = signatureOf(plan)
  if (signature.estimate === undefined) return null
  const parameters = signature.parameters.map((parameter) => ({
    name: parameter.name,
    kind: parameter.kind,
    hasDefault: 'default' in parameter,
  }))
  const binding = bindArguments(parameters, item.args ?? [], item.kwargs ?? {})
  if (!binding.ok) return null
  return signature.estimate(Object.fromEntries(binding.bound))?.points ?? null
}
