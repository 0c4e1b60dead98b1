import type { HistoryPage } from '@beamtime/http-gateway/ui-types'
import { useNavigate } from '@tanstack/react-router'
import { IconRefresh } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useReport } from '../../app/queue-actions.ts'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { contentOf } from '../../form/new-item.ts'
import { textOf } from '../../text/text-of.ts'

/** Opens the plan form filled as for this run: from its queue item, found in the history by the run. */
export function RepeatButton({
  start,
  label,
}: {
  start: Readonly<Record<string, unknown>> | undefined
  label: string
}): ReactElement {
  const { http } = useControlRoom()
  const navigate = useNavigate()
  const report = useReport()
  const mayEdit = useScope('write:queue:edit')
  const [isBusy, setBusy] = useState(false)
  const repeat = async (): Promise<void> => {
    setBusy(true)
    try {
      const uid = textOf(start?.['uid'])
      const plan = textOf(start?.['plan_name'])
      const page = await http.get<HistoryPage>(`/queue/history?limit=500&plan=${encodeURIComponent(plan)}`)
      const item = page.items.find((candidate) => candidate.result.run_uids.includes(uid))
      if (item === undefined) return report(new Error(t.runs.cannotRepeat))
      await navigate({ to: '/queue/new', search: { plan, item: JSON.stringify(contentOf(item)) } })
    } catch (error) {
      report(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button
      label={label}
      icon={<IconRefresh size={16} stroke={1.75} aria-hidden />}
      isBusy={isBusy}
      disabledReason={
        start === undefined ? t.common.loading : mayEdit ? null : t.common.noScope('write:queue:edit')
      }
      onPress={() => void repeat()}
    />
  )
}
