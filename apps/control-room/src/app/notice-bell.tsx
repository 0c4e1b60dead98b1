import { Popover } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { useStore } from 'zustand'
import { Button } from '../parts/button.tsx'
import { StateGlyph } from '../parts/state-glyph.tsx'
import { formatMoment } from '../text/format-time.ts'
import { t } from '../text/text.ts'
import { useControlRoom } from './use-control-room.ts'

/** Everything that was refused or has failed since the page was opened. */
export function NoticeBell(): ReactElement {
  const { notices, serverNow } = useControlRoom()
  const list = useStore(notices.store, (state) => state.list)
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={360}>
      <Popover.Target>
        <button
          type="button"
          className="button quiet bell"
          aria-label={t.stateLine.notices(list.length)}
          onClick={() => setOpen(!isOpen)}
        >
          <IconBell size={18} stroke={1.75} aria-hidden />
          {list.length > 0 ? <span className="num">{list.length}</span> : null}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {list.length === 0 ? <div className="empty small">{t.stateLine.noNotices}</div> : null}
        <ul className="notice-list">
          {list.map((notice) => (
            <li key={notice.id}>
              <StateGlyph state={notice.state} />
              <span className="grow notice-text">{notice.text}</span>
              <span className="small muted num">{formatMoment(notice.timeMs, serverNow())}</span>
            </li>
          ))}
        </ul>
        {list.length === 0 ? null : (
          <Button kind="quiet" isBlock label={t.stateLine.clearNotices} onPress={() => notices.clear()} />
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
