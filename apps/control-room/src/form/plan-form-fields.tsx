import type { FormField, FormModel, FormVarargs } from '@beamtime/http-gateway/ui-types'
import { IconChevronDown, IconChevronRight, IconPlus, IconX } from '@tabler/icons-react'
import { useState, type ReactElement, type ReactNode } from 'react'
import { Controller, useFieldArray, type UseFormReturn } from 'react-hook-form'
import { useModels } from '../app/use-models.ts'
import { Button } from '../parts/button.tsx'
import { t } from '../text/text.ts'
import { FieldError, FieldInput } from './field-input.tsx'
import { emptyValue, isEmptyValue, widgetOf, type FieldValue } from './field-value.ts'
import type { RawForm } from './plan-form.tsx'
import { rowFields, tableOf, type PlanFormValues } from './plan-form-values.ts'

export interface PlanFormFieldsProps {
  readonly model: FormModel
  readonly form: UseFormReturn<RawForm>
  readonly values: PlanFormValues
  readonly errors: Readonly<Record<string, string>>
}

/** Needed fields first, the table of motors, then optional fields and metadata that can be opened. */
export function PlanFormFields({ model, form, values, errors }: PlanFormFieldsProps): ReactElement {
  const essential = model.fields.filter((field) => !field.advanced)
  const optional = model.fields.filter((field) => field.advanced)
  const changed = optional.filter((field) => isChanged(field, values.fields[field.name])).length
  return (
    <div className="plan-fields">
      {model.description === '' ? null : (
        <p className="small muted plan-description">{firstSentence(model.description)}</p>
      )}
      <FieldGrid
        fields={essential.filter((field) => isWide(field))}
        table="fields"
        form={form}
        errors={errors}
      />
      {model.varargs === undefined ? null : (
        <RowsTable varargs={model.varargs} form={form} errors={errors} values={values} />
      )}
      <FieldGrid fields={[...(model.varargs?.tail ?? [])]} table="tail" form={form} errors={errors} />
      <FieldGrid
        fields={essential.filter((field) => !isWide(field))}
        table="fields"
        form={form}
        errors={errors}
      />
      {optional.length === 0 && model.kwargs === undefined ? null : (
        <Fold
          title={t.queue.form.optional}
          hint={changed === 0 ? t.queue.form.atDefault(optional.length) : t.queue.form.changed(changed)}
          isForced={optional.some((field) => errors[`fields.${field.name}`] !== undefined)}
        >
          <FieldGrid fields={optional} table="fields" form={form} errors={errors} />
          {model.kwargs === undefined ? null : <KeyTexts form={form} name="extra" errors={errors} />}
        </Fold>
      )}
      <Fold
        title={t.queue.form.metadata}
        hint={
          values.meta.some(({ key, text }) => key === 'proposal' && text !== '')
            ? t.queue.form.fromDefaults
            : ''
        }
        isOpenFirst
      >
        <MetaFields form={form} />
      </Fold>
    </div>
  )
}

/** Up to the first full stop or the end of the first line. */
export function firstSentence(text: string): string {
  return /^[^\n]*?(?:\.(?=\s|$)|$)/.exec(text.trim())?.[0] ?? text
}

function isWide(field: FormField): boolean {
  return ['choices', 'numbers', 'literal', 'union', 'tuple'].includes(widgetOf(field))
}

function isChanged(field: FormField, value: FieldValue | undefined): boolean {
  return field.kind === 'boolean' ? value !== (field.default === true) : !isEmptyValue(value)
}

interface FieldGridProps {
  readonly fields: readonly FormField[]
  readonly table: 'fields' | 'tail'
  readonly form: UseFormReturn<RawForm>
  readonly errors: Readonly<Record<string, string>>
}

function FieldGrid({ fields, table, form, errors }: FieldGridProps): ReactElement | null {
  const { device } = useModels()
  const chosen = fields.find((field) => field.kind === 'device')
  const motor = chosen === undefined ? undefined : form.getValues(`${table}.${chosen.name}`)
  if (fields.length === 0) return null
  return (
    <div className="field-grid">
      {fields.map((field) => (
        <div key={field.name} className={isWide(field) ? 'wide' : ''}>
          <Controller
            control={form.control}
            name={`${table}.${field.name}`}
            render={({ field: control }) => (
              <FieldInput
                field={field}
                value={(control.value ?? emptyValue(field)) as FieldValue}
                onChange={control.onChange}
                error={errors[`${table}.${field.name}`]}
                device={typeof motor === 'string' ? device(motor) : undefined}
              />
            )}
          />
        </div>
      ))}
    </div>
  )
}

interface RowsTableProps {
  readonly varargs: FormVarargs
  readonly form: UseFormReturn<RawForm>
  readonly values: PlanFormValues
  readonly errors: Readonly<Record<string, string>>
}

/** `*args` as a table: a row per motor, with unit and limits of the motor beside its numbers. */
function RowsTable({ varargs, form, values, errors }: RowsTableProps): ReactElement {
  const { device } = useModels()
  const rows = useFieldArray({ control: form.control, name: 'rows' })
  const template = `${varargs.pattern.map(columnWidth).join(' ')} 20px`
  const messages = [
    ...new Set(
      rows.fields
        .flatMap((_, index) => varargs.pattern.map((field) => rowMessage(field, index, errors)))
        .filter((text) => text !== ''),
    ),
  ]
  const motorField = varargs.pattern[0]
  return (
    <div className="rows-table">
      <div className="rows-table" role="table" aria-label={varargs.label}>
        <div className="rows-head" role="row" style={{ gridTemplateColumns: template }}>
          {varargs.pattern.map((field) => (
            <span
              key={field.name}
              role="columnheader"
              className={`figure-label ${widgetOf(field) === 'number' ? 'right' : ''}`}
            >
              {field.label}
            </span>
          ))}
          <span role="columnheader" aria-label={t.common.delete} />
        </div>
        {rows.fields.map((row, index) => {
          const motor = motorField === undefined ? undefined : values.rows[index]?.[motorField.name]
          const shown = new Set(rowFields(varargs, index).map((field) => field.name))
          return (
            <div key={row.id} className="rows-row" role="row" style={{ gridTemplateColumns: template }}>
              {varargs.pattern.map((field) => (
                <div key={field.name} role="cell">
                  {shown.has(field.name) ? (
                    <Controller
                      control={form.control}
                      name={`rows.${index}.${field.name}`}
                      render={({ field: control }) => (
                        <FieldInput
                          field={{ ...field, required: true }}
                          name={rows.fields.length > 1 ? `${field.label} ${index + 1}` : field.label}
                          isLabelHidden
                          isErrorHidden
                          value={(control.value ?? emptyValue(field)) as FieldValue}
                          onChange={control.onChange}
                          error={errors[`rows.${index}.${field.name}`]}
                          device={typeof motor === 'string' ? device(motor) : undefined}
                        />
                      )}
                    />
                  ) : (
                    <span className="muted rows-none">–</span>
                  )}
                </div>
              ))}
              <div role="cell">
                {rows.fields.length > Math.max(1, varargs.min) ? (
                  <button
                    type="button"
                    className="row-remove"
                    aria-label={t.queue.form.removeRow(index + 1)}
                    onClick={() => rows.remove(index)}
                  >
                    <IconX size={14} aria-hidden />
                  </button>
                ) : null}
              </div>
            </div>
          )
        })}
      </div>
      {errors['rows'] === undefined ? null : <FieldError text={errors['rows']} />}
      {messages.map((text) => (
        <FieldError key={text} text={text} />
      ))}
      <Button
        kind="quiet"
        isCompact
        className="rows-add"
        label={t.queue.form.addRow(motorField?.label.toLowerCase() ?? varargs.label)}
        icon={<IconPlus size={14} aria-hidden />}
        onPress={() => rows.append(tableOf(varargs.pattern))}
      />
    </div>
  )
}

function rowMessage(field: FormField, index: number, errors: Readonly<Record<string, string>>): string {
  const text = errors[`rows.${index}.${field.name}`]
  if (text === undefined) return ''
  return text.includes(':') ? text : `${field.label}: ${text}`
}

function columnWidth(field: FormField): string {
  if (field.kind === 'boolean') return '34px'
  if (field.kind === 'integer') return 'minmax(46px, 0.5fr)'
  return field.kind === 'number' ? 'minmax(80px, 1.2fr)' : 'minmax(72px, 1fr)'
}

interface FoldProps {
  readonly title: string
  readonly hint: string
  readonly children: ReactNode
  readonly isOpenFirst?: boolean
  readonly isForced?: boolean
}

function Fold({ title, hint, children, isOpenFirst = false, isForced = false }: FoldProps): ReactElement {
  const [isOpen, setOpen] = useState(isOpenFirst)
  const isShown = isOpen || isForced
  return (
    <div className="fold">
      <button type="button" className="fold-head" aria-expanded={isShown} onClick={() => setOpen(!isOpen)}>
        {isShown ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
        <span>{title}</span>
        <span className="small muted">{hint}</span>
      </button>
      {isShown ? <div className="fold-body">{children}</div> : null}
    </div>
  )
}

const metaLabels: Readonly<Record<string, string>> = {
  sample: t.queue.form.sample,
  title: t.queue.form.titleField,
  proposal: t.queue.form.proposal,
}

function MetaFields({ form }: { form: UseFormReturn<RawForm> }): ReactElement {
  const list = useFieldArray({ control: form.control, name: 'meta' })
  return (
    <div className="meta-fields">
      {list.fields.map((entry, index) => {
        const label = metaLabels[entry.key]
        return (
          <div key={entry.id} className="meta-row">
            {label === undefined ? (
              <div className="field">
                <input
                  aria-label={t.queue.form.keyName}
                  placeholder={t.queue.form.keyName}
                  autoComplete="off"
                  {...form.register(`meta.${index}.key`)}
                />
              </div>
            ) : (
              <label htmlFor={`meta-${entry.key}`} className="muted">
                {label}
              </label>
            )}
            <div className="field">
              <input
                id={label === undefined ? undefined : `meta-${entry.key}`}
                aria-label={label ?? t.queue.form.value}
                autoComplete="off"
                {...form.register(`meta.${index}.text`)}
              />
            </div>
          </div>
        )
      })}
      <Button
        kind="quiet"
        isCompact
        label={t.queue.form.addKey}
        icon={<IconPlus size={14} aria-hidden />}
        onPress={() => list.append({ key: '', text: '' })}
      />
    </div>
  )
}

function KeyTexts({
  form,
  name,
  errors,
}: {
  form: UseFormReturn<RawForm>
  name: 'extra'
  errors: Readonly<Record<string, string>>
}): ReactElement {
  const list = useFieldArray({ control: form.control, name })
  return (
    <div className="meta-fields">
      {list.fields.map((entry, index) => (
        <div key={entry.id} className="meta-row">
          <div className="field">
            <input
              aria-label={t.queue.form.keyName}
              placeholder={t.queue.form.keyName}
              autoComplete="off"
              {...form.register(`${name}.${index}.key`)}
            />
          </div>
          <div className="field" data-invalid={errors[`${name}.${index}`] === undefined ? undefined : ''}>
            <input
              className="mono"
              aria-label={t.queue.form.value}
              placeholder={t.queue.form.value}
              autoComplete="off"
              {...form.register(`${name}.${index}.text`)}
            />
          </div>
        </div>
      ))}
      <Button
        kind="quiet"
        isCompact
        label={t.queue.form.addKey}
        icon={<IconPlus size={14} aria-hidden />}
        onPress={() => list.append({ key: '', text: '' })}
      />
    </div>
  )
}
