import type { FormField, FormVarargs } from '../ui-types.ts'
import { fieldShape, partField } from './field-shape.ts'
import type { ParameterDescription, PlanDescription } from './plan-description.ts'

type Pattern = 'motor-start-stop' | 'motor-start-stop-num' | 'motor-positions' | 'motor-target'

const patternOfPlan: Readonly<Record<string, Pattern>> = {
  scan: 'motor-start-stop',
  rel_scan: 'motor-start-stop',
  inner_product_scan: 'motor-start-stop',
  relative_inner_product_scan: 'motor-start-stop',
  grid_scan: 'motor-start-stop-num',
  rel_grid_scan: 'motor-start-stop-num',
  outer_product_scan: 'motor-start-stop-num',
  relative_outer_product_scan: 'motor-start-stop-num',
  list_scan: 'motor-positions',
  rel_list_scan: 'motor-positions',
  list_grid_scan: 'motor-positions',
  rel_list_grid_scan: 'motor-positions',
  mv: 'motor-target',
  mvr: 'motor-target',
  mov: 'motor-target',
  movr: 'motor-target',
  move: 'motor-target',
}

/** How `*args` are described in words by plans of other names, e.g. "motor1, start1, stop1, ...". */
const patternInWords: readonly (readonly [RegExp, Pattern])[] = [
  [/\bmotor\w*,\s*start\w*,\s*stop\w*,\s*num/i, 'motor-start-stop-num'],
  [/\bmotor\w*,\s*start\w*,\s*stop/i, 'motor-start-stop'],
  [/\bmotor\w*,\s*(\[|points?|positions?\w*\s*list|list of)/i, 'motor-positions'],
  [/\b(motor|device)\w*,\s*(target|value|position)/i, 'motor-target'],
]

/** The table of `*args`: columns of a known pattern, or one column of free values. */
export function varargsForm(plan: PlanDescription, parameter: ParameterDescription): FormVarargs {
  const pattern = patternOfPlan[plan.name] ?? wordsPattern(parameter.description)
  const shared = { name: parameter.name, help: parameter.description }
  if (pattern === null) {
    const value = partField('value', fieldShape(parameter.type, parameter))
    return { ...shared, label: 'Values', pattern: [value], tail: [], min: 0, literal: true, notInFirst: [] }
  }
  // Grid plans say by `snake_axes` which axes snake; older ones by a flag after each axis but the first.
  const hasSnakeFlags =
    pattern === 'motor-start-stop-num' &&
    !plan.parameters.some((one) => one.name === 'snake_axes') &&
    (patternOfPlan[plan.name] !== undefined || /snake/i.test(parameter.description))
  return {
    ...shared,
    label: pattern === 'motor-target' ? 'Moves' : 'Axes',
    pattern: hasSnakeFlags ? [...columns[pattern], snake] : columns[pattern],
    // Signatures without a parameter `num` take the number of points as the last of the arguments.
    tail: pattern === 'motor-start-stop' && !plan.parameters.some((one) => one.name === 'num') ? [num] : [],
    min: 1,
    literal: false,
    notInFirst: hasSnakeFlags ? [snake.name] : [],
  }
}

function wordsPattern(description: string): Pattern | null {
  return patternInWords.find(([words]) => words.test(description))?.[1] ?? null
}

const axis = 'axis'
const motor = column('motor', 'Motor', { kind: 'device', trait: 'movable' })
const start = column('start', 'From', { kind: 'number' })
const stop = column('stop', 'To', { kind: 'number' })
const num = column('num', 'Points', { kind: 'integer', min: 1 })
const snake = column('snake', 'Snake', { kind: 'boolean', default: false })
const target = column('target', 'To', { kind: 'number' })
const positions = column('positions', 'Positions', {
  kind: 'list',
  item: partField('', { kind: 'number' }),
})

const columns: Readonly<Record<Pattern, readonly FormField[]>> = {
  'motor-start-stop': [motor, start, stop],
  'motor-start-stop-num': [motor, start, stop, num],
  'motor-positions': [motor, positions],
  'motor-target': [motor, target],
}

function column(name: string, label: string, more: Partial<FormField> & Pick<FormField, 'kind'>): FormField {
  return { name, label, help: '', required: true, pass: 'args', advanced: false, group: axis, ...more }
}
