import { Combobox, useCombobox } from '@mantine/core'
import { IconChevronDown, IconPlus, IconX } from '@tabler/icons-react'
import { useState, type ReactElement, type ReactNode } from 'react'
import { t } from '../text/text.ts'

export interface Choice {
  readonly value: string
  /** In muted behind the value. */
  readonly hint?: string | undefined
  readonly group?: string | undefined
}

interface PickerCommon {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly nothing: string
  readonly isInvalid?: boolean
  readonly describedBy?: string | undefined
}

export interface ChoicePickerProps extends PickerCommon {
  readonly value: string
  readonly placeholder?: string
  readonly onChange: (value: string) => void
  readonly icon?: ReactNode
  readonly isClearable?: boolean
}

const searchAbove = 8

function matching(choices: readonly Choice[], search: string): readonly Choice[] {
  const wanted = search.toLowerCase().trim()
  if (wanted === '') return choices
  const found = choices.filter((choice) =>
    `${choice.value} ${choice.hint ?? ''}`.toLowerCase().includes(wanted),
  )
  return found.toSorted(
    (a, b) =>
      Number(b.value.toLowerCase().startsWith(wanted)) - Number(a.value.toLowerCase().startsWith(wanted)),
  )
}

/** One of many, with search when there are more than eight. */
export function ChoicePicker(props: ChoicePickerProps): ReactElement {
  const { label, value, choices, nothing, onChange, placeholder, icon } = props
  const [search, setSearch] = useState('')
  const box = useCombobox({
    onDropdownClose: () => box.resetSelectedOption(),
    onDropdownOpen: () => box.focusSearchInput(),
  })
  const chosen = choices.find((choice) => choice.value === value)
  return (
    <Combobox
      store={box}
      width="target"
      onOptionSubmit={(picked) => {
        onChange(picked)
        setSearch('')
        box.closeDropdown()
      }}
    >
      <Combobox.Target targetType="button">
        <button
          type="button"
          className="field select-button"
          aria-label={label}
          data-invalid={props.isInvalid === true ? '' : undefined}
          aria-describedby={props.describedBy}
          onClick={() => box.toggleDropdown()}
        >
          {icon}
          <span className="grow ellipsis">
            {value === '' ? (
              <span className="muted">{placeholder ?? ''}</span>
            ) : (
              <span className={icon === undefined ? '' : 'strong'}>{value}</span>
            )}
            {chosen?.hint === undefined || icon === undefined ? null : (
              <span className="muted"> {chosen.hint}</span>
            )}
          </span>
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Combobox.Target>
      <Dropdown
        label={label}
        choices={matching(choices, search)}
        nothing={nothing}
        search={choices.length > searchAbove ? search : null}
        onSearch={setSearch}
      />
    </Combobox>
  )
}

export interface ChipPickerProps extends PickerCommon {
  readonly value: readonly string[]
  readonly onChange: (value: readonly string[]) => void
  readonly addLabel: string
}

/** Several of many, as chips; Backspace in the empty search removes the last. */
export function ChipPicker(props: ChipPickerProps): ReactElement {
  const { label, value, choices, nothing, onChange, addLabel } = props
  const [search, setSearch] = useState('')
  const box = useCombobox({
    onDropdownClose: () => box.resetSelectedOption(),
    onDropdownOpen: () => box.focusSearchInput(),
  })
  const left = choices.filter((choice) => !value.includes(choice.value))
  return (
    <Combobox
      store={box}
      width={240}
      position="bottom-start"
      onOptionSubmit={(picked) => {
        onChange([...value, picked])
        setSearch('')
      }}
    >
      <div
        className="field chip-field"
        role="group"
        aria-label={label}
        data-invalid={props.isInvalid === true ? '' : undefined}
        aria-describedby={props.describedBy}
      >
        {value.map((name) => (
          <span key={name} className="chip-token">
            {name}
            <button
              type="button"
              aria-label={t.common.remove(name)}
              onClick={() => onChange(value.filter((other) => other !== name))}
            >
              <IconX size={12} aria-hidden />
            </button>
          </span>
        ))}
        <Combobox.Target targetType="button">
          <button
            type="button"
            className="chip-add"
            aria-label={addLabel}
            onClick={() => box.toggleDropdown()}
            onKeyDown={(event) => {
              if (event.key === 'Backspace') onChange(value.slice(0, -1))
            }}
          >
            <IconPlus size={14} aria-hidden />
          </button>
        </Combobox.Target>
      </div>
      <Dropdown
        label={label}
        choices={matching(left, search)}
        nothing={nothing}
        search={choices.length > searchAbove ? search : null}
        onSearch={setSearch}
      />
    </Combobox>
  )
}

interface DropdownProps {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly nothing: string
  readonly search: string | null
  readonly onSearch: (text: string) => void
}

function Dropdown({ label, choices, nothing, search, onSearch }: DropdownProps): ReactElement {
  const groups = Map.groupBy(choices, (choice) => choice.group ?? '')
  return (
    <Combobox.Dropdown>
      {search === null ? null : (
        <Combobox.Search
          value={search}
          onChange={(event) => onSearch(event.currentTarget.value)}
          placeholder={t.common.search}
          aria-label={t.common.search}
        />
      )}
      <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={label}>
        {choices.length === 0 ? <Combobox.Empty>{nothing}</Combobox.Empty> : null}
        {[...groups].map(([group, members]) => (
          <Group key={group} name={group} isOnly={groups.size === 1}>
            {members.map((choice) => (
              <Combobox.Option key={choice.value} value={choice.value}>
                {choice.value}
                {choice.hint === undefined ? null : <span className="muted small"> {choice.hint}</span>}
              </Combobox.Option>
            ))}
          </Group>
        ))}
      </Combobox.Options>
    </Combobox.Dropdown>
  )
}

function Group({
  name,
  isOnly,
  children,
}: {
  name: string
  isOnly: boolean
  children: ReactNode
}): ReactElement {
  return name === '' || isOnly ? <>{children}</> : <Combobox.Group label={name}>{children}</Combobox.Group>
}
