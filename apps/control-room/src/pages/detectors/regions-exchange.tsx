import type { ImageRoi } from '@beamtime/http-gateway/ui-types'
import { IconCopy, IconDownload, IconUpload } from '@tabler/icons-react'
import { useRef, type ReactElement } from 'react'
import { useControlRoom } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { saveFile } from '../../parts/save-file.ts'
import { t } from '../../text/text.ts'
import { readRegions, regionsText } from './regions-file.ts'

/** Takes regions away as JSON and brings them back. */
export function RegionsExchange({
  id,
  rois,
  onRois,
}: {
  /** Of the detector. */
  readonly id: string
  readonly rois: readonly ImageRoi[]
  readonly onRois: (rois: readonly ImageRoi[]) => void
}): ReactElement {
  const { notices } = useControlRoom()
  const input = useRef<HTMLInputElement>(null)
  const reason = rois.length === 0 ? t.masks.regions.none : null
  const load = async (file: File): Promise<void> => {
    const found = readRegions(await file.text())
    if (found === null) notices.add({ state: 'bad', text: t.masks.regions.notRegions(file.name) })
    else onRois(found)
  }
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const
  return (
    <>
      <Button
        kind="quiet"
        isIconOnly
        isCompact
        label={t.masks.regions.copy}
        disabledReason={reason}
        icon={<IconCopy {...icon} />}
        onPress={() => void navigator.clipboard.writeText(regionsText(id, rois))}
      />
      <Button
        kind="quiet"
        isIconOnly
        isCompact
        label={t.masks.regions.download}
        disabledReason={reason}
        icon={<IconDownload {...icon} />}
        onPress={() => saveFile(`${id}-regions.json`, regionsText(id, rois), 'application/json')}
      />
      <Button
        kind="quiet"
        isIconOnly
        isCompact
        label={t.masks.regions.load}
        icon={<IconUpload {...icon} />}
        onPress={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label={t.masks.regions.load}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          if (file !== undefined) void load(file)
          currentTarget.value = ''
        }}
      />
    </>
  )
}
