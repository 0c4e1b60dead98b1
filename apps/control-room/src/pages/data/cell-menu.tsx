import { Menu } from '@mantine/core'
import { IconCheck, IconDotsVertical } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { followsOf, type CellHeadProps } from './cell-props.ts'
import { directions } from './cell-place.ts'
import { overlayTypes } from './plots/plot-types.ts'
import { plainKey } from './output-time.ts'

/** Everything that can be done to one cell. */
export function CellMenu(props: CellHeadProps): ReactElement {
  const { title, store, scale, onScale } = props
  const ndim = useStore(store, ({ output }) => output?.shape.length ?? 0)
  return (
    <Menu width={240} position="bottom-end">
      <Menu.Target>
        <Button
          isCompact
          kind="quiet"
          isIconOnly
          label={t.grids.cellMenu(title)}
          icon={<IconDotsVertical size={14} stroke={1.75} aria-hidden />}
        />
      </Menu.Target>
      <Menu.Dropdown mah={560} style={{ overflowY: 'auto' }}>
        <Menu.Item onClick={() => props.actions.full(props.isFull ? null : props.index)}>
          {props.isFull ? t.grids.fullOff : t.grids.full}
        </Menu.Item>
        <Menu.Item onClick={props.onTable}>{t.plots.asTable}</Menu.Item>
        <Menu.Item onClick={props.onPicture}>{t.grids.savePng}</Menu.Item>
        {props.layers === null ? null : <EditItems {...props} ndim={ndim} />}
        <Menu.Label>{t.grids.follow}</Menu.Label>
        {followsOf(ndim).map(({ axis, hint }) => (
          <Menu.Item
            key={axis}
            closeMenuOnClick={false}
            rightSection={
              scale[axis] ? <IconCheck size={14} role="img" aria-label={t.stateLine.on} /> : undefined
            }
            onClick={() => onScale({ ...scale, [axis]: !scale[axis] })}
          >
            {hint}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => onScale({ ...scale, fit: scale.fit + 1 })}>
          {t.grids.fit}: {t.grids.fitHelp}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Changes of the layout; those who may not change it see why. */
function EditItems(props: CellHeadProps & { readonly ndim: number }): ReactElement {
  const { index, actions, stores, ndim } = props
  const canEdit = useScope('write:manager:control')
  const item = (label: string, act: () => void): ReactElement => (
    <Menu.Item
      key={label}
      disabled={!canEdit}
      title={canEdit ? undefined : t.common.noScope('write:manager:control')}
      onClick={act}
    >
      {label}
    </Menu.Item>
  )
  return (
    <>
      {item(t.grids.rename, () => actions.rename(index))}
      {item(t.grids.settings, () => actions.settings(index))}
      {ndim === 1 ? item(t.data.addLayer, () => actions.addLayer(index)) : null}
      {stores.length < 2
        ? null
        : stores.map(({ key, source }, layer) =>
            item(t.grids.removeLayer(`${source} · ${plainKey(key).split('/').at(-1) ?? ''}`), () =>
              actions.removeLayer(index, layer),
            ),
          )}
      <OverlayItems {...props} item={item} />
      <Menu.Label>{t.grids.move}</Menu.Label>
      {directions.map((direction) => item(t.grids.moves[direction], () => actions.move(index, direction)))}
      {item(t.data.removeCell, () => actions.remove(index))}
      <Menu.Divider />
    </>
  )
}

/** Lines and rectangles over a plot: those that can be drawn, and those that are. */
function OverlayItems({
  index,
  layers,
  actions,
  ndim,
  item,
}: CellHeadProps & {
  readonly ndim: number
  readonly item: (label: string, act: () => void) => ReactElement
}): ReactElement | null {
  if (ndim === 0) return null
  const types = ndim === 1 ? overlayTypes.filter((type) => type !== 'rectangles') : overlayTypes
  const drawn = layers?.filter(({ plot_name: name }) => overlayTypes.some((type) => type === name)) ?? []
  return (
    <>
      <Menu.Label>{t.grids.drawOver}</Menu.Label>
      {types.map((type) => item(t.plots.types[type], () => actions.addOverlay(index, type)))}
      {drawn.map((layer, at) =>
        item(
          `${t.grids.removeLayer(t.plots.types[layer.plot_name as (typeof types)[number]])} ${at + 1}`,
          () => actions.removeOverlay(index, layer),
        ),
      )}
    </>
  )
}
