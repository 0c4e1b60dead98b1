import type { ReactElement } from 'react'
import { useStore } from 'zustand'
import { CopyButton } from '../parts/copy-button.tsx'
import { Facts } from '../parts/facts.tsx'
import { Panel } from '../parts/panel.tsx'
import type { LiveRunStore } from '../stores/live-run-store.ts'
import { t } from '../text/text.ts'
import { metadataFacts, parameterFacts, summaryFacts } from './summary-facts.ts'

const shownMetadata = 10

/** Parameters and metadata of a run, for the side column. */
export function RunFactsPanels({ run }: { run: LiveRunStore }): ReactElement | null {
  const snap = useStore(run.store, (view) => view.snap)
  if (snap === null) return null
  const metadata = metadataFacts(snap.start)
  const more = metadata.length - shownMetadata
  return (
    <>
      <Panel
        title={t.runs.parameters}
        actions={
          <CopyButton
            label={t.common.copy}
            text={() => JSON.stringify(snap.start['plan_args'] ?? {}, null, 2)}
          />
        }
      >
        <Facts list={[...summaryFacts(snap.summary, undefined), ...parameterFacts(snap.start)]} />
      </Panel>
      {metadata.length === 0 ? null : (
        <Panel
          title={t.runs.metadata}
          actions={more > 0 ? <span className="small muted">{t.runs.moreKeys(more)}</span> : undefined}
        >
          <Facts list={metadata.slice(0, shownMetadata)} />
        </Panel>
      )}
    </>
  )
}
