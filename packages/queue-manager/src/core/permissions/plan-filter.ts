import type { WirePlan, WirePlanParameter } from '@beamtime/worker-host/client'
import { parseNamePattern } from './name-pattern.ts'
import type { GroupPermissions } from './permissions-schema.ts'

type Plans = Readonly<Record<string, WirePlan>>
type NameTest = (name: string) => boolean

/** A test for names by one pair of lists, for plans or functions. Throws QUEUE_PATTERN_MALFORMED. */
export function nameTest(permissions: GroupPermissions, what: 'plans' | 'functions'): NameTest {
  const allowed = permissions[`allowed_${what}`] ?? []
  const forbidden = permissions[`forbidden_${what}`] ?? []
  const passes = allowed[0] === null ? () => true : anyOf(allowed)
  const fails = forbidden[0] === null ? () => false : anyOf(forbidden)
  return (name) => passes(name) && !fails(name)
}

function anyOf(entries: readonly (string | null)[]): NameTest {
  const tests = entries.flatMap((entry) => (entry === null ? [] : [parseNamePattern(entry)]))
  return (name) => tests.some((test) => test(name))
}

/** Plans that root and the group allow, with the name lists in their annotations reduced to usable names. */
export function filterPlans(
  plans: Plans,
  permissions: { readonly root: GroupPermissions; readonly group: GroupPermissions },
  usableDevices: ReadonlySet<string>,
): Plans {
  const byRoot = nameTest(permissions.root, 'plans')
  const byGroup = nameTest(permissions.group, 'plans')
  const usable = new Set(Object.keys(plans).filter((name) => byRoot(name) && byGroup(name)))
  const kept = Object.entries(plans).filter(([name]) => usable.has(name))
  return Object.fromEntries(
    kept.map(([name, plan]) => [name, reducePlan(plan, { plans: usable, devices: usableDevices })]),
  )
}

interface UsableNames {
  readonly plans: ReadonlySet<string>
  readonly devices: ReadonlySet<string>
}

function reducePlan(plan: WirePlan, usable: UsableNames): WirePlan {
  const named = plan.parameters.some(({ annotation }) => annotation?.devices ?? annotation?.plans)
  if (!named) return plan
  return { ...plan, parameters: plan.parameters.map((parameter) => reduceParameter(parameter, usable)) }
}

function reduceParameter(parameter: WirePlanParameter, usable: UsableNames): WirePlanParameter {
  const { annotation } = parameter
  if (annotation === undefined) return parameter
  const { devices, plans } = annotation
  return {
    ...parameter,
    annotation: {
      ...annotation,
      ...(devices === undefined ? {} : { devices: reduceLists(devices, usable.devices) }),
      ...(plans === undefined ? {} : { plans: reduceLists(plans, usable.plans) }),
    },
  }
}

function reduceLists(
  lists: Readonly<Record<string, readonly string[]>>,
  usable: ReadonlySet<string>,
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(lists).map(([type, names]) => [type, names.filter((name) => usable.has(name))]),
  )
}
