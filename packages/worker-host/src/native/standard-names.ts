import { standardDevices, standardPlans } from '@beamtime/run-engine'

/** What a namespace gets besides startup code: the standard plans, and in the demo the simulated devices. */
export function standardNames(options: { readonly devices: boolean }): {
  readonly plans: Readonly<Record<string, unknown>>
  readonly devices: Readonly<Record<string, unknown>>
} {
  return { plans: { ...standardPlans }, devices: options.devices ? { ...standardDevices() } : {} }
}
