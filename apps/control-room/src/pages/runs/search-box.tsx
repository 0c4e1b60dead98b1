import { Menu } from '@mantine/core'
import { IconChevronDown, IconSearch, IconX } from '@tabler/icons-react'
import { useEffect, useState, type ReactElement } from 'react'
import { usePref } from '../../app/use-control-room.ts'
import { Button } from '../../parts/button.tsx'
import { t } from '../../text/text.ts'
import { parseSearch, printSearch, printTerm, toggleTerm, type SearchWords } from './search-words.ts'

export interface SearchBoxProps {
  readonly words: SearchWords
  readonly onWords: (words: SearchWords) => void
  readonly isDisabled: boolean
}

/** Terms as chips, text beside them; a term that is typed becomes a chip with the next space. */
export function SearchBox({ words, onWords, isDisabled }: SearchBoxProps): ReactElement {
  const [text, setText] = useState(words.text)
  useEffect(() => setText(words.text), [words.text])
  useEffect(() => {
    if (text === words.text) return undefined
    const timer = setTimeout(() => onWords({ ...words, text }), 250)
    return () => clearTimeout(timer)
  }, [text, words, onWords])
  const take = (typed: string): void => {
    const parsed = parseSearch(typed)
    if (parsed.terms.length === 0) return setText(typed)
    onWords({ terms: [...words.terms, ...parsed.terms], text: parsed.text })
    setText(parsed.text)
  }
  return (
    <>
      <div className="field runs-search" role="search">
        <IconSearch size={16} aria-hidden />
        {words.terms.map((term) => (
          <span key={printTerm(term)} className="chip-token">
            {printTerm(term)}
            <button
              type="button"
              aria-label={t.common.remove(printTerm(term))}
              onClick={() => onWords(toggleTerm(words, term))}
            >
              <IconX size={12} aria-hidden />
            </button>
          </span>
        ))}
        <input
          data-page-filter=""
          aria-label={t.runs.search}
          placeholder={t.runs.placeholder}
          autoComplete="off"
          spellCheck={false}
          value={text}
          disabled={isDisabled}
          onChange={(event) =>
            event.target.value.endsWith(' ') ? take(event.target.value) : setText(event.target.value)
          }
          onKeyDown={(event) => {
            if (event.key === 'Enter') take(`${text} `)
            const last = words.terms.at(-1)
            if (event.key === 'Backspace' && text === '' && last !== undefined)
              onWords(toggleTerm(words, last))
          }}
        />
        <span className="kbd">/</span>
      </div>
      <SavedMenu words={words} onWords={onWords} />
    </>
  )
}

function SavedMenu({ words, onWords }: Pick<SearchBoxProps, 'words' | 'onWords'>): ReactElement {
  const [searches, setSearches] = usePref('searches')
  const query = printSearch(words)
  const names = Object.keys(searches)
  return (
    <Menu width={260}>
      <Menu.Target>
        <Button label={t.runs.saved} trailing={<IconChevronDown size={14} aria-hidden />} />
      </Menu.Target>
      <Menu.Dropdown>
        {names.length === 0 ? <Menu.Item disabled>{t.runs.noSaved}</Menu.Item> : null}
        {names.map((name) => (
          <Menu.Item key={name} onClick={() => onWords(parseSearch(searches[name] ?? ''))}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          disabled={query === '' || names.includes(query)}
          onClick={() => setSearches({ ...searches, [query]: query })}
        >
          {t.runs.saveSearch}
        </Menu.Item>
        <Menu.Item disabled={query === ''} onClick={() => onWords({ terms: [], text: '' })}>
          {t.runs.clearSearch}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
