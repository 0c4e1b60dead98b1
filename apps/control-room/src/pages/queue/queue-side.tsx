import { Drawer } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import { useStore } from 'zustand'
import { useControlRoom, useScope } from '../../app/use-control-room.ts'
import { PlanForm } from '../../form/plan-form.tsx'
import { t } from '../../text/text.ts'
import { Inspector } from './inspector.tsx'
import type { QueueEdits } from './queue-edits.tsx'
import type { QueuePlace } from './queue-place.ts'

export interface QueueSideProps {
  readonly isShown: boolean
  /** On narrow screens it slides over the queue. */
  readonly isDrawer: boolean
  readonly place: QueuePlace
  readonly edits: QueueEdits
  readonly selection: ReadonlySet<string>
  readonly onClose: () => void
}

/** Inspector of an item, or the form for a new or edited plan. */
export function QueueSide(props: QueueSideProps): ReactElement | null {
  const { isShown, isDrawer, onClose } = props
  if (isDrawer)
    return (
      <Drawer
        opened={isShown}
        onClose={onClose}
        position="right"
        size={436}
        withCloseButton={false}
        padding={0}
        title={null}
      >
        <div className="side-drawer">{isShown ? <SideContent {...props} /> : null}</div>
      </Drawer>
    )
  return isShown ? (
    <div className="queue-side">
      <SideContent {...props} />
    </div>
  ) : null
}

function SideContent({ place, edits, selection, onClose }: QueueSideProps): ReactNode {
  const mayEdit = useScope('write:queue:edit')
  const { queue } = useControlRoom()
  const edited = useStore(queue.store, (view) =>
    view.items.find((item) => item.item_uid === place.search.edit),
  )
  if (place.itemUid !== undefined)
    return <Inspector uid={place.itemUid} place={place} edits={edits} onClose={onClose} />
  if (!mayEdit) return <div className="panel empty small">{t.common.noScope('write:queue:edit')}</div>
  const afterUid = [...selection].at(-1)
  return (
    <PlanForm
      key={`${place.search.edit ?? ''} ${place.search.plan ?? ''} ${place.search.item ?? ''}`}
      planName={edited?.name ?? place.search.plan}
      edited={edited ?? null}
      template={place.search.item}
      afterUid={afterUid ?? null}
      edits={edits}
      onPlan={(plan) => place.openForm({ plan })}
      onDone={(item) => {
        if (edited !== undefined && item !== null) place.openItem(item)
      }}
      onClose={onClose}
    />
  )
}
