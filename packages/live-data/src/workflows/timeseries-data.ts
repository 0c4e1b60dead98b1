import type { NumberVector } from '@beamtime/stream-formats'
import { sampleOf, type LogSample, type LogSeries } from '../core/log-series.ts'
import type { LogType } from '../core/stream-message.ts'
import { vector, type DataArray } from '../data/data-array.ts'
import { wireUnit } from '../data/units.ts'
import type { Instrument } from '../instruments/instrument.ts'
import type { JobSetup, Reduction, Workflow } from './workflow.ts'

/** Process variables over time: what came since the last result, and at first what is known already. */
export function timeseriesData(instrument: Instrument): Workflow {
  return {
    service: 'timeseries',
    name: 'timeseries_data',
    version: 1,
    title: 'Timeseries',
    description: 'Values of a device or sensor over time.',
    group: 'Devices and sensors',
    sources: [...instrument.logs, ...instrument.devices].map(({ stream }) => stream),
    parameters: {},
    auxSources: {},
    contextStreams: () => [],
    outputs: () => [
      {
        name: 'delta',
        kind: 'series',
        title: 'Value',
        description: 'Samples since the last update.',
        ndim: 1,
        unit: '',
      },
    ],
    supportsReset: false,
    isDefault: true,
    create: timeseriesReduction,
  }
}

const maxPending = 10_000

function timeseriesReduction({ source, history }: JobSetup): Reduction {
  const known = history(source)
  let pending: LogSample[] = [...(known?.samples.slice(-maxPending) ?? [])]
  let latestNs = pending.at(-1)?.timeNs ?? null
  return {
    hasHistory: pending.length > 0,
    accept(message) {
      if (message.kind !== 'log') return false
      if (latestNs !== null && message.timeNs <= latestNs) return false
      latestNs = message.timeNs
      pending.push(sampleOf(message))
      if (pending.length > maxPending) pending.splice(0, pending.length - maxPending)
      return true
    },
    finalize() {
      const series = history(source)
      if (pending.length === 0 || series === undefined) return []
      const array = deltaArray(pending, series)
      pending = []
      return [{ name: 'delta', array }]
    },
    clear() {
      pending = []
    },
  }
}

function deltaArray(samples: readonly LogSample[], series: LogSeries): DataArray {
  const over = (values: NumberVector, unit: string | null) => vector('time', values, unit)
  const unit = wireUnit(series.unit)
  return {
    label: series.stream,
    signal: over(valuesOf(samples, series.type), unit),
    coords: {
      time: over(
        BigInt64Array.from(samples, (sample) => sample.timeNs),
        'datetime64[ns]',
      ),
      ...(samples.every((sample) => sample.target !== undefined)
        ? {
            target: over(
              Float64Array.from(samples, (sample) => sample.target ?? Number.NaN),
              unit,
            ),
          }
        : {}),
      ...(samples.every((sample) => sample.idle !== undefined)
        ? {
            idle: over(
              Int32Array.from(samples, (sample) => sample.idle ?? 0),
              null,
            ),
          }
        : {}),
    },
  }
}

function valuesOf(samples: readonly LogSample[], type: LogType): NumberVector {
  const numbers = samples.map((sample) => sample.value)
  switch (type) {
    case 'int32':
      return Int32Array.from(numbers)
    case 'int64':
      return BigInt64Array.from(numbers, (value) => BigInt(Math.trunc(value)))
    case 'float32':
      return Float32Array.from(numbers)
    case 'float64':
      return Float64Array.from(numbers)
  }
}
