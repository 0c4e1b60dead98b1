import { useMemo, type ReactElement } from 'react'
import { Panel } from '../../parts/panel.tsx'
import type { PlotFrame, PlotSource } from '../../plot/plot-frame.ts'
import { Plot } from '../../plot/plot.tsx'
import { t } from '../../text/text.ts'
import { GroupGrid, useGroupsOf } from './group-tables.tsx'
import { useTopicsStore, type TopicsStore } from './use-topics.ts'

/** How far the readers of a topic are behind, and whether it gets worse. */
export function LagPanel({ topic }: { readonly topic: string }): ReactElement | null {
  const store = useTopicsStore()
  const groups = useGroupsOf(topic)
  const names = groups.map(({ group }) => group.id).join('\n')
  const source = useMemo(
    () => lagSource(store, topic, names === '' ? [] : names.split('\n')),
    [store, topic, names],
  )
  if (groups.length === 0) return null
  return (
    <Panel title={t.streams.lag} sub={t.streams.lagSub(topic)} isFlush className="lag-panel">
      <div className="lag-content">
        <div className="lag-plot">
          <Plot source={source} xLabel="" yLabel={t.streams.lagAxis} xTickTexts={agoTexts} />
        </div>
        <div className="lag-groups">
          <GroupGrid groups={groups} />
        </div>
      </div>
    </Panel>
  )
}

function agoTexts(values: readonly number[]): string[] {
  return values.map((value) => (value === 0 ? t.streams.now : t.streams.minutesAgo(String(-value))))
}

/** Minutes before now over messages behind. */
function lagSource(store: TopicsStore, topic: string, groups: readonly string[]): PlotSource {
  return {
    subscribe: (listener) => store.subscribe(listener),
    read(): PlotFrame {
      const now = Date.now()
      return {
        marks: [],
        xRange: null,
        lines: groups.map((group, index) => {
          const { times, lags } = store.lagOf(topic, group)
          return {
            key: group,
            label: group,
            x: Float64Array.from(times, (time) => (time - now) / 60_000),
            y: Float64Array.from(lags),
            colour: index,
            dash: [],
            hasPoints: false,
            isMain: index === 0,
          }
        }),
      }
    },
  }
}
