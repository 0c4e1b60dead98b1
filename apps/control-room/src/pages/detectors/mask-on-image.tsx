import { IconBrush } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { MaskLayer, type MaskLayerProps } from '../../image/mask-layer.tsx'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { maskStoreOf } from './mask-store.ts'

/** Opens and ends the work on the mask. */
export function MaskButton({ id }: { readonly id: string }): ReactElement {
  const store = maskStoreOf(id)
  const isOpen = useStore(store, (mask) => mask.isOpen)
  return (
    <Button
      isIconOnly
      isOn={isOpen}
      label={t.masks.edit}
      icon={<IconBrush size={18} stroke={1.75} aria-hidden />}
      onPress={() => store.setState({ isOpen: !isOpen })}
    />
  )
}

/** The mask that is worked on, over the image. */
export function MaskOnImage({
  id,
  ...place
}: { readonly id: string } & Pick<MaskLayerProps, 'place' | 'onProbe' | 'onZoom'>): ReactElement | null {
  const { isOpen, edit, tool, value, size } = useStore(maskStoreOf(id))
  return isOpen && edit !== null ? <MaskLayer {...place} {...{ edit, tool, value, size }} /> : null
}
