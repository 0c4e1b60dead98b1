import { useId, useState, type ReactElement, type ReactNode } from 'react'
import { TextField } from '../../../parts/text-field.tsx'
import { t } from '../../../text/text.ts'

export function SettingChoice<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string
  readonly value: T
  readonly choices: readonly (readonly [T, string])[]
  readonly onChange: (value: T) => void
}): ReactElement {
  return (
    <label className="enum-field">
      <span className="field-label">{label}</span>
      <select
        className="select"
        value={value}
        onChange={(event) => {
          const chosen = choices.find(([choice]) => choice === event.currentTarget.value)
          if (chosen !== undefined) onChange(chosen[0])
        }}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

export function SettingFlag({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: boolean
  readonly onChange: (value: boolean) => void
}): ReactElement {
  return (
    <label className="check-label">
      <input
        type="checkbox"
        className="check"
        checked={value}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  )
}

interface SettingFieldProps<T> {
  readonly label: string
  readonly help?: ReactNode
  readonly value: T
  readonly onChange: (value: T) => void
}

/** A number, or nothing when the field is empty; what is not a number is said and not taken. */
export function SettingNumber({
  label,
  help,
  value,
  onChange,
}: SettingFieldProps<number | null>): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const id = useId()
  const isWrong = typed !== null && typed.trim() !== '' && !Number.isFinite(Number(typed))
  return (
    <TextField
      id={id}
      label={label}
      isNumber
      inputMode="decimal"
      value={typed ?? (value === null ? '' : String(value))}
      help={help}
      error={isWrong ? t.plots.notNumber : undefined}
      onChange={(event) => {
        const text = event.currentTarget.value
        setTyped(text)
        if (text.trim() === '') onChange(null)
        else if (Number.isFinite(Number(text))) onChange(Number(text))
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

/** Text that is taken when the field is left, so that a list may be half typed. */
export function SettingList({ label, help, value, onChange }: SettingFieldProps<string>): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const id = useId()
  return (
    <TextField
      id={id}
      label={label}
      value={typed ?? value}
      help={help}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (typed !== null) onChange(typed)
        setTyped(null)
      }}
    />
  )
}
