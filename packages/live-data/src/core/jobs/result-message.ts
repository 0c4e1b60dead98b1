import { encodeDataArray } from '../../data/da00-result.ts'
import { nanoseconds, type DataArray, type Variable } from '../../data/data-array.ts'
import type { NicosDevice } from '../../instruments/instrument.ts'
import type { OutputKind } from '../../workflows/workflow.ts'
import type { Dialect } from './job-id.ts'
import { toExactJson } from './exact-json.ts'
import type { Job, JobResult } from './job.ts'

/* Results: one da00 per output. source_name is JSON that names workflow, job and output; timestamp is the job's start.
 * Source: livedata contract, sections 6.5 and 6.6. */

/** An output on its way out. */
export interface ResultMessage {
  readonly job: Job
  readonly output: string
  readonly kind: OutputKind
  readonly array: DataArray
  /** Content of the data topic. */
  readonly value: Uint8Array
  /** Content of the NICOS topic, where the output is a device of it. */
  readonly nicos: Uint8Array | null
}

export function resultMessages(
  result: JobResult,
  options: { readonly nicosDevices: readonly NicosDevice[]; readonly dialect: Dialect },
): readonly ResultMessage[] {
  const { job, outputs, jobStartNs } = result
  const { id, workflow } = job.start
  const kinds = new Map(workflow.outputs(id.source_name).map(({ name, kind }) => [name, kind]))
  const dialect = job.start.dialect === 'A' ? 'A' : options.dialect
  return outputs.map(({ name, array: bare }) => {
    const kind = kinds.get(name) ?? 'cumulative'
    const array = { ...bare, coords: { ...bare.coords, ...timeCoords(kind, result, dialect) } }
    const sourceName = resultName(job, { output: name, dialect })
    const device = options.nicosDevices.find(
      (each) => each.workflow === workflow.name && each.source === id.source_name && each.output === name,
    )
    return {
      job,
      output: name,
      kind,
      array,
      value: encodeDataArray({ sourceName, timestampNs: jobStartNs, array }),
      nicos:
        device === undefined
          ? null
          : encodeDataArray({
              sourceName: device.deviceName,
              timestampNs: jobStartNs,
              array: { ...array, coords: { ...array.coords, end_time: nanoseconds(result.batch.endNs) } },
            }),
    }
  })
}

/** `{"workflow_id":…,"job_id":…,"output_name":…}` */
export function resultName(
  job: Job,
  { output, dialect }: { readonly output: string; readonly dialect: Dialect },
): string {
  const { id, workflowId, workflow } = job.start
  const { instrument, name, version } = workflowId
  return toExactJson({
    workflow_id:
      dialect === 'A'
        ? { instrument, namespace: workflow.service, name, version }
        : { instrument, name, version },
    job_id: { source_name: id.source_name, job_number: id.job_number },
    output_name: output,
  })
}

/** Bounds of what the output is about: the window, or the job so far. Series carry their own times. */
// oxlint-disable-next-line max-params -- what, of which result, for whom
function timeCoords(kind: OutputKind, result: JobResult, dialect: Dialect): Record<string, Variable> {
  if (kind === 'series') return {}
  const startNs = kind === 'window' ? result.batch.startNs : result.jobStartNs
  const end = dialect === 'C' ? 'time' : 'end_time'
  return { start_time: nanoseconds(startNs), [end]: nanoseconds(result.batch.endNs) }
}
