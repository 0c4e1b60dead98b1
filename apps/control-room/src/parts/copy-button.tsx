import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { t } from '../text/text.ts'
import { Button } from './button.tsx'

/** Copies the text and says so for two seconds. */
export function CopyButton({
  text,
  label,
  isIconOnly = true,
}: {
  text: () => string
  label: string
  isIconOnly?: boolean
}): ReactElement {
  const [isDone, setDone] = useState(false)
  return (
    <Button
      kind="quiet"
      isCompact
      isIconOnly={isIconOnly}
      label={isDone ? t.common.copied : label}
      icon={
        isDone ? (
          <IconCheck size={16} stroke={1.75} aria-hidden />
        ) : (
          <IconCopy size={16} stroke={1.75} aria-hidden />
        )
      }
      onPress={() => {
        void navigator.clipboard.writeText(text()).then(() => {
          setDone(true)
          setTimeout(() => setDone(false), 2_000)
          return undefined
        })
      }}
    />
  )
}
