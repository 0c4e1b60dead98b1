import {
  composeRun,
  createDocumentEncoder,
  unixSeconds,
  type DescriptorComposer,
  type NamedDocument,
  type RunComposer,
} from '@beamtime/event-model'
import type { IncomingDocument } from '../src/index.ts'

const number = (units: string) =>
  ({ dtype: 'number', shape: [], source: 'SIM:x', units, precision: 3 }) as const

/** A run whose documents are kept as they are composed. */
export interface SampleRun {
  readonly uid: string
  readonly run: RunComposer
  readonly primary: DescriptorComposer
  readonly documents: NamedDocument[]
  /** Adds `n` points: th = first, first + 1, …; det = 10 * th. */
  points(n: number): void
  stop(exitStatus?: 'success' | 'abort' | 'fail', reason?: string): void
}

let count = 0

export function sampleRun(metadata: Readonly<Record<string, unknown>> = {}, time?: number): SampleRun {
  const at = time ?? 1_700_000_000 + count++ * 100
  const run = composeRun({
    time: unixSeconds(at),
    now: () => unixSeconds(at + 50),
    metadata: { scan_id: 1, plan_name: 'scan', motors: ['th'], detectors: ['det'], ...metadata },
  })
  const primary = run.composeDescriptor({
    name: 'primary',
    data_keys: { th: number('deg'), det: number('cts') },
    object_keys: { th: ['th'], det: ['det'] },
    hints: { th: { fields: ['th'] }, det: { fields: ['det'] } },
  })
  const documents: NamedDocument[] = [
    ['start', run.startDoc],
    ['descriptor', primary.descriptorDoc],
  ]
  let point = 0
  return {
    uid: run.startDoc.uid,
    run,
    primary,
    documents,
    points(n) {
      for (let i = 0; i < n; i++, point++) {
        const stamp = unixSeconds(at + point / 10)
        const event = primary.composeEvent({
          data: { th: point, det: point * 10 },
          timestamps: { th: stamp, det: stamp },
          time: stamp,
        })
        documents.push(['event', event])
      }
    },
    stop(exitStatus = 'success', reason = '') {
      documents.push(['stop', run.composeStop({ exit_status: exitStatus, reason })])
    },
  }
}

/** A whole run of `n` points. */
export function finishedRun(
  n: number,
  metadata: Readonly<Record<string, unknown>> = {},
  time?: number,
): SampleRun {
  const sample = sampleRun(metadata, time)
  sample.points(n)
  sample.stop()
  return sample
}

export function encode(documents: readonly NamedDocument[]): IncomingDocument[] {
  const encoder = createDocumentEncoder()
  return documents.map((named) => ({ bytes: encoder.encode(named) }))
}
