import {
  IconCircle,
  IconFlipHorizontal,
  IconFlipVertical,
  IconFocusCentered,
  IconLine,
  IconMask,
  IconMaximize,
  IconPointer,
  IconPolygon,
  IconSquare,
  type TablerIcon,
} from '@tabler/icons-react'
import { memo, type ReactElement } from 'react'
import type { Orientation } from '../../image/orientation.ts'
import type { ImageTool } from '../../image/region-overlay.tsx'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { MaskButton } from './mask-on-image.tsx'
import type { ChangeSettings, ViewSettings } from './view-settings.ts'

const tools: readonly (readonly [ImageTool, TablerIcon])[] = [
  ['point', IconPointer],
  ['rect', IconSquare],
  ['ellipse', IconCircle],
  ['line', IconLine],
  ['polygon', IconPolygon],
  ['centre', IconFocusCentered],
]
/** The icon shows the mirror; the one of a transposed picture is the diagonal. */
const turns: readonly (readonly [keyof Orientation, TablerIcon, string?])[] = [
  ['isFlippedAcross', IconFlipHorizontal],
  ['isFlippedDown', IconFlipVertical],
  ['isTransposed', IconFlipHorizontal, 'rotate(-45deg)'],
]

export interface ImageToolsProps {
  readonly id: string
  readonly settings: ViewSettings
  readonly onChange: ChangeSettings
  /** Pixels that the detector's mask marks. */
  readonly masked: number
}

function Tools({ id, settings, onChange, masked }: ImageToolsProps): ReactElement {
  return (
    <div className="image-tools" role="toolbar" aria-label={t.detectors.tool}>
      {tools.map(([tool, Icon]) => (
        <Button
          key={tool}
          isIconOnly
          isOn={settings.tool === tool}
          label={t.detectors.tools[tool]}
          icon={<Icon size={18} stroke={1.75} aria-hidden />}
          onPress={() => onChange({ tool, ...(tool === 'centre' ? { hasRings: true } : {}) })}
        />
      ))}
      <MaskButton id={id} />
      <Button
        isIconOnly
        kind="quiet"
        label={t.detectors.fit}
        icon={<IconMaximize size={18} stroke={1.75} aria-hidden />}
        onPress={() => onChange({ region: null })}
      />
      <Button
        isIconOnly
        kind="quiet"
        label={t.detectors.showMask}
        isOn={settings.isMasked && masked > 0}
        disabledReason={masked > 0 ? null : t.detectors.noMask}
        icon={<IconMask size={18} stroke={1.75} aria-hidden />}
        onPress={() => onChange({ isMasked: !settings.isMasked })}
      />
      {turns.map(([turn, Icon, transform]) => (
        <Button
          key={turn}
          isIconOnly
          kind="quiet"
          label={t.detectors.turns[turn]}
          isOn={settings.orientation[turn]}
          icon={<Icon size={18} stroke={1.75} aria-hidden style={{ transform }} />}
          onPress={() =>
            onChange({ orientation: { ...settings.orientation, [turn]: !settings.orientation[turn] } })
          }
        />
      ))}
    </div>
  )
}

/** What a press on the image does, and how the image is looked at. Drawn again only when something of that changed, not with each state. */
export const ImageTools = memo(
  Tools,
  (before, now) =>
    before.id === now.id &&
    before.masked === now.masked &&
    before.onChange === now.onChange &&
    before.settings.tool === now.settings.tool &&
    before.settings.isMasked === now.settings.isMasked &&
    before.settings.orientation === now.settings.orientation,
)
