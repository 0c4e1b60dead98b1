import { Menu, Modal } from '@mantine/core'
import { IconCheck, IconDots } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useReport } from '../../app/queue-actions.ts'
import { useControlRoom, useScope, useStatus } from '../../app/use-control-room.ts'
import { isPlainObject } from '../../net/merge-patch.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import type { QueueEdits } from './queue-edits.tsx'
import { contentOf, type NewItem } from '../../form/new-item.ts'

type Dialog = 'none' | 'paste' | 'clear' | 'clearHistory'

/** Modes of the queue, stop instruction, copy and paste of items, clear. */
export function QueueMenu({ edits, tab }: { edits: QueueEdits; tab: 'queue' | 'history' }): ReactElement {
  const { http, queue } = useControlRoom()
  const report = useReport()
  const [dialog, setDialog] = useState<Dialog>('none')
  const loop = useStatus((status) => status?.plan_queue_mode?.loop === true)
  const ignore = useStatus((status) => status?.plan_queue_mode?.ignore_failures === true)
  const autostart = useStatus((status) => status?.queue_autostart_enabled === true)
  const length = useStatus((status) => status?.items_in_queue ?? 0)
  const mayControl = useScope('write:queue:control')
  const mayEdit = useScope('write:queue:edit')
  const mayClearHistory = useScope('write:history:edit')
  const send = (path: string, body: unknown): void => void http.post(path, body).catch(report)
  const mark = (isOn: boolean): ReactElement | undefined =>
    isOn ? <IconCheck size={16} aria-hidden /> : undefined
  return (
    <>
      <Menu width={300}>
        <Menu.Target>
          <Button kind="quiet" isIconOnly label={t.queue.menu} icon={<IconDots size={18} aria-hidden />} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            disabled={!mayControl}
            rightSection={mark(autostart)}
            onClick={() => send('/queue/autostart', { enable: !autostart })}
          >
            {t.queue.autostart}
          </Menu.Item>
          <Menu.Item
            disabled={!mayControl}
            rightSection={mark(loop)}
            onClick={() => send('/queue/mode/set', { mode: { loop: !loop } })}
          >
            {t.queue.loop}
          </Menu.Item>
          <Menu.Item
            disabled={!mayControl}
            rightSection={mark(ignore)}
            onClick={() => send('/queue/mode/set', { mode: { ignore_failures: !ignore } })}
          >
            {t.queue.ignoreFailures}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            disabled={!mayEdit}
            onClick={() => void edits.add({ item_type: 'instruction', name: 'queue_stop' }, { pos: 'back' })}
          >
            {t.queue.addStop}
          </Menu.Item>
          <Menu.Item disabled={!mayEdit} onClick={() => setDialog('paste')}>
            {t.queue.paste}
          </Menu.Item>
          <Menu.Item
            disabled={length === 0}
            onClick={() =>
              void navigator.clipboard.writeText(
                JSON.stringify(queue.store.getState().items.map(contentOf), null, 2),
              )
            }
          >
            {t.queue.copyAll}
          </Menu.Item>
          <Menu.Divider />
          {tab === 'queue' ? (
            <Menu.Item disabled={!mayEdit || length === 0} onClick={() => setDialog('clear')}>
              {t.queue.clear}
            </Menu.Item>
          ) : (
            <Menu.Item disabled={!mayClearHistory} onClick={() => setDialog('clearHistory')}>
              {t.queue.clearHistory}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <PasteDialog isOpen={dialog === 'paste'} edits={edits} onClose={() => setDialog('none')} />
      <ConfirmDialog
        isOpen={dialog === 'clear' || dialog === 'clearHistory'}
        title={dialog === 'clear' ? t.queue.clear : t.queue.clearHistory}
        text={dialog === 'clear' ? t.queue.clearConfirm(length) : t.queue.clearHistory}
        onClose={() => setDialog('none')}
        onConfirm={() => (dialog === 'clear' ? void edits.clear() : send('/history/clear', {}))}
      />
    </>
  )
}

interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly title: string
  readonly text: string
  readonly onClose: () => void
  readonly onConfirm: () => void
}

function ConfirmDialog({ isOpen, title, text, onClose, onConfirm }: ConfirmDialogProps): ReactElement {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size={400}>
      <p>{text}</p>
      <div className="dialog-actions">
        <Button label={t.common.cancel} onPress={onClose} />
        <Button
          kind="danger"
          label={t.queue.clearDo}
          onPress={() => {
            onConfirm()
            onClose()
          }}
        />
      </div>
    </Modal>
  )
}

/** One item or a list of items in JSON, else null. */
export function itemsFromText(text: string): readonly NewItem[] | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const items = list.flatMap((entry) => {
    if (!isPlainObject(entry) || typeof entry['name'] !== 'string') return []
    const type = entry['item_type'] === 'instruction' ? 'instruction' : 'plan'
    return [contentOf({ ...entry, item_type: type, name: entry['name'] })]
  })
  return items.length === list.length && items.length > 0 ? items : null
}

function PasteDialog({
  isOpen,
  edits,
  onClose,
}: {
  isOpen: boolean
  edits: QueueEdits
  onClose: () => void
}): ReactElement {
  const [text, setText] = useState('')
  const [isBad, setBad] = useState(false)
  const add = async (): Promise<void> => {
    const items = itemsFromText(text)
    setBad(items === null)
    if (items !== null && (await edits.addMany(items))) {
      setText('')
      onClose()
    }
  }
  return (
    <Modal opened={isOpen} onClose={onClose} title={t.queue.paste} size={560}>
      <label className="field-label" htmlFor="paste-items">
        {t.queue.pasteHelp}
      </label>
      <textarea
        id="paste-items"
        className="field mono"
        rows={12}
        value={text}
        data-invalid={isBad ? '' : undefined}
        onChange={(event) => setText(event.target.value)}
      />
      {isBad ? <div className="field-error">{t.queue.pasteBad}</div> : null}
      <div className="dialog-actions">
        <Button label={t.common.cancel} onPress={onClose} />
        <Button kind="primary" label={t.queue.pasteAdd} onPress={() => void add()} />
      </div>
    </Modal>
  )
}
