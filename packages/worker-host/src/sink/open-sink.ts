import { randomUUID } from 'node:crypto'
import { createDocumentEncoder } from '@beamtime/event-model'
import type { Logger } from '@beamtime/service-kit'
import { adoptSpoolFolders, createSpoolFolder } from '../spool/spool-folders.ts'
import type { WorkerSpec } from '../worker-spec.ts'
import { openDocumentsSink, type DocumentsSink, type SinkState } from './documents-sink.ts'
import type { SinkTransport } from './sink-transport.ts'

/** The sink of a worker host: first what dead hosts of this spool folder left, then this host's documents. */
export function openSpooledSink(options: {
  readonly spec: Pick<WorkerSpec, 'spoolDir' | 'spoolMaxBytes' | 'onUnavailable'>
  readonly transport: SinkTransport
  readonly log: Logger
  onState(state: SinkState): void
}): DocumentsSink {
  const { spec, transport, log } = options
  const { spoolDir } = spec
  const key = randomUUID()
  const encoder = createDocumentEncoder()
  const adopted = adoptSpoolFolders({ spoolDir, key, encoder, log })
  const own = createSpoolFolder(spoolDir, key)
  return openDocumentsSink({
    transport,
    encoder,
    own: own.log,
    openRuns: own.openRuns,
    adopted,
    spoolDir,
    spoolMaxBytes: spec.spoolMaxBytes,
    onUnavailable: spec.onUnavailable,
    log,
    onState: (state) => options.onState(state),
  })
}
