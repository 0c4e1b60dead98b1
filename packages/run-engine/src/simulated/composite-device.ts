import type {
  Configurable,
  DataKeys,
  Device,
  Hints,
  Pausable,
  Readable,
  Readings,
  Reconfigurable,
  Stageable,
} from '../devices/protocols.ts'
import { badMessage } from '../error.ts'
import type { Signal } from './signal.ts'

/** The signals of a device, by what they are for. Names are those under which a plan finds them: `motor.velocity`. */
export interface DeviceParts {
  /** Read, and shown first. */
  readonly hinted?: Readonly<Record<string, Signal>>
  /** Read. */
  readonly normal?: Readonly<Record<string, Signal>>
  /** Kept with the stream, not with each event. */
  readonly config?: Readonly<Record<string, Signal>>
  /** Neither read nor kept. */
  readonly omitted?: Readonly<Record<string, Signal>>
}

export interface CompositeOptions {
  readonly name: string
  readonly className: string
  readonly parts: DeviceParts
  /** Overrides what the hinted parts say; null: no hints at all. */
  readonly hints?: Hints | null
}

export type CompositeDevice = Readable &
  Configurable &
  Reconfigurable &
  Stageable &
  Pausable & {
    readonly name: string
    readonly className: string
    parent: Device | null
    readonly hints?: Hints
    readonly components: Readonly<Record<string, Signal>>
    read(): Readings
    describe(): DataKeys
    readConfiguration(): Readings
    describeConfiguration(): DataKeys
    repr(): string
  }

/** A device made of signals, with everything that follows from them; what it does besides comes as `behaviour`. */
export function compositeDevice<B extends object>(
  options: CompositeOptions,
  behaviour: B,
): CompositeDevice & B {
  const { hinted = {}, normal = {}, config = {}, omitted = {} } = options.parts
  const read = Object.values({ ...hinted, ...normal })
  const configured = Object.values(config)
  const readAttrs = Object.keys({ ...hinted, ...normal })
  const hints =
    options.hints === undefined
      ? { fields: Object.values(hinted).map((signal) => signal.name) }
      : options.hints
  const base = {
    name: options.name,
    className: options.className,
    parent: null,
    components: { ...hinted, ...normal, ...config, ...omitted },
    ...(hints === null ? {} : { hints }),
    read: () => merged(read, (signal) => signal.read()),
    describe: () => merged(read, (signal) => signal.describe()),
    readConfiguration: () => merged(configured, (signal) => signal.read()),
    describeConfiguration: () => merged(configured, (signal) => signal.describe()),
    configure(values: unknown = {}) {
      const before = merged(configured, (signal) => signal.read())
      for (const [key, value] of Object.entries(Object(values) as Record<string, unknown>)) {
        const signal = config[key] ?? configured.find((other) => other.name === key)
        if (signal === undefined) throw badMessage(`${options.name} has no configuration '${key}'`)
        signal.checkValue(value)
        signal.put(value)
      }
      return [before, merged(configured, (signal) => signal.read())] as const
    },
    stage: () => [device],
    unstage: () => [device],
    pause: () => undefined,
    resume: () => undefined,
    repr: () =>
      `${options.className}(prefix='', name='${options.name}', read_attrs=${attrList(readAttrs)}, configuration_attrs=${attrList(Object.keys(config))})`,
  }
  const device = Object.defineProperties(
    base,
    Object.getOwnPropertyDescriptors(behaviour),
  ) as unknown as CompositeDevice & B
  for (const signal of Object.values(device.components)) signal.parent = device
  return device
}

function merged<T>(
  signals: readonly Signal[],
  part: (signal: Signal) => Readonly<Record<string, T>>,
): Record<string, T> {
  const all: Record<string, T> = {}
  for (const signal of signals) Object.assign(all, part(signal))
  return all
}

function attrList(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`
}
