import type { LiveParameterField } from '@beamtime/http-gateway/ui-types'
import { useState, type ReactElement } from 'react'
import { TextField } from '../../parts/text-field.tsx'

interface ParameterFieldProps {
  readonly field: LiveParameterField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

/** One field of a workflow's form. */
export function ParameterField({ field, value, onChange }: ParameterFieldProps): ReactElement {
  switch (field.type) {
    case 'boolean':
      return (
        <label className="check-label">
          <input
            type="checkbox"
            className="check"
            checked={value === true}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
          {field.title}
        </label>
      )
    case 'enum':
      return (
        <label className="enum-field">
          <span className="field-label">{field.title}</span>
          <select
            className="select"
            value={String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
          >
            {field.values.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      )
    case 'number':
    case 'integer':
      return <NumberParameter field={field} value={value} onChange={onChange} />
  }
}

function NumberParameter({
  field,
  value,
  onChange,
}: ParameterFieldProps & {
  readonly field: Extract<LiveParameterField, { type: 'number' | 'integer' }>
}): ReactElement {
  const [typed, setTyped] = useState<string | null>(null)
  const bounds = [field.min, field.max].some((one) => one !== undefined)
    ? `${field.min ?? '…'} – ${field.max ?? '…'}`
    : undefined
  return (
    <TextField
      label={field.title}
      isNumber
      inputMode="decimal"
      value={typed ?? String(value)}
      {...(bounds === undefined ? {} : { help: bounds })}
      onChange={(event) => {
        const text = event.currentTarget.value
        setTyped(text)
        const number = Number(text)
        if (text.trim() !== '' && Number.isFinite(number)) onChange(number)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}
