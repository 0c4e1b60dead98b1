import type { Device } from './protocols.ts'
import { isFlyable, isLocatable, isMovable, isReadable, isTriggerable } from './protocols.ts'

/** What lists of devices say about one. */
export interface DeviceTraits {
  readonly readable: boolean
  readonly movable: boolean
  readonly flyable: boolean
  readonly triggerable: boolean
  readonly locatable: boolean
  readonly classname: string
  readonly components: Readonly<Record<string, Device>>
}

/** True for an object that lists of devices show: readable, flyable, or with parts. Classes are not devices. */
export function isDevice(value: unknown): value is Device {
  if (typeof value !== 'object' || value === null) return false
  if (typeof Reflect.get(value, 'name') !== 'string') return false
  if (isReadable(value) || isFlyable(value)) return true
  const components: unknown = Reflect.get(value, 'components')
  return typeof components === 'object' && components !== null
}

/** The class name of a device: its own `className` if it has one. */
export function classNameOf(device: Device): string {
  return device.className ?? device.constructor.name
}

/** What a device can do and what it is made of. */
export function deviceTraits(device: Device): DeviceTraits {
  return {
    readable: isReadable(device),
    movable: isMovable(device),
    flyable: isFlyable(device),
    triggerable: isTriggerable(device),
    locatable: isLocatable(device),
    classname: classNameOf(device),
    components: device.components ?? {},
  }
}

/** A device by its dotted path (`stage.x.velocity`) in a namespace, or null. */
export function findDevice(namespace: Readonly<Record<string, unknown>>, path: string): Device | null {
  const [first = '', ...rest] = path.split('.')
  let device: unknown = Object.hasOwn(namespace, first) ? namespace[first] : null
  for (const part of rest) {
    if (!isDevice(device)) return null
    const components: Readonly<Record<string, Device>> = device.components ?? {}
    device = Object.hasOwn(components, part) ? components[part] : null
  }
  return isDevice(device) ? device : null
}

/** The constructor-like text of anything that a plan was called with, as `plan_args` records it. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'function') return `<function ${value.name === '' ? '<lambda>' : value.name}>`
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (typeof value === 'object') {
    const device = value as Partial<Device>
    if (typeof device.repr === 'function') return device.repr()
    if (typeof device.name === 'string') return `${classNameOf(value as Device)}(name='${device.name}')`
    return JSON.stringify(value)
  }
  return typeof value === 'symbol' ? value.toString() : `${value as number | bigint}`
}

/** The fields that a device hints at; [] if it has no opinion. */
export function hintedFields(device: Device): readonly string[] {
  return device.hints?.fields ?? []
}

function parentOf(device: Device): Device | null {
  return device.parent ?? null
}

/** The device at the top of the tree that this one is part of. */
export function rootAncestor<D extends Device>(device: D): Device {
  let root: Device = device
  for (let parent = parentOf(root); parent !== null; parent = parentOf(root)) root = parent
  return root
}

function isDescendant(device: Device, ancestor: Device): boolean {
  for (let parent = parentOf(device); parent !== null; parent = parentOf(parent)) {
    if (parent === ancestor) return true
  }
  return false
}

/** Keeps order, drops a device that is already in itself or through an ancestor, and parts of a later ancestor. */
export function separateDevices<D extends Device>(devices: Iterable<D>): D[] {
  let kept: D[] = []
  for (const device of devices) {
    if (kept.some((other) => other === device || isDescendant(device, other))) continue
    kept = kept.filter((other) => !isDescendant(other, device))
    kept.push(device)
  }
  return kept
}
