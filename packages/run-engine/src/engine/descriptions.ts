import type { ObjectConfiguration } from '@beamtime/event-model'
import { isCollectable, isConfigurable, isReadable } from '../devices/protocols.ts'
import type { CollectDescription, DataKeys, Device, MaybePromise } from '../devices/protocols.ts'
import { RunEngineError } from '../error.ts'
import { whenAllKnown, whenKnown } from './maybe-promise.ts'

/** What the objects of a run say about themselves; each is asked once. */
export class Descriptions {
  readonly #dataKeys = new Map<Device, DataKeys>()
  readonly #collected = new Map<Device, CollectDescription>()
  readonly #configuration = new Map<Device, ObjectConfiguration>()

  /** Describes an object and its configuration. */
  describe(device: Device): MaybePromise<void> {
    if (this.#dataKeys.has(device)) return undefined
    if (!isReadable(device)) throw protocolError(device, 'readable')
    return whenKnown(this.describeConfiguration(device), () =>
      whenKnown(device.describe(), (keys) => {
        this.#dataKeys.set(device, named(keys, device))
      }),
    )
  }

  /** As `describe`, for what the object collects. */
  describeCollect(device: Device): MaybePromise<void> {
    if (this.#collected.has(device)) return undefined
    if (!isCollectable(device)) throw protocolError(device, 'collectable')
    return whenKnown(this.describeConfiguration(device), () =>
      whenKnown(device.describeCollect(), (description) => {
        this.#collected.set(device, description)
      }),
    )
  }

  /** Reads the configuration of an object; again if told so. */
  describeConfiguration(device: Device, again = false): MaybePromise<void> {
    if (!again && this.#configuration.has(device)) return undefined
    if (!isConfigurable(device)) {
      this.#configuration.set(device, { data: {}, timestamps: {}, data_keys: {} })
      return undefined
    }
    return whenKnown(device.readConfiguration(), (readings) =>
      whenKnown(device.describeConfiguration(), (dataKeys) => {
        const entries = Object.entries(readings)
        this.#configuration.set(device, {
          data: Object.fromEntries(entries.map(([key, reading]) => [key, reading.value])),
          timestamps: Object.fromEntries(entries.map(([key, reading]) => [key, reading.timestamp])),
          data_keys: dataKeys,
        })
      }),
    )
  }

  /** Describes several objects, together where they take time. */
  describeAll(devices: readonly Device[], collect: boolean): MaybePromise<void> {
    return whenAllKnown(
      devices.map((device) => (collect ? this.describeCollect(device) : this.describe(device))),
    )
  }

  /** The described keys of an object. */
  dataKeys(device: Device): DataKeys {
    return this.#dataKeys.get(device) ?? {}
  }

  /** What the object said that it collects. */
  collected(device: Device): CollectDescription {
    return this.#collected.get(device) ?? {}
  }

  configuration(device: Device): ObjectConfiguration {
    return this.#configuration.get(device) ?? {}
  }
}

/** Data keys that say whose they are. */
export function named(keys: DataKeys, device: Device): DataKeys {
  return Object.fromEntries(
    Object.entries(keys).map(([key, dataKey]) => [key, { ...dataKey, object_name: device.name }]),
  )
}

/** A message was sent to a device that cannot do it. */
export function protocolError(device: unknown, what: string): RunEngineError {
  const name =
    typeof device === 'object' && device !== null && 'name' in device ? String(device.name) : String(device)
  return new RunEngineError({
    code: 'DEVICE_PROTOCOL',
    text: `${name} is not ${what}`,
    fault: 'caller',
    remedy: 'Use a device that can do this, or give the device the missing members.',
  })
}
