import type { RunsPage } from '@beamtime/http-gateway/ui-types'
import type { ReactElement } from 'react'
import { Skeleton } from '../../parts/stateful.tsx'
import { formatCount } from '../../text/format-number.ts'
import { t } from '../../text/text.ts'
import { hasTerm, toggleTerm, type SearchWords } from './search-words.ts'

const groups = ['status', 'plan', 'sample', 'user'] as const
const perGroup = 6

export interface FacetsProps {
  readonly facets: RunsPage['facets']
  readonly words: SearchWords
  readonly onWords: (words: SearchWords) => void
}

/** The most frequent values with their counts; a tick adds the word to the search. */
export function Facets({ facets, words, onWords }: FacetsProps): ReactElement {
  return (
    <aside className="panel facets" aria-label={t.common.filter}>
      {facets === undefined ? <Skeleton rows={10} /> : null}
      {groups.map((name) => {
        const values = (facets?.[name] ?? []).filter(({ value }) => value !== '').slice(0, perGroup)
        if (values.length === 0) return null
        return (
          <fieldset key={name}>
            <legend>{t.runs.facets[name] ?? name}</legend>
            {values.map(({ value, count }) => (
              <label key={value}>
                <input
                  type="checkbox"
                  className="check"
                  checked={hasTerm(words, { name, value })}
                  onChange={() => onWords(toggleTerm(words, { name, value }))}
                />
                <span className="ellipsis grow" title={value}>
                  {name === 'status' ? (t.runs.status[value] ?? value) : value}
                </span>
                <span className="small muted num">{formatCount(count)}</span>
              </label>
            ))}
          </fieldset>
        )
      })}
    </aside>
  )
}
