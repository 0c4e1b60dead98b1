import { Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { usePref } from '../app/use-control-room.ts'
import { useModels } from '../app/use-models.ts'
import { isPlainObject } from '../net/merge-patch.ts'
import type { NewItem } from './new-item.ts'
import { Button } from '../parts/button.tsx'
import { t } from '../text/text.ts'
import { describeItem } from './describe-item.ts'

/** Values that this user gave to this plan before, newest first. */
export function TemplateMenu({
  planName,
  onChoose,
}: {
  planName: string | undefined
  onChoose: (item: NewItem) => void
}): ReactElement {
  const [recent] = usePref('recent')
  const { modelOf, device } = useModels()
  const list =
    planName === undefined
      ? Object.values(recent).flatMap((items) => items.slice(0, 1))
      : (recent[planName] ?? [])
  const items = list.filter(isNewItem)
  return (
    <Menu width={360}>
      <Menu.Target>
        <Button
          kind="quiet"
          label={t.queue.form.templates}
          trailing={<IconChevronDown size={14} aria-hidden />}
        />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.queue.form.recent}</Menu.Label>
        {items.length === 0 ? <Menu.Item disabled>{t.queue.form.noTemplates}</Menu.Item> : null}
        {items.map((item, index) => {
          const words = describeItem(item, modelOf(item.name), device)
          return (
            <Menu.Item key={index} onClick={() => onChoose(item)}>
              <div className="ellipsis">{words.title}</div>
              <div className="small muted ellipsis">{`${item.name} · ${words.parameters}`}</div>
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}

function isNewItem(value: unknown): value is NewItem {
  return isPlainObject(value) && typeof value['name'] === 'string' && value['item_type'] === 'plan'
}
