import { useState, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { MaskEdit } from '../../image/mask-edit.ts'
import { errorText } from '../../net/http-client.ts'
import { Button } from '../../parts/button.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { maskPath } from './mask-store.ts'
import { NumberField } from './number-field.tsx'
import type { ViewSettings } from './view-settings.ts'

const mostImages = 32

/** Masks dead and hot pixels: those whose values lie beyond limits in every one of some images. */
export function MaskThreshold({
  id,
  edit,
  settings,
}: {
  readonly id: string
  readonly edit: MaskEdit
  readonly settings: ViewSettings
}): ReactElement {
  const { http } = useControlRoom()
  const [below, setBelow] = useState<number | null>(null)
  const [above, setAbove] = useState<number | null>(null)
  const [images, setImages] = useState(10)
  const [isBusy, setBusy] = useState(false)
  const [told, setTold] = useState<{ readonly text: string; readonly isError: boolean } | null>(null)
  const add = async (): Promise<void> => {
    setBusy(true)
    setTold(null)
    try {
      const query = { ...boundsOf(below, above), images: String(images), ...shownImage(settings) }
      const marks = new Uint8Array(await http.bytes(maskPath(id, query, '/threshold')))
      const found = marks.reduce((sum, one) => sum + one, 0)
      const fits = edit.add(marks)
      setTold({ text: fits ? t.masks.added(formatCount(found)) : t.masks.otherSize(0, 0), isError: !fits })
    } catch (error) {
      setTold({ text: errorText(error), isError: true })
    }
    setBusy(false)
  }
  return (
    <div className="mask-block">
      <h3 className="files-head">{t.masks.threshold}</h3>
      <div className="mask-row mask-bounds">
        <NumberField
          canBeEmpty
          digits={digitsOf(below)}
          label={t.masks.below}
          value={below}
          onValue={setBelow}
        />
        <NumberField
          canBeEmpty
          digits={digitsOf(above)}
          label={t.masks.above}
          value={above}
          onValue={setAbove}
        />
        <NumberField
          label={t.masks.images}
          digits={0}
          value={images}
          onValue={(next) => next !== null && setImages(Math.min(mostImages, Math.max(1, Math.round(next))))}
        />
        <Button
          label={t.masks.addPixels}
          isBusy={isBusy}
          disabledReason={below === null && above === null ? t.masks.needsBound : null}
          onPress={() => void add()}
        />
      </div>
      {told === null ? null : (
        <div className={told.isError ? 'field-error' : 'small muted'} role="status">
          {told.text}
        </div>
      )}
    </div>
  )
}

function digitsOf(value: number | null): number {
  return value === null || Number.isInteger(value) ? 0 : 3
}

function boundsOf(below: number | null, above: number | null): Readonly<Record<string, string>> {
  return {
    ...(below === null ? {} : { below: String(below) }),
    ...(above === null ? {} : { above: String(above) }),
  }
}

/** The image of the past that is looked at; else new ones are taken. */
function shownImage({ mode, held, run, image }: ViewSettings): Readonly<Record<string, string>> {
  if (mode === 'recorded') return { mode, run: run === '' ? 'current' : run, image: String(image) }
  return mode === 'pause' && held !== null ? { mode: 'held', image: String(held) } : {}
}
