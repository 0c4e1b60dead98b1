import type { FormModel, QueueItem } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { fakeDevices, fakePlans } from '../../gallery/fake-server/plans.ts'
import { fakeQueue, runningGrid, runningScan } from '../../gallery/fake-server/items.ts'
import {
  draftFrom,
  emptyForm,
  errorPath,
  formFrom,
  type PlanFormValues,
} from '../../src/form/plan-form-values.ts'

function modelOf(name: string): FormModel {
  const model = fakePlans.find((plan) => plan.name === name)
  if (model === undefined) throw new Error(`no plan ${name}`)
  return model
}

const items: readonly QueueItem[] = [...fakeQueue(12).items, runningScan(), runningGrid()].filter(
  (item) => item.item_type === 'plan',
)

test.each(items.map((item) => [item.name, item] as const))(
  'an item of %s comes back from its form unchanged',
  (name, item) => {
    const form = formFrom(modelOf(name), item)
    if (form === null) throw new Error('does not fit the form')
    const { draft, errors } = draftFrom(modelOf(name), form)
    expect(errors).toEqual({})
    expect(draft).toEqual({
      item_type: 'plan',
      name,
      args: item.args ?? [],
      kwargs: item.kwargs ?? {},
      meta: item.meta,
    })
  },
)

test('arguments that the form has no place for are kept as they are', () => {
  const item = { args: [['det']], kwargs: { num: 5, extra_thing: { a: [1] } } }
  const form = formFrom(modelOf('count'), item)
  expect(form?.extra).toEqual([{ key: 'extra_thing', text: '{"a":[1]}' }])
  if (form === null) throw new Error('does not fit')
  expect(draftFrom(modelOf('count'), form).draft.kwargs).toEqual({ num: 5, extra_thing: { a: [1] } })
})

test('positional arguments that do not fill whole rows are left to the JSON view', () => {
  expect(formFrom(modelOf('scan'), { args: [['det'], 'th', 1] })).toBeNull()
})

function filled(change: (values: PlanFormValues) => PlanFormValues): ReturnType<typeof draftFrom> {
  const model = modelOf('scan')
  const empty = emptyForm(model, { sample: 'Si' })
  const values = {
    ...empty,
    fields: { ...empty.fields, detectors: ['diode'], num: '11' },
    rows: [{ motor: 'th', start: '0', stop: '1' }],
  }
  return draftFrom(model, change(values), (name) => ({
    limits: fakeDevices[name]?.['limits'] as [number, number],
    unit: 'deg',
  }))
}

test('a complete form makes the item that the plan takes', () => {
  expect(filled((values) => values).draft).toEqual({
    item_type: 'plan',
    name: 'scan',
    args: [['diode'], 'th', 0, 1],
    kwargs: { num: 11 },
    meta: { sample: 'Si' },
  })
})

test('what is missing or wrong is named at its field', () => {
  const { errors } = filled((values) => ({
    ...values,
    fields: { ...values.fields, detectors: [], num: '2.5' },
    rows: [{ motor: 'th', start: 'x', stop: '1' }],
  }))
  expect(errors).toEqual({
    'fields.detectors': 'Choose at least one.',
    'fields.num': 'This must be a whole number.',
    'rows.0.start': 'This is not a number.',
  })
})

test('a position outside of the travel of its motor is refused before the server is asked', () => {
  const { errors } = filled((values) => ({ ...values, rows: [{ motor: 'th', start: '0', stop: '120' }] }))
  expect(errors).toEqual({ 'rows.0.stop': 'th: 120 deg is above the high limit 90' })
})

test('expressions are numbers and empty optional fields are left out', () => {
  const { draft } = filled((values) => ({ ...values, rows: [{ motor: 'th', start: '-1/2', stop: '1e-3' }] }))
  expect(draft.args).toEqual([['diode'], 'th', -0.5, 0.001])
  expect(Object.keys(draft.kwargs)).toEqual(['num'])
})

test('errors of the server find their field by parameter name and place', () => {
  const model = modelOf('scan')
  const draft = filled((values) => values)
  expect(errorPath(model, draft, 'num')).toBe('fields.num')
  expect(errorPath(model, draft, 'detectors.0')).toBe('fields.detectors')
  expect(errorPath(model, draft, 'args.2')).toBe('rows.0.stop')
  expect(errorPath(model, draft, 'something')).toBeNull()
})
