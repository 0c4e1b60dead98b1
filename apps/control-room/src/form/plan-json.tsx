import { useState, type ReactElement } from 'react'
import { isPlainObject } from '../net/merge-patch.ts'
import type { NewItem } from './new-item.ts'
import { t } from '../text/text.ts'
import { FieldError } from './field-input.tsx'

/** The item as JSON text; what parses is taken at once, what does not stays as typed. */
export function PlanJson({
  item,
  onChange,
}: {
  item: NewItem
  onChange: (item: NewItem) => void
}): ReactElement {
  const [text, setText] = useState(() => JSON.stringify(item, null, 2))
  const [isBad, setBad] = useState(false)
  return (
    <div>
      <label className="field-label" htmlFor="plan-json">
        {t.queue.form.jsonTitle}
      </label>
      <textarea
        id="plan-json"
        className="field mono"
        rows={22}
        spellCheck={false}
        value={text}
        data-invalid={isBad ? '' : undefined}
        onChange={(event) => {
          setText(event.target.value)
          const parsed = itemOf(event.target.value, item)
          setBad(parsed === null)
          if (parsed !== null) onChange(parsed)
        }}
      />
      {isBad ? <FieldError text={t.queue.form.jsonBad} /> : null}
    </div>
  )
}

function itemOf(text: string, old: NewItem): NewItem | null {
  try {
    const value: unknown = JSON.parse(text)
    return isPlainObject(value)
      ? { ...value, item_type: 'plan', name: typeof value['name'] === 'string' ? value['name'] : old.name }
      : null
  } catch {
    return null
  }
}
