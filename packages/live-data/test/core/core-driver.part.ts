import {
  da00,
  decodeVariable,
  encodeVariable,
  ev44,
  f144,
  x5f2,
  type NumberVector,
} from '@beamtime/stream-formats'
import { decodeDataArray } from '../../src/data/da00-result.ts'
import type { DataArray } from '../../src/data/data-array.ts'
import { LiveDataCore, type CoreAction, type CoreOptions } from '../../src/core/live-data-core.ts'
import { serviceStreams } from '../../src/core/service-streams.ts'
import { streamTable } from '../../src/core/stream-table.ts'
import { instrumentNamed } from '../../src/instruments/registry.ts'
import { noGeometry } from '../../src/service/geometry-files.ts'
import { workflowsOf } from '../../src/workflows/catalog.ts'
import type { GeometricScreens } from '../../src/workflows/detector-view.ts'
import type { ServiceName } from '../../src/workflows/workflow.ts'

export const T = 1_700_000_000_000_000_000n
export const second = 1_000_000_000n
export const pulse = 71_428_571n

export interface Told {
  readonly results: readonly {
    readonly name: Record<string, unknown>
    readonly text: string
    readonly timestampNs: bigint
    readonly array: DataArray
    readonly bytes: Uint8Array
    readonly nicos: Uint8Array | null
  }[]
  readonly answers: readonly Record<string, unknown>[]
  readonly status: readonly { readonly serviceId: string; readonly json: string }[]
}

/** A service without sockets, driven with made-up time. */
export function driver(
  instrumentName: string,
  service: ServiceName,
  options: Partial<CoreOptions> & {
    readonly dev?: boolean
    readonly geometricScreens?: GeometricScreens
  } = {},
) {
  const instrument = instrumentNamed(instrumentName)
  const workflows = workflowsOf(instrument, options.geometricScreens ?? noGeometry)
  const table = streamTable(instrument, { dev: options.dev ?? true })
  const { wants } = serviceStreams(service, { instrument, table, workflows })
  let id = 0
  const core = new LiveDataCore({
    instrument,
    service,
    workflows,
    table,
    wants,
    reporter: { version: '26.8.0', host: 'host', pid: 42 },
    workerId: 'worker',
    newId: () => `id-${(id += 1)}`,
    startedAtMs: Number(T / 1_000_000n),
    ...options,
  })
  let timeNs = T
  const nowMs = (): number => Number(timeNs / 1_000_000n)
  const command = (body: unknown, key: string | null = null): Told =>
    told(
      core.step({
        kind: 'command',
        record: {
          key: key === null ? null : Buffer.from(key),
          value: typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body)),
        },
        nowMs: nowMs(),
      }),
    )
  const send = (topic: string, value: Uint8Array): Told =>
    told(core.step({ kind: 'records', records: [{ topic, value, timestampMs: nowMs() }], nowMs: nowMs() }))
  const tick = (): Told => told(core.step({ kind: 'tick', nowMs: nowMs() }))
  return {
    core,
    command,
    send,
    tick,
    roi: (value: Uint8Array): Told => told(core.step({ kind: 'roi', value, nowMs: nowMs() })),
    stop: (): Told => told(core.step({ kind: 'stop', error: null, nowMs: nowMs() })),
    now: () => timeNs,
    start: (workflow: string, source: string, params: unknown = {}, more: object = {}): Told =>
      command({
        kind: 'workflow_config',
        identifier: { instrument: instrumentName, name: workflow, version: 1 },
        message_id: 'message',
        job_id: { source_name: source, job_number: 'number' },
        schedule: { start_time: null, end_time: null },
        aux_source_names: {},
        params,
        ...more,
      }),
    /** Sends what `make` gives, pulse by pulse, for so many seconds; all that was told meanwhile. */
    run(
      seconds: number,
      make: (timeNs: bigint, index: number) => readonly (readonly [topic: string, value: Uint8Array])[],
    ): Told {
      const parts: Told[] = []
      const until = timeNs + BigInt(Math.round(seconds * 1e9))
      for (let index = 0; timeNs < until; index++) {
        for (const [topic, value] of make(timeNs, index)) parts.push(send(topic, value))
        timeNs += pulse
        parts.push(tick())
      }
      return merge(parts)
    },
  }
}

export function merge(parts: readonly Told[]): Told {
  return {
    results: parts.flatMap(({ results }) => results),
    answers: parts.flatMap(({ answers }) => answers),
    status: parts.flatMap(({ status }) => status),
  }
}

function told(actions: readonly CoreAction[]): Told {
  return {
    results: actions.flatMap((action) => {
      if (action.kind !== 'result') return []
      const { value: bytes, nicos } = action.message
      const { sourceName: text, timestampNs, array } = decodeDataArray(bytes)
      return [{ name: JSON.parse(text) as Record<string, unknown>, text, timestampNs, array, bytes, nicos }]
    }),
    answers: actions.flatMap((action) =>
      action.kind === 'answer' ? [JSON.parse(action.value) as Record<string, unknown>] : [],
    ),
    status: actions.flatMap((action) => {
      if (action.kind !== 'status') return []
      const { service_id, status_json } = x5f2.decode(action.value)
      return [{ serviceId: service_id ?? '', json: status_json ?? '' }]
    }),
  }
}

/** The last result of an output. */
export function last(some: Told, output: string) {
  const found = some.results.findLast(({ name }) => name['output_name'] === output)
  if (found === undefined)
    throw new Error(
      `no result ${output}, only ${[...new Set(some.results.map(({ name }) => name['output_name']))].join(', ')}`,
    )
  return found
}

export function numbers(array: DataArray): number[] {
  return Array.from(array.signal.values as ArrayLike<number | bigint>, Number)
}

export function sumOf(array: DataArray): number {
  return numbers(array).reduce((all, each) => all + each, 0)
}

export function events(
  source: string,
  timeNs: bigint,
  toa: readonly number[],
  pixel: readonly number[] = toa.map(() => 1),
): Uint8Array {
  return ev44.encode({
    source_name: source,
    message_id: 0n,
    reference_time: BigInt64Array.of(timeNs),
    reference_time_index: Int32Array.of(0),
    time_of_flight: Int32Array.from(toa),
    pixel_id: Int32Array.from(pixel),
  })
}

export function logValue(source: string, timestamp: bigint, value: number): Uint8Array {
  return f144.encode({ source_name: source, timestamp, value: { kind: 'Double', table: { value } } })
}

export function dataArray(
  source: string,
  timestamp: bigint,
  variables: readonly {
    name: string
    unit: string | null
    axes: readonly string[]
    shape?: readonly number[]
    values: NumberVector
  }[],
): Uint8Array {
  return da00.encode({
    source_name: source,
    timestamp,
    data: variables.map(({ name, unit, axes, values, shape = axes.length === 0 ? [] : [values.length] }) =>
      encodeVariable({ name, unit, label: null, axes, shape, data: { kind: 'numbers', values } }),
    ),
  })
}

export { decodeVariable }
