import type { ComponentProps, ReactElement, ReactNode } from 'react'

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'size'> {
  readonly label: string
  /** The label is only for assistive technology, e.g. in a table or a search box. */
  readonly isLabelHidden?: boolean
  readonly isLarge?: boolean
  readonly isNumber?: boolean
  readonly leading?: ReactNode
  readonly trailing?: ReactNode
  readonly error?: string | undefined
  readonly help?: ReactNode
}

/** One line of text with label, unit and error beside it. */
export function TextField(props: TextFieldProps): ReactElement {
  const { label, isLabelHidden, isLarge, isNumber, leading, trailing, error, help, className, ...input } =
    props
  const id = input.id ?? `f-${label.replaceAll(/\W+/g, '-')}-${input.name ?? ''}`
  const invalid = error === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-error` }
  return (
    <div className={className}>
      <label htmlFor={id} className={isLabelHidden === true ? 'hidden-text' : 'field-label'}>
        {label}
      </label>
      <div
        className={`field${isLarge === true ? ' large' : ''}`}
        data-invalid={error === undefined ? undefined : ''}
      >
        {leading}
        <input
          {...input}
          id={id}
          className={isNumber === true ? 'num' : undefined}
          {...invalid}
          autoComplete={input.autoComplete ?? 'off'}
        />
        {trailing}
      </div>
      {error === undefined ? null : (
        <div className="field-error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
      {help === undefined ? null : <div className="field-help">{help}</div>}
    </div>
  )
}
