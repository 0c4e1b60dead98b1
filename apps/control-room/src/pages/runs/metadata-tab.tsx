import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { JsonTree } from '../../parts/json-tree.tsx'
import { Panel } from '../../parts/panel.tsx'
import type { LiveRunStore } from '../../stores/live-run-store.ts'
import { t } from '../../text/text.ts'
import { textOf } from '../../text/text-of.ts'

/** Start, stop and descriptors as trees. */
export function MetadataTab({ run }: { run: LiveRunStore }): ReactElement | null {
  const snap = useStore(run.store, (view) => view.snap)
  const [filter, setFilter] = useState('')
  if (snap === null) return null
  const parts = [
    { name: 'start', value: snap.start },
    { name: 'stop', value: snap.stop ?? {} },
    ...snap.descriptors.map((descriptor) => ({
      name: `descriptor ${textOf(descriptor['name'])}`,
      value: descriptor,
    })),
  ]
  return (
    <div className="metadata-tab">
      <div className="field metadata-filter">
        <input
          data-page-filter=""
          aria-label={t.runs.filterKeys}
          placeholder={t.runs.filterKeys}
          value={filter}
          autoComplete="off"
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      <div className="metadata-parts">
        {parts.map((part) => (
          <Panel key={part.name} title={part.name}>
            <JsonTree value={part.value} filter={filter} />
          </Panel>
        ))}
      </div>
    </div>
  )
}
