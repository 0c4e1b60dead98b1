import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { t } from '../../text/text.ts'
import { CurveOutput } from './curve-output.tsx'
import { NumberOutput } from './number-output.tsx'
import { PictureOutput } from './picture-output.tsx'
import { kindOf, type OutputPlotProps } from './output-kind.ts'

/** An output as a number over time, a curve or a picture, as its data are. */
export function OutputPlot(props: OutputPlotProps): ReactElement {
  const kind = useStore(props.store, ({ output }) => kindOf(output))
  switch (kind) {
    case 'none':
      return <div className="empty">{t.data.waiting}</div>
    case 'no-regions':
      return <div className="empty">{t.data.noRegions}</div>
    case 'number':
      return <NumberOutput {...props} />
    case 'curve':
      return <CurveOutput {...props} />
    case 'picture':
      return <PictureOutput {...props} />
  }
}
