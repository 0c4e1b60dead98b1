import type { Datum, Resource, StreamDatum, StreamResource } from '@beamtime/event-model'
import { isDocument } from '@beamtime/event-model'
import type { AssetDocument } from '../devices/protocols.ts'
import { RunEngineError } from '../error.ts'
import type { RunBundle, Stream } from './run-bundle.ts'

interface Packed {
  width: number
  readonly received: Set<string>
}

/** Emits the asset documents that devices gave, completed with what only the engine knows: the run, the descriptor
 * and the sequence numbers. Returns the number of rows that the stream_datum documents cover. */
export function emitAssets(bundle: RunBundle, stream: Stream | null, docs: readonly AssetDocument[]): number {
  const packed: Packed = { width: 0, received: new Set() }
  for (const [name, doc] of docs) {
    switch (name) {
      case 'resource':
        emitResource(bundle, doc)
        break
      case 'datum':
        bundle.emit('datum', checked<Datum>('datum', doc))
        break
      case 'stream_resource':
        emitStreamResource(bundle, stream, doc)
        break
      case 'stream_datum':
        emitStreamDatum({ bundle, stream, packed }, doc)
        break
    }
  }
  if (stream !== null && packed.received.size > 0 && packed.received.size !== stream.streamKeys.size) {
    throw refused(
      `stream_datum documents came for ${[...packed.received].join(', ')}, the stream '${stream.name}' needs one for each of ${[...stream.streamKeys].join(', ')}`,
    )
  }
  return packed.width
}

function emitResource(bundle: RunBundle, doc: AssetDocument[1]): void {
  bundle.emit('resource', checked<Resource>('resource', { ...doc, run_start: bundle.uid }))
}

function emitStreamResource(bundle: RunBundle, stream: Stream | null, doc: AssetDocument[1]): void {
  const resource = checked<StreamResource>('stream_resource', { ...doc, run_start: bundle.uid })
  if (bundle.knownStreamResources.has(resource.uid)) {
    throw refused(`the stream_resource ${resource.uid} was given twice`)
  }
  if (stream === null || !stream.streamKeys.has(resource.data_key)) {
    throw refused(
      `the stream_resource for '${resource.data_key}' matches no 'STREAM:' key of the stream '${stream?.name ?? ''}'`,
    )
  }
  bundle.knownStreamResources.set(resource.uid, resource.data_key)
  bundle.emit('stream_resource', resource)
}

function emitStreamDatum(
  to: { readonly bundle: RunBundle; readonly stream: Stream | null; readonly packed: Packed },
  doc: AssetDocument[1],
): void {
  const { bundle, stream, packed } = to
  if (stream === null) throw refused('a stream_datum needs a stream that is described')
  const given = checked<StreamDatum>('stream_datum', doc)
  if (given.descriptor !== '')
    throw refused(`the stream_datum ${given.uid} names a descriptor; the engine does that`)
  if (given.seq_nums.start !== 0 || given.seq_nums.stop !== 0) {
    throw refused(`the stream_datum ${given.uid} has seq_nums; the engine gives them`)
  }
  const key = bundle.knownStreamResources.get(given.stream_resource)
  if (key === undefined) {
    throw refused(
      `the stream_datum ${given.uid} refers to an unknown stream_resource ${given.stream_resource}`,
    )
  }
  const width = given.indices.stop - given.indices.start
  if (packed.width !== 0 && packed.width !== width) {
    throw refused(`stream_datum documents of ${packed.width} and of ${width} indices came together`)
  }
  packed.width = width
  packed.received.add(key)
  const next = bundle.composer.seqCounters().get(stream.name) ?? 1
  bundle.emit('stream_datum', {
    ...given,
    descriptor: stream.composer.descriptorDoc.uid,
    seq_nums: { start: next, stop: next + width },
  })
}

interface AssetByName {
  resource: Resource
  datum: Datum
  stream_resource: StreamResource
  stream_datum: StreamDatum
}

function checked<T extends AssetByName[N], N extends keyof AssetByName = keyof AssetByName>(
  name: N,
  doc: AssetDocument[1],
): T {
  if (!isDocument(name, doc)) throw refused(`a device gave a malformed ${name} document`)
  return doc as unknown as T
}

function refused(text: string): RunEngineError {
  return new RunEngineError({
    code: 'RUN_ASSET_REFUSED',
    text,
    fault: 'caller',
    remedy: 'Correct the asset documents of the device: see WritesStreamAssets.',
  })
}
