import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { RunsPage } from '@beamtime/http-gateway/ui-types'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import { t } from '../text/text.ts'
import { lowerPages, pages } from './rail.tsx'
import { actionRules, useQueueAction } from './queue-actions.ts'
import { useModels } from './use-models.ts'
import { useControlRoom, useScope } from './use-control-room.ts'
import './command-palette.css'

/** Ctrl+K: pages, plans to add, runs to find, and the safe actions. What ends a plan is not here: it must be held. */
export function CommandPalette(): ReactElement {
  const navigate = useNavigate()
  const { plans } = useModels()
  const [query, setQuery] = useState('')
  const runs = useFoundRuns(query)
  const start = useQueueAction('start')
  const pause = useQueueAction('pause')
  const resume = useQueueAction('resume')
  const stopAfter = useQueueAction('stopAfter')
  const actions = [
    { rule: 'start', label: t.queue.start, action: start },
    { rule: 'pause', label: t.queue.pause, action: pause },
    { rule: 'resume', label: t.queue.resume, action: resume },
    { rule: 'stopAfter', label: t.queue.stopAfter, action: stopAfter },
  ] as const
  const groups: SpotlightActionGroupData[] = [
    {
      group: t.palette.pages,
      actions: [...pages, ...lowerPages].map((page) => ({
        id: page.to,
        label: page.label,
        onClick: () => void navigate({ to: page.to }),
      })),
    },
    {
      group: t.palette.actions,
      actions: actions
        .filter(({ action }) => action.disabledReason === null)
        .map(({ rule, label, action }) => ({
          id: actionRules[rule].path,
          label,
          onClick: () => void action.run(),
        })),
    },
    {
      group: t.palette.plans,
      actions: plans.map((plan) => ({
        id: `plan-${plan.name}`,
        label: t.palette.addPlan(plan.name),
        description: plan.title,
        onClick: () => void navigate({ to: '/queue/new', search: { plan: plan.name } }),
      })),
    },
    {
      group: t.palette.runs,
      actions: runs.map((run) => ({
        id: `run-${run.uid}`,
        label: [run.scan_id, run.title ?? run.sample ?? run.plan_name]
          .filter((part) => part !== null)
          .join(' '),
        description: run.plan_name,
        keywords: [query],
        onClick: () => void navigate({ to: '/runs/$uid/$tab', params: { uid: run.uid, tab: 'summary' } }),
      })),
    },
  ]
  return (
    <Spotlight
      actions={groups.filter((group) => group.actions.length > 0)}
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod + K']}
      nothingFound={t.palette.nothing}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t.palette.placeholder,
        'aria-label': t.palette.open,
      }}
      scrollable
      maxHeight={420}
      limit={30}
      shadow="none"
      radius={4}
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.5 }}
    />
  )
}

function useFoundRuns(query: string): RunsPage['runs'] {
  const { http } = useControlRoom()
  const mayRead = useScope('read:monitor')
  const wanted = query.trim()
  const found = useQuery({
    queryKey: ['palette-runs', wanted],
    queryFn: ({ signal }) => http.get<RunsPage>(`/runs?limit=5&q=${encodeURIComponent(wanted)}`, signal),
    enabled: mayRead && wanted.length > 1,
  })
  return found.data?.runs ?? []
}
