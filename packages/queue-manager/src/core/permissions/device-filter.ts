import type { WireDevice } from '@beamtime/worker-host/client'
import { parseDevicePattern, type DeviceType, type NamePattern } from './name-pattern.ts'
import type { GroupPermissions } from './permissions-schema.ts'

type Devices = Readonly<Record<string, WireDevice>>

interface DeviceNode {
  readonly name: string
  readonly device: WireDevice
  readonly children: readonly DeviceNode[]
  included: boolean
}

/** The part of the device tree that a group may use. Nodes that only lead to usable ones are marked `excluded`. */
export function filterDevices(devices: Devices, root: GroupPermissions, group: GroupPermissions): Devices {
  const tree = nodesOf(devices)
  const byRoot = markAllowed(tree, root)
  const byGroup = markAllowed(tree, group)
  return prune(tree, (node) => byRoot.has(node) && byGroup.has(node))
}

/** Dotted names of all usable devices of a filtered tree. */
export function usableDeviceNames(devices: Devices, prefix = ''): string[] {
  return Object.entries(devices).flatMap(([name, device]) => {
    const path = prefix + name
    const below = device.components === undefined ? [] : usableDeviceNames(device.components, `${path}.`)
    return device.excluded === true ? below : [path, ...below]
  })
}

function nodesOf(devices: Devices): DeviceNode[] {
  return Object.entries(devices).map(([name, device]) => ({
    name,
    device,
    children: device.components === undefined ? [] : nodesOf(device.components),
    included: false,
  }))
}

function markAllowed(tree: readonly DeviceNode[], permissions: GroupPermissions): ReadonlySet<DeviceNode> {
  const { allowed_devices: allowed = [], forbidden_devices: forbidden = [] } = permissions
  const all = allowed[0] === null
  setAll(tree, all)
  if (!all) for (const entry of allowed) if (entry !== null) mark(tree, parseDevicePattern(entry), true)
  if (forbidden[0] !== null) {
    for (const entry of forbidden) if (entry !== null) mark(tree, parseDevicePattern(entry), false)
  }
  return new Set(includedNodes(tree))
}

function setAll(nodes: readonly DeviceNode[], included: boolean): void {
  for (const node of nodes) {
    node.included = included
    setAll(node.children, included)
  }
}

function includedNodes(nodes: readonly DeviceNode[]): DeviceNode[] {
  return nodes.flatMap((node) => (node.included ? [node] : []).concat(includedNodes(node.children)))
}

function mark(nodes: readonly DeviceNode[], pattern: NamePattern, included: boolean): void {
  const [component, ...rest] = pattern.components
  if (component === undefined) return
  if (component.kind === 'full') {
    for (const { node, name } of subtree(nodes, component.depth)) {
      if (component.matches(name) && hasType(node.device, pattern.type)) node.included = included
    }
    return
  }
  for (const node of nodes) {
    if (!component.matches(node.name)) continue
    if (component.include && hasType(node.device, pattern.type)) node.included = included
    mark(node.children, { type: pattern.type, components: rest }, included)
  }
}

interface NamedNode {
  readonly node: DeviceNode
  readonly name: string
}

function subtree(nodes: readonly DeviceNode[], depth: number, prefix = ''): NamedNode[] {
  if (depth < 1) return []
  return nodes.flatMap((node) => {
    const name = prefix + node.name
    return [{ node, name }, ...subtree(node.children, depth - 1, `${name}.`)]
  })
}

function hasType(device: WireDevice, type: DeviceType): boolean {
  switch (type) {
    case '':
      return true
    case '__READABLE__':
      return device.is_readable
    case '__FLYABLE__':
      return device.is_flyable
    case '__DETECTOR__':
      return device.is_readable && !device.is_movable
    case '__MOTOR__':
      return device.is_readable && device.is_movable
  }
}

function prune(nodes: readonly DeviceNode[], isUsable: (node: DeviceNode) => boolean): Devices {
  const kept: [string, WireDevice][] = []
  for (const node of nodes) {
    const components = prune(node.children, isUsable)
    const usable = isUsable(node)
    const hasComponents = Object.keys(components).length > 0
    if (!usable && !hasComponents) continue
    const { components: _all, excluded: _before, ...device } = node.device
    kept.push([
      node.name,
      { ...device, ...(hasComponents ? { components } : {}), ...(usable ? {} : { excluded: true as const }) },
    ])
  }
  return Object.fromEntries(kept)
}
