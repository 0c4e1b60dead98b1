import type { ServiceState } from '@beamtime/http-gateway/ui-types'
import { useMemo, type ReactElement } from 'react'
import { formatNumber } from '../../text/format-number.ts'
import { formatDuration } from '../../text/format-time.ts'
import { t } from '../../text/text.ts'
import { Plot } from '../../plot/plot.tsx'
import type { PlotSource } from '../../plot/plot-frame.ts'
import type { ServiceHistory, ServiceSamples } from './service-history.ts'

const charts = [
  { key: 'cpu', label: t.services.cpu, unit: '%' },
  { key: 'rss', label: t.services.memory, unit: 'MiB' },
  { key: 'heap', label: t.services.heap, unit: 'MiB' },
  { key: 'lag', label: t.services.loop, unit: 'ms' },
] as const

export interface ServiceChartsProps {
  readonly role: string
  readonly history: ServiceHistory
  readonly sample: ServiceState['sample']
}

/** Small multiples of what a service uses. */
export function ServiceCharts({ role, history, sample }: ServiceChartsProps): ReactElement {
  const newest = {
    cpu: (sample?.cpu ?? Number.NaN) * 100,
    rss: (sample?.rssBytes ?? Number.NaN) / 1_048_576,
    heap: (sample?.heapBytes ?? Number.NaN) / 1_048_576,
    lag: sample?.loopLagMs ?? Number.NaN,
  }
  return (
    <div className="service-charts">
      {charts.map((chart) => (
        <div key={chart.key} className="service-chart">
          <div className="service-chart-head">
            <span>{chart.label}</span>
            <span className="figure">
              {formatNumber(newest[chart.key], { precision: 1 })}
              <span className="unit"> {chart.unit}</span>
            </span>
          </div>
          <Chart role={role} name={chart.key} history={history} label={`${chart.label} (${chart.unit})`} />
        </div>
      ))}
    </div>
  )
}

function agesText(values: readonly number[]): string[] {
  return values.map((value) => (value === 0 ? t.live.now : `−${formatDuration(-value)}`))
}

function Chart({
  role,
  name,
  history,
  label,
}: {
  role: string
  name: keyof ServiceSamples
  history: ServiceHistory
  label: string
}): ReactElement {
  const source = useMemo<PlotSource>(
    () => ({
      read() {
        const samples = history.of(role)
        const now = samples.times.at(-1) ?? 0
        const x = Float64Array.from(samples.times, (time) => (time - now) / 1000)
        const line = {
          key: name,
          label: '',
          x,
          y: Float64Array.from(samples[name]),
          colour: 0,
          dash: [],
          hasPoints: false,
          isMain: true,
        }
        return { lines: [line], marks: [], xRange: [Math.min(-60, x[0] ?? -60), 0] }
      },
      subscribe: (listener) => history.subscribe(listener),
    }),
    [history, role, name],
  )
  return (
    <div className="service-chart-plot">
      <Plot source={source} xLabel="" yLabel={label} xTickTexts={agesText} />
    </div>
  )
}
