import { isRecord } from '../http/body.ts'
import { unavailable } from '../error.ts'
import type { QueueLink } from '../queue/queue-link.ts'
import type { FormModel } from '../ui-types.ts'
import { formModel } from './form-model.ts'
import { readPlan } from './plan-description.ts'

/** Lists of one group that are kept; a list changes rarely and is large. */
const maxGroups = 50

export interface AllowedPlans {
  readonly uid: string
  /** As the manager gave them, by name. */
  readonly plans: Readonly<Record<string, unknown>>
  readonly forms: readonly FormModel[]
}

/** Forms of the plans that a user group may use; made again only when plans_allowed_uid changes. */
export interface FormLibrary {
  plansOf(group: string): Promise<AllowedPlans>
  /** Forget which devices there are when devices_allowed_uid changes. */
  devicesOf(group: string): Promise<Readonly<Record<string, unknown>>>
}

export function formLibrary(link: QueueLink): FormLibrary {
  const plans = new Map<string, AllowedPlans>()
  const devices = new Map<
    string,
    { readonly uid: string; readonly devices: Readonly<Record<string, unknown>> }
  >()
  return {
    async plansOf(group) {
      const known = plans.get(group)
      const status = link.reachability.reachable ? link.status : null
      if (known !== undefined && known.uid === status?.plans_allowed_uid) return known
      const reply = await link.read('plans_allowed', { user_group: group })
      const { plans_allowed: allowed, plans_allowed_uid: uid } = reply
      if (!isRecord(allowed) || typeof uid !== 'string')
        throw unavailable(reply.msg ?? 'The manager gave no list of plans.')
      const forms = Object.entries(allowed)
        .map(([name, plan]) => formModel(readPlan(name, plan)))
        .toSorted((a, b) => a.name.localeCompare(b.name))
      const made = { uid, plans: allowed, forms }
      keep(plans, group, made)
      return made
    },
    async devicesOf(group) {
      const known = devices.get(group)
      const status = link.reachability.reachable ? link.status : null
      if (known !== undefined && known.uid === status?.devices_allowed_uid) return known.devices
      const reply = await link.read('devices_allowed', { user_group: group })
      const { devices_allowed: allowed, devices_allowed_uid: uid } = reply
      if (!isRecord(allowed) || typeof uid !== 'string')
        throw unavailable(reply.msg ?? 'The manager gave no list of devices.')
      keep(devices, group, { uid, devices: allowed })
      return allowed
    },
  }
}

function keep<T>(into: Map<string, T>, group: string, value: T): void {
  into.delete(group)
  into.set(group, value)
  const [oldest] = into.keys()
  if (into.size > maxGroups && oldest !== undefined) into.delete(oldest)
}
