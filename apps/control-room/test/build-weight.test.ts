import { expect, test } from 'vitest'
import { budgets, overBudget } from '../build/finish-plugin.ts'

const light = {
  initialScript: 1,
  initialStyle: 1,
  largestChunk: { name: 'a.js', bytes: 1 },
  allScripts: 1,
  fonts: 1,
}

test('a build within its budgets passes and each budget is named when it is broken', () => {
  expect(overBudget(light)).toEqual([])
  expect(overBudget({ ...light, initialScript: budgets.initialScript + 1 })).toEqual([
    'initial JavaScript 260001 > 260000 bytes',
  ])
  expect(overBudget({ ...light, largestChunk: { name: 'queue.js', bytes: 80_001 } })).toEqual([
    'chunk queue.js 80001 > 80000 bytes',
  ])
})
