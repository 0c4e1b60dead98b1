import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine'
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { attachClosestEdge, extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge'
import type { MoveTarget } from '../../stores/queue-state.ts'

export interface RowDragOptions {
  readonly uid: string
  readonly element: HTMLElement
  /** The items that are dragged together with this row. */
  readonly block: () => ReadonlySet<string>
  readonly onStart: () => void
  readonly onDrop: (uids: ReadonlySet<string>, target: MoveTarget) => void
  readonly onEnd: () => void
}

/** Makes a row draggable by its handle and a place to drop others before or behind; the line is drawn by an attribute. */
export function attachRowDrag({ uid, element, block, onStart, onDrop, onEnd }: RowDragOptions): () => void {
  const handle = element.querySelector('[data-drag-handle]')
  return combine(
    draggable({
      element,
      ...(handle === null ? {} : { dragHandle: handle }),
      getInitialData: () => ({ kind: 'queue-row', uids: [...block()] }),
      onDragStart: () => {
        element.dataset['dragging'] = ''
        onStart()
      },
      onDrop: ({ source, location }) => {
        delete element.dataset['dragging']
        const target = location.current.dropTargets[0]
        const anchor = target?.data['uid']
        const edge = target === undefined ? null : extractClosestEdge(target.data)
        onEnd()
        if (typeof anchor !== 'string' || edge === null) return
        const uids = new Set(source.data['uids'] as readonly string[])
        if (!uids.has(anchor)) onDrop(uids, edge === 'top' ? { before_uid: anchor } : { after_uid: anchor })
      },
    }),
    dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data['kind'] === 'queue-row',
      getData: ({ input }) => attachClosestEdge({ uid }, { element, input, allowedEdges: ['top', 'bottom'] }),
      onDrag: ({ self }) => {
        const edge = extractClosestEdge(self.data)
        if (edge === null) delete element.dataset['drop']
        else element.dataset['drop'] = edge
      },
      onDragLeave: () => {
        delete element.dataset['drop']
      },
      onDrop: () => {
        delete element.dataset['drop']
      },
    }),
  )
}
