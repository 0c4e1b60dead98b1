import { readFileSync } from 'node:fs'
import { nearestName } from '@beamtime/service-kit'
import { CliError } from '../error.ts'
import { planArguments, wordPair, type DeviceDescription, type PlanDescription } from './plan-words.ts'
import type { QueueSession } from './queue-session.ts'

export interface PlanItem {
  readonly item_type: string
  readonly name: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly meta?: Readonly<Record<string, unknown>>
}

export interface ItemOptions {
  readonly kwarg?: readonly string[]
  readonly md?: readonly string[]
  readonly jsonItem?: string
}

/** The item that a command line means. Asks the manager for the plan's parameters and the devices. */
export async function planItem(
  session: QueueSession,
  words: readonly string[],
  options: ItemOptions,
): Promise<PlanItem> {
  const meta = pairsOf(options.md, '--md')
  const withMeta = <T extends object>(item: T): T & { meta?: Record<string, unknown> } =>
    Object.keys(meta).length === 0 ? item : { ...item, meta }
  if (options.jsonItem !== undefined) return withMeta(jsonItem(options.jsonItem))
  const [name, ...rest] = words
  if (name === undefined)
    throw new CliError({
      code: 'CLI_USAGE',
      message: 'no plan was given',
      remedy: 'give its name and arguments: beamtime queue add scan det motor -1 1 21',
    })
  if (name === 'queue_stop') return { item_type: 'instruction', name }
  const { user_group } = session.user
  const [plans, devices] = await Promise.all([
    session.ask('plans_allowed', { user_group }),
    session.ask('devices_allowed', { user_group }),
  ])
  const plan = planNamed(name, (plans['plans_allowed'] ?? {}) as Record<string, PlanDescription>)
  const given = planArguments(
    rest,
    plan,
    (devices['devices_allowed'] ?? {}) as Record<string, DeviceDescription>,
  )
  const kwargs = { ...given.kwargs, ...pairsOf(options.kwarg, '--kwarg') }
  return withMeta({ item_type: 'plan', name, args: given.args, kwargs })
}

function planNamed(name: string, plans: Readonly<Record<string, PlanDescription>>): PlanDescription {
  const plan = Object.hasOwn(plans, name) ? plans[name] : undefined
  if (plan !== undefined) return plan
  const near = nearestName(name, Object.keys(plans))
  throw new CliError({
    code: 'CLI_NOT_FOUND',
    message: `no plan ${name}`,
    remedy: near === null ? 'see `beamtime queue plans`' : `did you mean ${near}?`,
  })
}

/** `-` reads standard input, `@FILE` a file. */
function jsonItem(given: string): PlanItem {
  const text =
    given === '-'
      ? readFileSync(0, 'utf8')
      : given.startsWith('@')
        ? readFileSync(given.slice(1), 'utf8')
        : given
  const refuse = (what: string): CliError =>
    new CliError({
      code: 'CLI_USAGE',
      message: `--json-item ${what}`,
      remedy: 'give e.g. \'{"name": "count", "args": [["det"]], "item_type": "plan"}\'',
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('is not an object')
  const item = value as Partial<PlanItem>
  if (typeof item.name !== 'string') throw refuse('has no name')
  return { ...item, name: item.name, item_type: item.item_type ?? 'plan' }
}

function pairsOf(given: readonly string[] | undefined, option: string): Record<string, unknown> {
  const pairs: Record<string, unknown> = {}
  for (const word of given ?? []) {
    const pair = wordPair(word)
    if (pair === null)
      throw new CliError({
        code: 'CLI_USAGE',
        message: `${option} ${word} is not name=value`,
        remedy: `give e.g. ${option} sample=Fe`,
      })
    pairs[pair[0]] = pair[1]
  }
  return pairs
}
