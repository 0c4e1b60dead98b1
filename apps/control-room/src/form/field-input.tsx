import type { FormField } from '@beamtime/http-gateway/ui-types'
import { useId, type ReactElement } from 'react'
import { useModels, type DeviceInfo, type Models } from '../app/use-models.ts'
import { StateGlyph } from '../parts/state-glyph.tsx'
import { t } from '../text/text.ts'
import { ChipPicker, ChoicePicker, type Choice } from './choice-picker.tsx'
import { emptyValue, parseNumber, widgetOf, type FieldValue, type Widget } from './field-value.ts'
import { literalText, parseLiteral } from './literal.ts'

export interface FieldInputProps {
  readonly field: FormField
  readonly value: FieldValue
  readonly onChange: (value: FieldValue) => void
  readonly error?: string | undefined
  /** In a table the column says what it is. */
  readonly isLabelHidden?: boolean
  /** Name when it differs from the label, e.g. with the row. */
  readonly name?: string
  /** Unit and limits of the motor in the same row. */
  readonly device?: DeviceInfo | undefined
  readonly isErrorHidden?: boolean
}

/** One field of a plan form, with the widget that its kind asks for. */
export function FieldInput(props: FieldInputProps): ReactElement {
  const { field, error, isLabelHidden = false, isErrorHidden = false } = props
  const id = useId()
  const widget = widgetOf(field)
  const describedBy = error === undefined ? undefined : `${id}-error`
  if (widget === 'switch') return <SwitchInput {...props} />
  return (
    <div className={`form-field widget-${widget}`} title={field.help === '' ? undefined : field.help}>
      {isLabelHidden ? null : (
        <label className="field-label" htmlFor={id}>
          {field.label}
        </label>
      )}
      <Control {...props} id={id} describedBy={describedBy} />
      {error === undefined || isErrorHidden ? null : <FieldError id={`${id}-error`} text={error} />}
    </div>
  )
}

export function FieldError({ text, id }: { text: string; id?: string }): ReactElement {
  return (
    <div className="field-error" id={id} role="alert">
      <StateGlyph state="bad" /> <span>{text}</span>
    </div>
  )
}

interface ControlProps extends FieldInputProps {
  readonly id: string
  readonly describedBy: string | undefined
}

function Control(props: ControlProps): ReactElement {
  switch (widgetOf(props.field)) {
    case 'choice':
      return <PickOne {...props} />
    case 'choices':
      return <PickSeveral {...props} />
    case 'tuple':
      return <TupleInput {...props} />
    case 'union':
      return <UnionInput {...props} />
    case 'number':
    case 'numbers':
    case 'text':
    case 'literal':
    case 'switch':
      return <LineInput {...props} />
  }
}

function SwitchInput({ field, value, onChange, name, isLabelHidden = false }: FieldInputProps): ReactElement {
  const id = useId()
  return (
    <div className="form-field form-switch" title={field.help}>
      {isLabelHidden ? null : (
        <label className="field-label" htmlFor={id}>
          {field.label}
        </label>
      )}
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="toggle"
        aria-label={name ?? field.label}
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  )
}

function LineInput({
  isLabelHidden = false,
  field,
  value,
  onChange,
  error,
  name,
  device,
  id,
  describedBy,
}: ControlProps): ReactElement {
  const widget = widgetOf(field)
  const isNumber = widget === 'number'
  const text = typeof value === 'string' ? value : ''
  return (
    <>
      <div className="field" data-invalid={error === undefined ? undefined : ''}>
        <input
          id={id}
          className={lineClasses[widget]}
          aria-label={name ?? field.label}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={describedBy}
          inputMode={isNumber ? 'decimal' : undefined}
          autoComplete="off"
          spellCheck={false}
          value={text}
          placeholder={isLabelHidden ? '' : placeholderOf(field)}
          onChange={(event) => onChange(event.target.value)}
          onBlur={() => {
            // Expressions such as 1+2 become their value once the field is left.
            const number = isNumber && /[+*/^π()]|\d-/.test(text) ? parseNumber(text) : undefined
            if (number !== undefined) onChange(String(number))
          }}
        />
        <Unit
          field={field}
          device={device}
          isShown={text !== '' || placeholderOf(field) !== t.queue.form.notSet}
        />
      </div>
      <LineHelp widget={widget} text={text} />
    </>
  )
}

const lineClasses: Readonly<Partial<Record<Widget, string>>> = { number: 'num', literal: 'mono' }

/** Unit of the field, else of the motor in the same row. */
function Unit({
  field,
  device,
  isShown,
}: {
  field: FormField
  device: DeviceInfo | undefined
  isShown: boolean
}): ReactElement | null {
  const unit = field.unit ?? (field.kind === 'number' ? device?.unit : undefined)
  return !isShown || unit === undefined || unit === '' ? null : <span className="suffix">{unit}</span>
}

function LineHelp({ widget, text }: { widget: Widget; text: string }): ReactElement | null {
  if (widget === 'numbers' && text === '') return <div className="field-help">{t.queue.form.pasteHelp}</div>
  const understood = widget === 'literal' && text !== '' ? understoodText(text) : null
  return understood === null ? null : <div className="field-help mono">{understood}</div>
}

function placeholderOf(field: FormField): string {
  if (field.required) return t.queue.form.required
  if (field.default !== undefined && field.default !== null && field.default !== '')
    return typeof field.default === 'string' ? field.default : literalText(field.default)
  return field.defaultText !== undefined && field.defaultText !== 'None'
    ? field.defaultText
    : t.queue.form.notSet
}

/** Shown when what was typed is not plain JSON already. */
function understoodText(text: string): string | null {
  const parsed = parseLiteral(text)
  if (!parsed.ok) return null
  const back = literalText(parsed.value)
  return back === text.trim() ? null : t.queue.form.understood(back)
}

/** Allowed names for a device, plan or select field. */
export function choicesOf(field: FormField, models: Pick<Models, 'devices' | 'plans'>): readonly Choice[] {
  const allowed = field.options === undefined ? null : new Set(field.options)
  if (field.kind === 'select') return (field.options ?? []).map((value) => ({ value }))
  const devices = models.devices
    .filter((device) => (allowed === null ? fits(device, field.trait) : allowed.has(device.name)))
    .map((device) => ({
      value: device.name,
      hint: [device.unit, device.kind].filter((part) => part !== undefined && part !== '').join(' · '),
      group: 'devices',
    }))
  const known = new Set(devices.map((device) => device.value))
  const nested = (field.options ?? []).filter((name) => !known.has(name)).map((value) => ({ value }))
  const plans = models.plans.map((plan) => ({ value: plan.name, hint: plan.title, group: 'plans' }))
  if (field.kind === 'device') return [...devices, ...nested]
  return field.kind === 'plan'
    ? allowed === null
      ? plans
      : plans.filter((plan) => allowed.has(plan.value))
    : [...devices, ...plans]
}

function fits(device: DeviceInfo, trait: FormField['trait']): boolean {
  switch (trait) {
    case 'readable':
      return device.isReadable
    case 'movable':
      return device.isMovable
    case 'flyable':
      return device.isFlyable
    case 'any':
    case undefined:
      return true
  }
}

function PickOne({
  isLabelHidden = false,
  field,
  value,
  onChange,
  error,
  name,
  describedBy,
}: ControlProps): ReactElement {
  const models = useModels()
  return (
    <ChoicePicker
      label={name ?? field.label}
      value={typeof value === 'string' ? value : ''}
      choices={choicesOf(field, models)}
      nothing={t.queue.form.noDevices}
      placeholder={isLabelHidden ? '' : placeholderOf(field)}
      isInvalid={error !== undefined}
      describedBy={describedBy}
      onChange={onChange}
    />
  )
}

function PickSeveral({ field, value, onChange, error, name, describedBy }: ControlProps): ReactElement {
  const models = useModels()
  return (
    <ChipPicker
      label={name ?? field.label}
      value={Array.isArray(value) ? (value as readonly string[]) : []}
      choices={field.item === undefined ? [] : choicesOf(field.item, models)}
      nothing={t.queue.form.noDevices}
      addLabel={t.queue.form.addRow(field.label.toLowerCase())}
      isInvalid={error !== undefined}
      describedBy={describedBy}
      onChange={onChange}
    />
  )
}

function TupleInput({ field, value, onChange, device }: ControlProps): ReactElement {
  const parts = typeof value === 'object' && 'parts' in value ? value.parts : []
  const variants = field.variants ?? []
  return (
    <div className="form-tuple" role="group" aria-label={field.label}>
      {variants.map((variant, index) => (
        <FieldInput
          key={index}
          field={variant}
          name={`${field.label} ${index + 1}`}
          isLabelHidden
          device={device}
          value={parts[index] ?? emptyValue(variant)}
          onChange={(next) =>
            onChange({
              parts: variants.map((other, i) => (i === index ? next : (parts[i] ?? emptyValue(other)))),
            })
          }
        />
      ))}
    </div>
  )
}

function UnionInput({ field, value, onChange, device, error }: ControlProps): ReactElement {
  const chosen =
    typeof value === 'object' && 'variant' in value ? value : { variant: 0, value: '' as FieldValue }
  const variants = field.variants ?? []
  const inner = variants[chosen.variant]
  return (
    <div className="form-union">
      <ChoicePicker
        label={`${field.label}: ${t.queue.form.choosePlan}`}
        value={inner?.label ?? inner?.kind ?? ''}
        nothing=""
        choices={variants.map((variant) => ({ value: variant.label === '' ? variant.kind : variant.label }))}
        onChange={(picked) => {
          const index = variants.findIndex(
            (variant) => (variant.label === '' ? variant.kind : variant.label) === picked,
          )
          const next = variants[index]
          if (next !== undefined) onChange({ variant: index, value: emptyValue(next) })
        }}
      />
      {inner === undefined ? null : (
        <FieldInput
          field={inner}
          name={field.label}
          isLabelHidden
          isErrorHidden
          device={device}
          error={error}
          value={chosen.value}
          onChange={(next) => onChange({ variant: chosen.variant, value: next })}
        />
      )}
    </div>
  )
}
