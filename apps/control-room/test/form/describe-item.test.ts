import { expect, test } from 'vitest'
import { fakeQueue } from '../../gallery/fake-server/items.ts'
import { fakeDevices, fakePlans } from '../../gallery/fake-server/plans.ts'
import { describeItem } from '../../src/form/describe-item.ts'
import { textOf } from '../../src/text/text-of.ts'

const words = fakeQueue(12).items.map((item) => {
  const described = describeItem(
    item,
    fakePlans.find((plan) => plan.name === item.name),
    (name) => ({ unit: textOf(fakeDevices[name]?.['unit']) }),
  )
  return `${described.title} | ${described.parameters}`.replaceAll('\u00a0', ' ')
})

test('items read in the words of the scientist, without a key', () => {
  expect(words).toEqual([
    'Fe foil, Fe K edge | energy 7.062 → 7.312 keV · 251 points',
    'FeO-12 pellet, Fe K edge | energy 7.062 → 7.312 keV · 251 points',
    'Stop here | queue waits until someone presses Start',
    'FeO-12 map | sam_y ±0.75 · sam_x ±1 mm · 31 × 41',
    'Si-111 tail | th 0.05 → 0.25 deg · 41 points',
    'Dark frames | eiger · 100 × 0.1 s',
    'Fossil 03, top | projections 1801 · exposure 20 ms',
    'Fossil 03, bottom | projections 1801 · exposure 20 ms',
    'Park sample stage | sam_x 0 · sam_z −25 mm',
    'FeO-12 reduction | 300 → 520 K · rate 5 K/min',
    'Slit 2 alignment | s2_gap ±0.2 mm · 41 points',
    'End reference | i0, diode · 10 × 1 s',
  ])
})

test('an item without metadata is called by its plan, and an unknown plan still reads', () => {
  const item = { item_type: 'plan', name: 'my_plan', args: ['a', 1], kwargs: { depth: 2 } } as const
  expect(describeItem(item, undefined)).toEqual({
    title: 'My plan',
    plan: 'my_plan',
    parameters: 'a · 1 · depth 2',
  })
})
