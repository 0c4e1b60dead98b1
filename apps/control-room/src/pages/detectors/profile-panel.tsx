import { IconDownload } from '@tabler/icons-react'
import { useMemo, type ReactElement } from 'react'
import type { ImageStore } from '../../image/use-image.ts'
import { useSampled } from '../../image/use-sampled.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { saveFile } from '../../parts/save-file.ts'
import type { PlotSource } from '../../plot/plot-frame.ts'
import { Plot } from '../../plot/plot.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { profileCsv } from './profile-csv.ts'
import { profileLines } from './profile-lines.ts'
import type { ViewSettings } from './view-settings.ts'

/** Values along the lines that are drawn, of the image that is shown. */
export function ProfilePanel({
  id,
  settings,
  store,
}: {
  readonly id: string
  readonly settings: ViewSettings
  readonly store: ImageStore
}): ReactElement | null {
  const { rois, selected } = settings
  const image = useSampled(store, (view) => view.drawn?.image)
  const source = useMemo(
    (): PlotSource => ({
      subscribe: (listener) =>
        store.subscribe((now, before) => {
          if (now.drawn !== before.drawn) listener()
        }),
      read: () => ({
        marks: [],
        xRange: null,
        lines: profileLines(rois, selected, store.getState().drawn?.profiles ?? []),
      }),
    }),
    [rois, selected, store],
  )
  const lines = rois.filter(({ kind }) => kind === 'line')
  if (lines.length === 0) return null
  const save = (): void => {
    const { drawn } = store.getState()
    const line = lines.find((one) => one.id === selected) ?? lines[0]
    const profile = drawn?.profiles.find((one) => one.id === line?.id)
    if (drawn === null || line === undefined || profile === undefined) return
    saveFile(`${id}-line-${line.id}-image-${drawn.image}.csv`, profileCsv(line, profile), 'text/csv')
  }
  return (
    <Panel
      title={t.detectors.profile.title}
      sub={image === undefined ? undefined : t.detectors.profile.sub(formatCount(image))}
      isFlush
      className="profile-panel"
      actions={
        <Button
          isIconOnly
          isCompact
          kind="quiet"
          label={t.detectors.profile.csv}
          disabledReason={image === undefined ? t.detectors.waiting : null}
          icon={<IconDownload size={16} stroke={1.75} aria-hidden />}
          onPress={save}
        />
      }
    >
      <Plot source={source} xLabel={t.detectors.profile.distance} yLabel={t.detectors.profile.value} />
    </Panel>
  )
}
