import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../parts/button.tsx'
import { PointsTable } from '../../run/points-table.tsx'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { exportPath } from './export-menu.tsx'

export interface DataTabProps {
  readonly run: LiveRunStore
  readonly stream: string | undefined
  readonly onStream: (stream: string) => void
}

/** Each stream as a table; columns can be chosen. */
export function DataTab({ run, stream, onStream }: DataTabProps): ReactElement {
  const streams = useStore(run.store, (view) => view.snap?.streams ?? [])
  const uid = useStore(run.store, (view) => view.snap?.uid ?? '')
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const shown =
    streams.find((candidate) => candidate.name === stream) ??
    streams.find((candidate) => candidate.name === 'primary') ??
    streams[0]
  if (shown === undefined) return <div className="empty">{t.runs.noRows}</div>
  const scalars = shown.columns.filter((column) => !column.external && column.shape.length === 0)
  const names = scalars.map((column) => column.name)
  const chosen = names.filter((name) => !hidden.has(name))
  return (
    <section className="panel data-tab" aria-label={t.runs.tabs.data}>
      <header className="panel-head">
        <div className="tabs" role="tablist" aria-label={t.runs.stream}>
          {streams.map((candidate) => (
            <button
              key={candidate.name}
              type="button"
              role="tab"
              aria-selected={candidate === shown}
              onClick={() => onStream(candidate.name)}
            >
              {candidate.name} <span className="count">{formatCount(candidate.rows)}</span>
            </button>
          ))}
        </div>
        <span className="grow" />
        <Menu width={240} closeOnItemClick={false}>
          <Menu.Target>
            <Button
              kind="quiet"
              label={t.runs.columnsChosen(chosen.length, names.length)}
              trailing={<IconChevronDown size={14} aria-hidden />}
            />
          </Menu.Target>
          <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
            {names.map((name) => (
              <Menu.Item
                key={name}
                rightSection={hidden.has(name) ? undefined : <IconCheck size={14} aria-hidden />}
                onClick={() => {
                  const next = new Set(hidden)
                  if (!next.delete(name)) next.add(name)
                  setHidden(next)
                }}
              >
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <a className="button quiet" href={exportPath(uid, 'csv', shown.name)} download>
          {t.live.csv}
        </a>
      </header>
      <div className="panel-body flush data-scroll">
        <PointsTable
          run={run}
          stream={shown.name}
          columns={chosen}
          total={null}
          isNewestFirst={false}
          isBare
        />
      </div>
    </section>
  )
}
