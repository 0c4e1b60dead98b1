import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { Button } from '../../parts/button.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import type { RecordedRun } from './recorded-runs.ts'
import { useRecordedRuns } from './use-recorded-runs.ts'
import type { ChangeSettings, ViewSettings } from './view-settings.ts'

export interface RecordedBarProps {
  readonly id: string
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
}

/** Chooses an image of a file that was written. */
export function RecordedBar({ id, settings, onChange }: RecordedBarProps): ReactElement {
  const runs = useRecordedRuns(id).filter(({ images }) => images > 0)
  const run = runs.find((one) => one.id === settings.run) ?? runs[0]
  if (run === undefined) return <div className="recorded-bar muted">{t.detectors.noRecorded}</div>
  return (
    <div className="recorded-bar">
      <select
        className="select"
        aria-label={t.detectors.recordedRun}
        value={run.id}
        onChange={(event) => onChange({ run: event.currentTarget.value, image: 0 })}
      >
        {runs.map((one) => (
          <option key={one.id} value={one.id}>
            {`${one.name} · ${formatCount(one.images)}`}
          </option>
        ))}
      </select>
      <ImageChooser run={run} image={settings.image} onImage={(image) => onChange({ run: run.id, image })} />
    </div>
  )
}

interface ImageChooserProps {
  readonly run: RecordedRun
  readonly image: number
  readonly onImage: (image: number) => void
}

function ImageChooser({ run, image, onImage }: ImageChooserProps): ReactElement {
  const last = run.images - 1
  const shown = Math.min(image, last)
  return (
    <>
      <Button
        isIconOnly
        isCompact
        label={t.detectors.previousImage}
        disabledReason={shown > 0 ? null : t.detectors.firstImage}
        icon={<IconChevronLeft size={16} stroke={1.75} aria-hidden />}
        onPress={() => onImage(shown - 1)}
      />
      <input
        type="range"
        min={0}
        max={last}
        value={shown}
        aria-label={t.detectors.imageOfRun}
        onChange={(event) => onImage(Number(event.currentTarget.value))}
      />
      <Button
        isIconOnly
        isCompact
        label={t.detectors.nextImage}
        disabledReason={shown < last ? null : t.detectors.lastImage}
        icon={<IconChevronRight size={16} stroke={1.75} aria-hidden />}
        onPress={() => onImage(shown + 1)}
      />
      <span className="num nowrap">
        {t.detectors.imageOf(formatCount(shown + 1), formatCount(run.images))}
      </span>
    </>
  )
}
