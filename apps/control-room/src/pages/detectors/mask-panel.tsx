import type { DetectorState } from '@beamtime/http-gateway/ui-types'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMove,
  IconBrush,
  IconPolygon,
  IconSquare,
  type TablerIcon,
} from '@tabler/icons-react'
import { useEffect, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { useControlRoom } from '../../app/use-control-room.ts'
import type { MaskEdit } from '../../image/mask-edit.ts'
import { largestBrush, roiSpans } from '../../image/mask-shapes.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Segments } from '../../parts/segments.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { KeptMasks } from './kept-masks.tsx'
import { isChanged, loadMask, openMask, type MaskPlace, type MaskStore, type MaskTool } from './mask-store.ts'
import { MaskThreshold } from './mask-threshold.tsx'
import { NumberField } from './number-field.tsx'
import { useMaskKeys } from './use-mask-keys.ts'
import type { ViewSettings } from './view-settings.ts'

const tools: readonly (readonly [MaskTool, TablerIcon])[] = [
  ['brush', IconBrush],
  ['rect', IconSquare],
  ['polygon', IconPolygon],
  ['move', IconArrowsMove],
]

export interface MaskPanelProps {
  readonly id: string
  readonly state: DetectorState
  readonly settings: ViewSettings
  readonly store: MaskStore
}

/** Painting of a mask: tools, values, and the masks that are kept. */
export function MaskPanel({ id, state, settings, store }: MaskPanelProps): ReactElement {
  const { http } = useControlRoom()
  const edit = useStore(store, (mask) => mask.edit)
  const error = useStore(store, (mask) => mask.error)
  const hasChanges = useStore(store, isChanged)
  useStore(store, (mask) => mask.revision)
  const { width, height, maskVersion: version } = state
  const place: MaskPlace = { id, http, store, size: { width, height }, version }
  useMaskInUse(place)
  return (
    <Panel
      title={t.masks.title}
      sub={
        edit === null
          ? ''
          : `${t.masks.masked(formatCount(edit.masked))}${hasChanges ? ` · ${t.masks.unsaved}` : ''}`
      }
      className="mask-panel"
      actions={<Button isCompact label={t.masks.done} onPress={() => store.setState({ isOpen: false })} />}
    >
      {edit === null ? (
        <p className="small muted">{error ?? t.masks.loading}</p>
      ) : (
        <>
          <MaskTools edit={edit} store={store} settings={settings} />
          <MaskThreshold id={id} edit={edit} settings={settings} />
          {error === null ? null : <div className="field-error">{error}</div>}
          <KeptMasks place={place} edit={edit} />
        </>
      )}
    </Panel>
  )
}

/** Loads the mask in use at first, and again when another client applied one while nothing is unsaved here. */
function useMaskInUse(place: MaskPlace): void {
  const { store, version } = place
  useEffect(() => {
    const { edit, version: known, ...rest } = store.getState()
    if (edit === null) void openMask(place)
    else if (version !== known && !isChanged(rest)) void loadMask(place, '')
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the place is made anew each time
  }, [store, version, place.id])
}

function MaskTools({
  edit,
  store,
  settings,
}: {
  readonly edit: MaskEdit
  readonly store: MaskStore
  readonly settings: ViewSettings
}): ReactElement {
  const { tool, value, size } = useStore(store)
  const chosen = settings.rois.find(({ id }) => id === settings.selected)
  useMaskKeys(store, edit)
  return (
    <>
      <div className="mask-row" role="toolbar" aria-label={t.masks.toolLabel}>
        {tools.map(([one, Icon]) => (
          <Button
            key={one}
            isIconOnly
            isOn={tool === one}
            label={t.masks.tools[one]}
            icon={<Icon size={18} stroke={1.75} aria-hidden />}
            onPress={() => store.setState({ tool: one })}
          />
        ))}
        <Segments
          label={t.masks.doing}
          value={String(value)}
          options={[
            { value: '1', label: t.masks.paint },
            { value: '0', label: t.masks.erase },
          ]}
          onChange={(next) => store.setState({ value: next === '1' ? 1 : 0 })}
        />
        <span className="grow" />
        <Button
          isIconOnly
          label={t.masks.undo}
          icon={<IconArrowBackUp size={18} stroke={1.75} aria-hidden />}
          disabledReason={edit.canUndo ? null : t.masks.nothingToUndo}
          onPress={() => edit.undo()}
        />
        <Button
          isIconOnly
          label={t.masks.redo}
          icon={<IconArrowForwardUp size={18} stroke={1.75} aria-hidden />}
          disabledReason={edit.canRedo ? null : t.masks.nothingToRedo}
          onPress={() => edit.redo()}
        />
      </div>
      <div className="mask-row">
        <BrushSize size={size} onSize={(next) => store.setState({ size: next })} />
        <span className="grow" />
        <Button
          label={t.masks.addRegion}
          hint={t.masks.addRegionHint}
          disabledReason={chosen === undefined ? t.masks.noRegion : null}
          onPress={() => {
            if (chosen !== undefined) edit.paint(roiSpans(chosen, edit.size), value)
          }}
        />
        <Button label={t.masks.invert} onPress={() => edit.invert()} />
        <Button label={t.masks.clear} onPress={() => edit.clear()} />
      </div>
    </>
  )
}

function BrushSize({
  size,
  onSize,
}: {
  readonly size: number
  readonly onSize: (size: number) => void
}): ReactElement {
  const take = (next: number): void => onSize(Math.min(largestBrush, Math.max(1, Math.round(next))))
  return (
    <div className="mask-brush">
      <NumberField
        label={t.masks.size}
        digits={0}
        value={size}
        onValue={(next) => next !== null && take(next)}
      />
      <input
        type="range"
        min={1}
        max={largestBrush}
        value={size}
        aria-label={t.masks.size}
        onChange={(event) => take(Number(event.currentTarget.value))}
      />
    </div>
  )
}
