import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { LiveText } from '../../../parts/live-text.tsx'
import { t } from '../../../text/text.ts'
import type { Layer } from '../layer-feed.tsx'
import type { OutputPlotProps } from '../output-kind.ts'
import { writeNumber } from './notation.ts'
import { settingsOf, type PlotSettings } from './plot-params.ts'

/** Numbers with their names, in the notation of the layout. */
export function ScalarTable({ stores, layer }: OutputPlotProps): ReactElement {
  const settings = settingsOf(layer)
  return (
    <div className="scalar-table">
      <table>
        <thead>
          <tr>
            <th>{t.plots.name}</th>
            <th className="num">{t.plots.value}</th>
          </tr>
        </thead>
        <tbody>
          {stores.map((one) => (
            <Row key={one.key} of={one} settings={settings} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ of, settings }: { readonly of: Layer; readonly settings: PlotSettings }): ReactElement {
  const unit = useStore(of.store, ({ output }) => output?.unit ?? '')
  return (
    <tr>
      <td>{of.source}</td>
      <td className="num">
        <LiveText store={of.store} select={({ output }) => writeNumber(output?.last ?? null, settings)} />
        <span className="unit"> {unit}</span>
      </td>
    </tr>
  )
}
