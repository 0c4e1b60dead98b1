import { nearestName } from '@beamtime/service-kit'
import { CliError } from '../error.ts'
import { printJson, printLine, printTable } from '../print.ts'
import type { DeviceDescription, PlanDescription, PlanParameterDescription } from '../queue/plan-words.ts'
import type { QueueOptions } from '../queue/queue-session.ts'
import { withSession } from './queue-edit.ts'

export function queuePlans(name: string | undefined, options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask('plans_allowed', { user_group: session.user.user_group })
    const plans = (reply['plans_allowed'] ?? {}) as Readonly<Record<string, PlanDescription>>
    if (name !== undefined) printPlan(name, plans, options)
    else if (options.json === true) printJson(reply)
    else
      printTable(
        ['PLAN', 'PARAMETERS', ''],
        Object.values(plans).map((plan) => [
          plan.name,
          (plan.parameters ?? []).map(parameterText).join(', ').slice(0, 60),
          (plan.description ?? '').split('\n')[0]?.slice(0, 70) ?? '',
        ]),
      )
    return 0
  })
}

function printPlan(
  name: string,
  plans: Readonly<Record<string, PlanDescription>>,
  options: QueueOptions,
): void {
  const plan = Object.hasOwn(plans, name) ? plans[name] : undefined
  if (plan === undefined) {
    const near = nearestName(name, Object.keys(plans))
    throw new CliError({
      code: 'CLI_NOT_FOUND',
      message: `no plan ${name}`,
      remedy: near === null ? 'see `beamtime queue plans`' : `did you mean ${near}?`,
    })
  }
  if (options.json === true) {
    printJson(plan)
    return
  }
  printLine(`${plan.name}(${(plan.parameters ?? []).map(parameterText).join(', ')})`)
  if (plan.description !== undefined) printLine(`\n${plan.description}`)
  printLine('')
  printTable(
    ['PARAMETER', 'TYPE', 'DEFAULT', ''],
    (plan.parameters ?? []).map((parameter) => [
      parameter.name,
      parameter.annotation?.type ?? '',
      defaultText(parameter),
      (parameter as { description?: string }).description ?? '',
    ]),
  )
}

function parameterText(parameter: PlanParameterDescription): string {
  switch (parameter.kind?.name) {
    case 'VAR_POSITIONAL':
      return `*${parameter.name}`
    case 'VAR_KEYWORD':
      return `**${parameter.name}`
    case undefined:
    default:
      return parameter.default === undefined ? parameter.name : `${parameter.name}=${defaultText(parameter)}`
  }
}

/** Python's notation, as the manager gives it, or JSON. */
function defaultText(parameter: PlanParameterDescription): string {
  const value = parameter.default
  if (value === undefined) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

export function queueDevices(options: QueueOptions): Promise<number> {
  return withSession(options, async (session) => {
    const reply = await session.ask('devices_allowed', { user_group: session.user.user_group })
    const devices = (reply['devices_allowed'] ?? {}) as Readonly<
      Record<string, DeviceDescription & { classname?: string }>
    >
    if (options.json === true) printJson(reply)
    else
      printTable(
        ['DEVICE', 'CLASS', 'KIND'],
        Object.entries(devices).map(([name, device]) => [name, device.classname ?? '', kindText(device)]),
      )
    return 0
  })
}

function kindText(device: DeviceDescription): string {
  return [
    device.is_readable === true ? 'readable' : '',
    device.is_movable === true ? 'movable' : '',
    device.is_flyable === true ? 'flyable' : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}
