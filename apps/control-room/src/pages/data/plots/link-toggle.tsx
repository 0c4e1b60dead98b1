import { IconLink } from '@tabler/icons-react'
import { useEffect, useState, type ReactElement } from 'react'
import { Button } from '../../../parts/button.tsx'
import { t } from '../../../text/text.ts'
import { useStage } from './use-stage.ts'

/** Links cursors and ranges of x of all plots of the page. */
export function LinkToggle(): ReactElement {
  const stage = useStage()
  const [isLinked, setLinked] = useState(false)
  useEffect(() => {
    stage.tell({ kind: 'link', isLinked })
    return () => stage.tell({ kind: 'link', isLinked: false })
  }, [stage, isLinked])
  return (
    <Button
      isOn={isLinked}
      isIconOnly
      label={t.plots.link}
      hint={t.plots.linkHelp}
      icon={<IconLink size={16} stroke={1.75} aria-hidden />}
      onPress={() => setLinked(!isLinked)}
    />
  )
}
