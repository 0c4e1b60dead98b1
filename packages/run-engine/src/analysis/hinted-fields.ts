import type { EventDescriptor } from '@beamtime/event-model'

/** The fields of a stream that a person wants to see: for each object the hinted ones, else all of its keys. */
export function fieldsToShow(descriptor: EventDescriptor): readonly string[] {
  return Object.keys(descriptor.object_keys ?? {}).flatMap((name) => fieldsOfObject(descriptor, name))
}

/** The hinted fields of one object of a stream, else all of its keys. */
export function fieldsOfObject(descriptor: EventDescriptor, name: string): readonly string[] {
  return descriptor.hints?.[name]?.fields ?? descriptor.object_keys?.[name] ?? []
}
