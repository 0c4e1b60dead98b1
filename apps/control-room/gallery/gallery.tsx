import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { useState, type ReactElement, type ReactNode } from 'react'
import { createControlRoom } from '../src/app/control-room.ts'
import { ControlRoomContext } from '../src/app/use-control-room.ts'
import { Button } from '../src/parts/button.tsx'
import { DataGrid } from '../src/parts/data-grid.tsx'
import { Facts } from '../src/parts/facts.tsx'
import { Figure } from '../src/parts/figure.tsx'
import { HoldButton } from '../src/parts/hold-button.tsx'
import { JsonTree } from '../src/parts/json-tree.tsx'
import { Panel } from '../src/parts/panel.tsx'
import { Quantity } from '../src/parts/quantity.tsx'
import { Segments } from '../src/parts/segments.tsx'
import { StateChip } from '../src/parts/state-chip.tsx'
import { Failed, Skeleton } from '../src/parts/stateful.tsx'
import { TextField } from '../src/parts/text-field.tsx'
import { Heat2D } from '../src/plot/heat-2d.tsx'
import { heatGrid } from '../src/plot/heat-grid.ts'
import { Plot } from '../src/plot/plot.tsx'
import { staticSource, type PlotLine } from '../src/plot/plot-frame.ts'
import { Sparkline } from '../src/plot/sparkline.tsx'
import { mantineTheme, mantineVariables } from '../src/theme/mantine-theme.ts'
import { ThemeContext } from '../src/theme/theme-context.ts'
import { lineDashes, stateNames, type ThemeName } from '../src/theme/tokens.ts'
import '../src/theme/theme.ts'
import '../src/run/run.css'
import { fakeServer } from './fake-server/fake-transport.ts'
import { scenarios } from './fake-server/world.ts'

/* Every part with made-up data, in one page and one theme at a time, and the list of whole-application scenarios. */
const server = fakeServer({ scenario: 'idle' })
const room = createControlRoom({
  transport: server,
  storage: { getItem: () => null, setItem: () => undefined },
  requestFrame: (callback) => requestAnimationFrame(callback),
})

function line(index: number, phase: number): PlotLine {
  const x = Float64Array.from({ length: 200 }, (_, i) => -1 + i / 100)
  const y = x.map((v) => 1000 * Math.exp(-((v - phase) ** 2) * 12) + 20 * index)
  const dash = lineDashes[index % lineDashes.length] ?? []
  return {
    key: String(index),
    label: `signal ${index + 1}`,
    x,
    y,
    colour: index,
    dash,
    hasPoints: false,
    isMain: true,
  }
}

const several = staticSource({
  lines: [0, 1, 2, 3].map((i) => line(i, -0.6 + i * 0.4)),
  marks: [],
  xRange: null,
})
const large = staticSource({
  lines: [
    {
      ...line(0, 0),
      label: '',
      x: Float64Array.from({ length: 1_000_000 }, (_, i) => i),
      y: Float64Array.from({ length: 1_000_000 }, (_, i) => (i === 543_210 ? 5 : Math.sin(i / 30_000))),
    },
  ],
  marks: [{ x: 543_210, label: 'single point', kind: 'now' }],
  xRange: null,
})
const map = heatGrid(
  {
    shape: [20, 30],
    extents: [
      [-1, 1],
      [0, 3],
    ],
    snaking: true,
  },
  Array.from({ length: 400 }, (_, i) => Math.sin(i / 20) * Math.cos(i / 300)),
)

function Section({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <Panel title={title} style={{ marginBottom: 12 }}>
      <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap', alignItems: 'center' }}>{children}</div>
    </Panel>
  )
}

function Parts(): ReactElement {
  const [scale, setScale] = useState<'lin' | 'log'>('lin')
  return (
    <>
      <Section title="States">
        {stateNames.map((state) => (
          <StateChip key={state} state={state} word={state} />
        ))}
        <StateChip state="attention" word="PAUSED" isFilled />
        <StateChip state="bad" word="FAILED" isFilled />
      </Section>
      <Section title="Buttons">
        <Button kind="primary" label="Start queue" />
        <Button label="Pause" />
        <Button label="Resume" disabledReason="The plan is not paused." />
        <Button label="Working" isBusy />
        <Button label="Follow" isOn />
        <Button kind="quiet" label="Edit" />
        <HoldButton label="Hold: stop plan" isDanger onHold={() => undefined} />
        <Segments
          label="Scale"
          value={scale}
          onChange={setScale}
          options={[
            { value: 'lin', label: 'lin' },
            { value: 'log', label: 'log' },
          ]}
        />
      </Section>
      <Section title="Fields and figures">
        <TextField
          label="Exposure"
          defaultValue="2.00"
          isNumber
          trailing={<span className="suffix">s</span>}
        />
        <TextField label="To" defaultValue="26" isNumber error="sam_x: 26 mm is above the high limit 12.5" />
        <Figure label="Centre" unit="deg">
          −0.0012
        </Figure>
        <Quantity value={480_067} unit="cts" />
        <Quantity value={null} unit="mm" />
        <Sparkline values={[1, 2, 8, 3, 2, 1]} />
        <div style={{ width: 260 }}>
          <Facts
            list={[
              { name: 'Plan', value: 'scan' },
              { name: 'Points', value: '101' },
            ]}
          />
        </div>
      </Section>
      <Section title="Plots">
        <div style={{ width: 560, height: 280 }}>
          <Plot source={several} xLabel="th (deg)" yLabel="diode (cts)" />
        </div>
        <div style={{ width: 560, height: 280 }}>
          <Plot source={large} xLabel="row" yLabel="a million points" />
        </div>
        <div style={{ width: 560, height: 300 }}>
          <Heat2D
            source={{ read: () => map, subscribe: () => () => undefined }}
            map="viridis"
            xLabel="x (mm)"
            yLabel="y (mm)"
            zLabel="signal"
            zUnit="cts"
          />
        </div>
      </Section>
      <Section title="Table of 100 000 rows">
        <div style={{ width: 560, height: 200, display: 'flex' }}>
          <DataGrid
            label="Rows"
            rowCount={100_000}
            rowAt={(index) => index}
            keyOf={String}
            rowHeight={28}
            columns={[
              { key: 'n', header: 'row', width: '80px', align: 'right', cell: (row) => row },
              {
                key: 'v',
                header: 'value',
                width: '1fr',
                align: 'right',
                cell: (row) => (row * 1.5).toFixed(1),
              },
            ]}
          />
        </div>
        <div style={{ width: 400 }}>
          <JsonTree
            value={{ motors: ['th'], hints: { dimensions: [[['th'], 'primary']] }, num_points: 101 }}
          />
        </div>
      </Section>
      <Section title="Loading and failed">
        <div style={{ width: 300 }}>
          <Skeleton rows={4} />
        </div>
        <div style={{ width: 400, height: 200 }}>
          <Failed error={new Error('The catalog file cannot be read.')} onRetry={() => undefined} />
        </div>
      </Section>
      <Section title="The whole application">
        {scenarios.map((scenario) => (
          <a key={scenario} className="link" href={`./app.html?scenario=${scenario}`}>
            {scenario}
          </a>
        ))}
        <a className="link" href="./app.html?scenario=running&slow=3000">
          slow answers
        </a>
        <a className="link" href="./app.html?page=/runs&failing=/api/runs">
          failing answers
        </a>
        <a className="link" href="./app.html?offline=1">
          connection lost
        </a>
      </Section>
    </>
  )
}

function Gallery(): ReactElement {
  const [theme, setTheme] = useState<ThemeName>('dark')
  document.documentElement.dataset['theme'] = theme
  return (
    <ControlRoomContext value={room}>
      <ThemeContext value={theme}>
        <MantineProvider
          theme={mantineTheme}
          cssVariablesResolver={mantineVariables}
          forceColorScheme={theme === 'light' ? 'light' : 'dark'}
        >
          <QueryClientProvider client={room.queries}>
            <main style={{ padding: 12, height: '100vh', overflowY: 'auto' }}>
              <div className="page-bar">
                <h1>Gallery</h1>
                <Segments
                  label="Theme"
                  value={theme}
                  onChange={setTheme}
                  options={[
                    { value: 'dark', label: 'dark' },
                    { value: 'light', label: 'light' },
                    { value: 'contrast', label: 'high contrast' },
                  ]}
                />
              </div>
              <Parts />
            </main>
          </QueryClientProvider>
        </MantineProvider>
      </ThemeContext>
    </ControlRoomContext>
  )
}

const element = document.getElementById('root')
if (element !== null) createRoot(element).render(<Gallery />)
