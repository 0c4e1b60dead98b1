import { hintedFields } from '../devices/device-traits.ts'
import { isLocatable } from '../devices/protocols.ts'
import type { Device, Location, Readings } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import { finalizeWrapper } from './finalize.ts'
import { msgMutator, noInsertion, planMutator, type Insertion } from './mutators.ts'

type Positions = Map<Device, unknown>

/** Where a device is now: its setpoint, else its position, else its first value. */
function* position(device: Device): Plan<unknown> {
  if (isLocatable(device)) {
    const location = (yield Msg('locate', device)) as Location | undefined
    return location?.setpoint ?? 0
  }
  if ('position' in device) return device.position
  const readings = (yield Msg('read', device)) as Readings | undefined
  if (readings === undefined) return 0
  const fields = hintedFields(device)
  if (fields.length > 1) throw planArgumentError(`${device.name} has several positions: ${fields.join(', ')}`)
  const key = fields[0] ?? Object.keys(readings)[0] ?? ''
  return readings[key]?.value
}

function* noteThen(msg: Msg, positions: Positions): Plan {
  const device = msg.obj as Device
  positions.set(device, yield* position(device))
  return yield msg
}

/** Notes the position of each device just before it is set for the first time. */
function noting(positions: Positions, devices: readonly unknown[] | null): (msg: Msg) => Insertion {
  return (msg) => {
    if (msg.command !== 'set' || positions.has(msg.obj as Device)) return noInsertion
    if (devices !== null && !devices.includes(msg.obj)) return noInsertion
    return [noteThen(msg, positions), null]
  }
}

/** Every `set` of the devices (null: of all) is relative to where they were before the plan. */
export function relativeSetWrapper<R>(plan: Plan<R>, devices: readonly Device[] | null = null): Plan<R> {
  const positions: Positions = new Map()
  return msgMutator(planMutator(plan, noting(positions, devices)), (msg) => {
    const start = msg.command === 'set' ? positions.get(msg.obj as Device) : undefined
    if (start === undefined) return msg
    const [step] = msg.args
    return { ...msg, args: [Number(start) + Number(step)] }
  })
}

/** Sets the devices (null: all) back to where they were before the plan. */
export function resetPositionsWrapper<R>(plan: Plan<R>, devices: readonly Device[] | null = null): Plan<R> {
  const positions: Positions = new Map()
  return finalizeWrapper(planMutator(plan, noting(positions, devices)), () => backTo(positions))
}

function* backTo(positions: Positions): Plan<void> {
  if (positions.size === 0) return
  const group = `reset-${crypto.randomUUID().slice(0, 6)}`
  for (const [device, start] of positions) yield Msg('set', device, { args: [start], kwargs: { group } })
  yield Msg('wait', null, { kwargs: { group } })
}
