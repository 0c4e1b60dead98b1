import { toExactJson } from '../core/jobs/exact-json.ts'
import { maxRois, maxVertices } from '../core/roi-request.ts'
import { encodeDataArray } from '../data/da00-result.ts'
import { vector } from '../data/data-array.ts'
import { LiveDataError } from '../error.ts'
import type { LiveRegions, LiveStart } from '../ui-types.ts'

/* What a dashboard sends: JSON on {i}_livedata_commands, da00 on {i}_livedata_roi. Source: livedata contract, section 8. */

export function startMessage(start: {
  readonly workflow: string
  readonly jobNumber: string
  readonly messageId: string
  readonly setting: LiveStart
}): string {
  const [instrument = '', name = '', version = '1'] = start.workflow.split('/')
  const { source, parameters, auxSources = {} } = start.setting
  return toExactJson({
    kind: 'workflow_config',
    identifier: { instrument, name, version: Number(version) },
    message_id: start.messageId,
    job_id: { source_name: source, job_number: start.jobNumber },
    schedule: { start_time: null, end_time: null },
    aux_source_names: auxSources,
    params: parameters,
  })
}

export function jobMessage(command: {
  readonly action: 'stop' | 'reset'
  readonly source: string
  readonly jobNumber: string
  readonly messageId: string
}): string {
  return toExactJson({
    kind: 'job_command',
    message_id: command.messageId,
    job_id: { source_name: command.source, job_number: command.jobNumber },
    workflow_id: null,
    action: command.action,
  })
}

/** The whole set of regions of one kind. Throws LIVEDATA_REFUSED. */
export function regionsMessage(request: {
  readonly source: string
  readonly jobNumber: string
  readonly regions: LiveRegions
}): Uint8Array {
  const { source, jobNumber, regions } = request
  const { kind, items, unitX, unitY } = regions
  const isRectangles = kind === 'rectangles'
  const first = isRectangles ? 0 : maxRois
  for (const { index, x, y } of items) {
    const isPlaced = Number.isInteger(index) && index >= first && index < first + maxRois
    const isWhole =
      x.length === y.length && (isRectangles ? x.length === 2 : x.length >= 3 && x.length <= maxVertices)
    if (!isPlaced || !isWhole || ![...x, ...y].every((value) => Number.isFinite(value)))
      throw new LiveDataError({
        code: 'LIVEDATA_REFUSED',
        message: `region ${index} with ${x.length} x and ${y.length} y cannot be`,
        fault: 'caller',
        remedy: `give ${isRectangles ? 'two corners' : 'three vertices or more'} and an index from ${first} to ${first + maxRois - 1}`,
      })
  }
  const dim = isRectangles ? 'bounds' : 'vertex'
  const all = (axis: 'x' | 'y'): Float64Array =>
    Float64Array.from(items.flatMap((item) => cornersOf(item[axis], isRectangles)))
  const indices = Int32Array.from(items.flatMap(({ index, x }) => x.map(() => index)))
  return encodeDataArray({
    sourceName: `${source}/${jobNumber}/${isRectangles ? 'roi_rectangle' : 'roi_polygon'}`,
    timestampNs: 0n,
    array: {
      label: '',
      signal: vector(dim, new Int32Array(indices.length).fill(1), 'dimensionless'),
      coords: {
        x: vector(dim, all('x'), unitX),
        y: vector(dim, all('y'), unitY),
        roi_index: vector(dim, indices, 'dimensionless'),
      },
    },
  })
}

/** Rectangles are sent as (min, max). */
function cornersOf(values: readonly number[], isRectangle: boolean): readonly number[] {
  return isRectangle ? values.toSorted((a, b) => a - b) : values
}
