import type { DataKeys, Device, Readings } from '../devices/protocols.ts'
import { isConfigurable, isReadable, isStoppable, isTriggerable } from '../devices/protocols.ts'
import { allOf, type StatusLike } from '../devices/status.ts'

/** A device that is the sum of its parts: read, triggered and stopped as one. */
export type Bundle<P extends Record<string, Device>> = Device &
  Readonly<P> & {
    parent: Device | null
    readonly className: string
    readonly components: Readonly<P>
    read(): Promise<Readings>
    describe(): Promise<DataKeys>
    readConfiguration(): Promise<Readings>
    describeConfiguration(): Promise<DataKeys>
    trigger(): StatusLike
    stage(): readonly unknown[]
    unstage(): readonly unknown[]
    stop(success?: boolean): Promise<void>
  }

type Builders<P extends Record<string, Device>> = { readonly [K in keyof P]: (name: string) => P[K] }

/** Makes a device of parts. Each part is built with the name `<bundle>_<key>` and found as `bundle.key`. */
export function bundle<P extends Record<string, Device>>(
  name: string,
  builders: Builders<P>,
  className = 'Bundle',
): Bundle<P> {
  const components = Object.fromEntries(
    Object.entries(builders).map(([key, build]) => [key, build(`${name}_${key}`)]),
  ) as P
  const parts = Object.values(components)
  const gather = async <T>(part: (device: Device) => unknown): Promise<Record<string, T>> =>
    Object.assign({}, ...(await Promise.all(parts.map(part)))) as Record<string, T>
  const device = {
    ...components,
    name,
    className,
    parent: null,
    components,
    hints: { fields: parts.flatMap((part) => part.hints?.fields ?? []) },
    read: () => gather<Readings[string]>((part) => (isReadable(part) ? part.read() : {})),
    describe: () => gather<DataKeys[string]>((part) => (isReadable(part) ? part.describe() : {})),
    readConfiguration: () =>
      gather<Readings[string]>((part) => (isConfigurable(part) ? part.readConfiguration() : {})),
    describeConfiguration: () =>
      gather<DataKeys[string]>((part) => (isConfigurable(part) ? part.describeConfiguration() : {})),
    trigger: () => allOf(...parts.filter(isTriggerable).map((part) => part.trigger())),
    stage: () => [device],
    unstage: () => [device],
    async stop(success = true) {
      for (const part of parts) if (isStoppable(part)) await part.stop(success)
    },
  }
  for (const part of parts) Object.assign(part, { parent: device })
  return device
}
