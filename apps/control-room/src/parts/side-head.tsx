import { IconX } from '@tabler/icons-react'
import type { ReactElement, ReactNode } from 'react'
import { t } from '../text/text.ts'
import { Button } from './button.tsx'

/** Title, actions and close button of a side column. */
export function SideHead({
  title,
  children,
  onClose,
}: {
  title: string
  children?: ReactNode
  onClose: () => void
}): ReactElement {
  return (
    <header className="panel-head">
      <h2 className="ellipsis">{title}</h2>
      <span className="grow" />
      {children}
      <Button
        kind="quiet"
        isIconOnly
        label={t.common.close}
        icon={<IconX size={16} stroke={1.75} aria-hidden />}
        onPress={onClose}
      />
    </header>
  )
}
