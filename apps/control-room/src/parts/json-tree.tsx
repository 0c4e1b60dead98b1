import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState, type ReactElement } from 'react'
import { t } from '../text/text.ts'
import { CopyButton } from './copy-button.tsx'

export interface JsonTreeProps {
  readonly value: unknown
  /** Only entries whose path or value contains this text. */
  readonly filter?: string
}

/** Nested keys and values with a copy of path and value; long lists open in pieces of 100. */
export function JsonTree({ value, filter = '' }: JsonTreeProps): ReactElement {
  return (
    <ul className="json-tree mono" role="tree">
      {entriesOf(value)
        .filter(([key, child]) => matches(key, child, filter))
        .map(([key, child]) => (
          <JsonNode key={key} name={key} path={key} value={child} depth={0} />
        ))}
    </ul>
  )
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function matches(path: string, value: unknown, filter: string): boolean {
  if (filter === '') return true
  return `${path} ${JSON.stringify(value) ?? ''}`.toLowerCase().includes(filter.toLowerCase())
}

interface JsonNodeProps {
  readonly name: string
  readonly path: string
  readonly value: unknown
  readonly depth: number
}

function JsonNode({ name, path, value, depth }: JsonNodeProps): ReactElement {
  const [isOpen, setOpen] = useState(depth < 1)
  const [limit, setLimit] = useState(100)
  const entries = entriesOf(value)
  const isBranch = typeof value === 'object' && value !== null && entries.length > 0
  const isShort =
    Array.isArray(value) && entries.length <= 8 && entries.every(([, child]) => typeof child !== 'object')
  if (!isBranch || isShort)
    return (
      <li role="treeitem" className="json-leaf" style={{ paddingLeft: depth * 16 + 18 }}>
        <span className="json-key">{name}</span>
        <span className="json-value">{shown(value)}</span>
        <span className="json-actions">
          <CopyButton text={() => path} label={t.runs.copyPath} />
          <CopyButton
            text={() => (typeof value === 'string' ? value : JSON.stringify(value))}
            label={t.runs.copyValue}
          />
        </span>
      </li>
    )
  return (
    <li role="treeitem" aria-expanded={isOpen}>
      <button
        type="button"
        className="json-branch"
        style={{ paddingLeft: depth * 16 }}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        <span className="json-key">{name}</span>
        <span className="muted">{Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}</span>
      </button>
      {isOpen ? (
        <ul role="group">
          {entries.slice(0, limit).map(([key, child]) => (
            <JsonNode key={key} name={key} path={`${path}.${key}`} value={child} depth={depth + 1} />
          ))}
          {entries.length > limit ? (
            <li>
              <button
                type="button"
                className="json-branch link"
                style={{ paddingLeft: depth * 16 + 34 }}
                onClick={() => setLimit(limit + 500)}
              >
                {t.runs.moreKeys(entries.length - limit)}
              </button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </li>
  )
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}
