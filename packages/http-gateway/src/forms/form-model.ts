import type { FormField, FormModel } from '../ui-types.ts'
import { contentVersion } from '../http/etag.ts'
import { defaultValue } from './default-value.ts'
import { fieldShape } from './field-shape.ts'
import type { FieldShape } from './field-shape.ts'
import type { ParameterDescription, PlanDescription } from './plan-description.ts'
import { groupOf, labelOf, titleOf } from './plan-words.ts'
import { varargsForm } from './varargs-pattern.ts'

/** Makes the form of a plan from its description. */
export function formModel(plan: PlanDescription): FormModel {
  const varargsAt = plan.parameters.findIndex((one) => one.kind === 'VAR_POSITIONAL')
  const varargs = plan.parameters[varargsAt]
  const kwargs = plan.parameters.find((one) => one.kind === 'VAR_KEYWORD')
  const form: Omit<FormModel, 'uid'> = {
    name: plan.name,
    title: titleOf(plan.name),
    description: plan.description,
    group: groupOf(plan),
    fields: plan.parameters.flatMap((parameter, at) =>
      parameter === varargs || parameter === kwargs ? [] : [fieldOf(plan, parameter, at < varargsAt)],
    ),
    ...(varargs === undefined ? {} : { varargs: varargsForm(plan, varargs) }),
    ...(kwargs === undefined ? {} : { kwargs: kwargsField(kwargs) }),
  }
  return { ...form, uid: contentVersion(JSON.stringify(form)) }
}

function fieldOf(
  plan: PlanDescription,
  parameter: ParameterDescription,
  isBeforeVarargs: boolean,
): FormField {
  const given = defaultValue(parameter.defaultText)
  const shape = fieldShape(parameter.type, parameter)
  const required = given === null || isNeededAnyway(plan, parameter)
  const isPositional = isBeforeVarargs || parameter.kind === 'POSITIONAL_ONLY'
  return {
    name: parameter.name,
    ...shape,
    label: labelOf(parameter.name),
    help: parameter.description,
    required,
    pass: isPositional && parameter.kind !== 'KEYWORD_ONLY' ? 'args' : 'kwargs',
    ...(given === null ? {} : { defaultText: given.text }),
    ...(given?.value === undefined ? {} : { default: given.value }),
    ...unsetOf(shape, required),
    ...bounds(parameter),
    ...(parameter.type === null ? {} : { type: parameter.type }),
    ...(parameter.name === 'md' ? { group: 'metadata' } : {}),
    advanced: !required && (given?.value === null || given?.value === undefined || isSeldomSet(shape)),
  }
}

/** `num` of `scan` has a default so that it may stand at the end of `args`, but the plan fails without it. */
function isNeededAnyway(plan: PlanDescription, parameter: ParameterDescription): boolean {
  return parameter.name === 'num' && ['scan', 'rel_scan'].includes(plan.name)
}

function isSeldomSet(shape: FieldShape): boolean {
  return ['dict', 'expression', 'literal', 'plan'].includes(shape.kind)
}

function unsetOf(shape: FieldShape, required: boolean): Pick<FormField, 'unset'> {
  if (!required) return { unset: 'default' }
  return shape.nullable === true ? { unset: 'null' } : {}
}

function bounds(parameter: ParameterDescription): Pick<FormField, 'min' | 'max' | 'step' | 'unit'> {
  const { min, max, step, unit } = parameter
  return {
    ...(min === null ? {} : { min }),
    ...(max === null ? {} : { max }),
    ...(step === null ? {} : { step }),
    ...(unit === null ? {} : { unit }),
  }
}

function kwargsField(parameter: ParameterDescription): FormField {
  const item = { ...fieldShape(parameter.type, parameter), name: '', label: '', help: '', required: true }
  return {
    name: parameter.name,
    kind: 'dict',
    label: 'Further parameters',
    help: parameter.description,
    required: false,
    pass: 'kwargs',
    unset: 'default',
    item: { ...item, pass: 'kwargs', advanced: false },
    advanced: true,
  }
}
