import type { DataKeys, Device } from '../devices/protocols.ts'
import { isDevice } from '../devices/device-traits.ts'
import type { Command } from '../engine/command.ts'
import { isFlat } from '../engine/collect.ts'
import { whenKnown } from '../engine/maybe-promise.ts'
import type { RunBundle } from '../engine/run-bundle.ts'
import { badMessage, messageSequenceError } from '../error.ts'

/* declare_stream: args = objects, name, collect = false. Emits the descriptor at once.
 * Result: [descriptor, composeEvent, objects]. */
export const declareStream: Command = (core, msg) => {
  const run = core.runOf(msg)
  if (run === null) throw messageSequenceError("'declare_stream' needs an open run")
  const { name, collect = false } = msg.kwargs
  if (typeof name !== 'string') throw badMessage("'declare_stream' needs the name of a stream")
  const objects = [...new Set(msg.args)].map((object) => core.require(object, isDevice, 'a device'))
  return whenKnown(run.descriptions.describeAll(objects, collect === true), () => {
    const described = new Map(
      objects.map((object) => [
        object,
        collect === true ? collectedKeys(run, object, name) : run.descriptions.dataKeys(object),
      ]),
    )
    run.declared.set(name, new Set(objects))
    const stream = run.openStream(name, described)
    const { composer } = stream
    return [composer.descriptorDoc, composer.composeEvent.bind(composer), objects]
  })
}

function collectedKeys(run: RunBundle, object: Device, name: string): DataKeys {
  const description = run.descriptions.collected(object)
  if (isFlat(description)) return description
  const streams = Object.keys(description)
  const keys = (description as Readonly<Record<string, DataKeys>>)[name]
  if (streams.length === 1 && keys !== undefined) return keys
  throw badMessage(`${object.name} describes the streams ${streams.join(', ')}, not only '${name}'`)
}
