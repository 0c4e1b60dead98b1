import type { Event, EventPage } from '@beamtime/event-model'
import {
  isCollectable,
  isEventCollectable,
  isEventPageCollectable,
  writesAssets,
  writesStreamAssets,
} from '../devices/protocols.ts'
import type {
  AssetDocument,
  Collectable,
  CollectDescription,
  DataKeys,
  Device,
  EventCollectable,
  EventPageCollectable,
  PartialEvent,
  PartialEventPage,
} from '../devices/protocols.ts'
import { badMessage, messageSequenceError } from '../error.ts'
import { emitAssets } from './assets.ts'
import { protocolError } from './descriptions.ts'
import type { RunBundle, Stream } from './run-bundle.ts'

export interface CollectRequest {
  readonly objects: readonly unknown[]
  readonly returnPayload: boolean
  readonly name: string | null
}

/** What an object collected, as it gave it; undefined if it was not asked for or went by asset documents. */
export type CollectPayload = readonly (PartialEvent | PartialEventPage)[] | undefined

/** Fetches what flyers have gathered and emits it: asset documents first, then event pages. */
export async function collect(bundle: RunBundle, request: CollectRequest): Promise<CollectPayload> {
  const objects = request.objects.map((object): Collectable => {
    if (!isCollectable(object)) throw protocolError(object, 'collectable')
    return object
  })
  const [first] = objects
  if (first === undefined) throw badMessage("'collect' needs an object")
  const index = objects.length > 1 ? await smallestIndex(objects) : undefined
  for (const object of objects) bundle.uncollected.delete(object)
  const stream = declaredStream(bundle, objects, request.name)
  if (stream === null) {
    if (objects.length > 1) {
      throw messageSequenceError('declare the stream of several objects before collecting them')
    }
    await openOwnStreams(bundle, first)
  }
  const assets: AssetDocument[] = []
  for (const object of objects) {
    if (!writesAssets(object)) continue
    for await (const doc of object.collectAssetDocs(index)) assets.push(doc)
  }
  const rows = emitAssets(bundle, stream, assets)
  if (objects.length === 1 && !writesStreamAssets(first)) {
    if (isEventPageCollectable(first)) return collectPages({ bundle, stream, request }, first)
    if (isEventCollectable(first)) return collectEvents({ bundle, stream, request }, first)
  }
  if (stream === null) throw badMessage(`collecting ${first.name} needs the name of a declared stream`)
  bundle.advance(stream.name, rows)
  return undefined
}

async function smallestIndex(objects: readonly Collectable[]): Promise<number> {
  const indices = objects.map(async (object) => {
    if (!writesStreamAssets(object)) throw protocolError(object, 'a writer of stream assets')
    return object.getIndex()
  })
  return Math.min(...(await Promise.all(indices)))
}

function declaredStream(bundle: RunBundle, objects: readonly Device[], name: string | null): Stream | null {
  const isForThese = (declared: ReadonlySet<Device>): boolean =>
    declared.size === objects.length && objects.every((object) => declared.has(object))
  const candidates = [...bundle.declared].filter(([, declared]) => isForThese(declared)).map(([key]) => key)
  if (name !== null) {
    if (!candidates.includes(name)) {
      throw messageSequenceError(`declare the stream '${name}' for these objects before collecting into it`)
    }
    return bundle.streams.get(name) ?? null
  }
  if (candidates.length > 1) {
    throw messageSequenceError(
      `several streams are declared for these objects: ${candidates.join(', ')}; name one`,
    )
  }
  const [only] = candidates
  return only === undefined ? null : (bundle.streams.get(only) ?? null)
}

/** Declares the streams that a single object names itself in describeCollect. */
async function openOwnStreams(bundle: RunBundle, device: Device): Promise<void> {
  if (bundle.ownStreams.has(device)) return
  await bundle.descriptions.describeCollect(device)
  const description = bundle.descriptions.collected(device)
  if (isFlat(description)) {
    throw messageSequenceError(
      `${device.name} describes one stream without a name: declare it before collecting`,
    )
  }
  const streams = Object.entries(description)
  const owners = new Map<string, string>()
  for (const [stream, keys] of streams) {
    for (const key of Object.keys(keys)) {
      const owner = owners.get(key)
      if (owner !== undefined) {
        throw badMessage(
          `the data key '${key}' of ${device.name} is in both streams '${owner}' and '${stream}'`,
        )
      }
      owners.set(key, stream)
    }
  }
  for (const [stream, keys] of streams) {
    if (bundle.streams.get(stream)?.objects.has(device) !== true) {
      bundle.openStream(stream, new Map([[device, keys]]))
    }
  }
  bundle.ownStreams.set(
    device,
    streams.map(([stream]) => stream),
  )
}

/** The keys of one stream, not a map of streams. */
export function isFlat(description: CollectDescription): description is DataKeys {
  const values = Object.values(description)
  return values.length > 0 && values.every((value) => typeof Reflect.get(value, 'source') === 'string')
}

interface Target {
  readonly bundle: RunBundle
  readonly stream: Stream | null
  readonly request: CollectRequest
}

/** The stream that a partial event or page with these keys goes to. */
function streamFor(to: Target, device: Device, keys: readonly string[]): Stream {
  if (to.stream !== null) return to.stream
  for (const name of to.bundle.ownStreams.get(device) ?? []) {
    const stream = to.bundle.streams.get(name)
    const known = Object.keys(stream?.composer.descriptorDoc.data_keys ?? {})
    if (stream !== undefined && known.length === keys.length && keys.every((key) => known.includes(key))) {
      return stream
    }
  }
  throw badMessage(`${device.name} collected the keys ${keys.join(', ')}, which none of its streams has`)
}

function refuseStreamKeys(stream: Stream, data: Readonly<Record<string, unknown>>): void {
  for (const key of stream.streamKeys) {
    if (key in data) throw badMessage(`'${key}' is kept in a stream_resource and may not be in an event`)
  }
}

async function collectEvents(to: Target, device: EventCollectable): Promise<CollectPayload> {
  const payload: PartialEvent[] = []
  const pages = new Map<Stream, Event[]>()
  for await (const partial of device.collect()) {
    if (to.request.returnPayload) payload.push(partial)
    const stream = streamFor(to, device, Object.keys(partial.data))
    refuseStreamKeys(stream, partial.data)
    const event = stream.composer.composeEvent({
      data: partial.data,
      timestamps: partial.timestamps,
      filled: partial.filled,
    })
    const page = pages.get(stream)
    if (page === undefined) pages.set(stream, [event])
    else page.push(event)
  }
  for (const events of pages.values()) to.bundle.emit('event_page', pageOf(events))
  return to.request.returnPayload ? payload : undefined
}

async function collectPages(to: Target, device: EventPageCollectable): Promise<CollectPayload> {
  const payload: PartialEventPage[] = []
  for await (const partial of device.collectPages()) {
    if (to.request.returnPayload) payload.push(partial)
    const stream = streamFor(to, device, Object.keys(partial.data))
    refuseStreamKeys(stream, partial.data)
    const page = stream.composer.composeEventPage({ data: partial.data, timestamps: partial.timestamps })
    to.bundle.emit('event_page', page)
  }
  return to.request.returnPayload ? payload : undefined
}

/** Rows of one descriptor as columns. */
function pageOf(events: readonly Event[]): EventPage {
  const [first] = events
  const columns = <T>(
    keys: readonly string[],
    row: (event: Event) => Readonly<Record<string, T>>,
  ): Record<string, T[]> =>
    Object.fromEntries(keys.map((key) => [key, events.map((event) => row(event)[key] as T)]))
  return {
    uid: events.map((event) => event.uid),
    time: events.map((event) => event.time),
    seq_num: events.map((event) => event.seq_num),
    descriptor: first?.descriptor ?? '',
    data: columns(Object.keys(first?.data ?? {}), (event) => event.data),
    timestamps: columns(Object.keys(first?.timestamps ?? {}), (event) => event.timestamps),
    filled: columns(Object.keys(first?.filled ?? {}), (event) => event.filled ?? {}),
  }
}
