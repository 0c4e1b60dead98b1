import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowedLists } from '../../src/core/permissions/allowed-lists.ts'
import { filterDevices, usableDeviceNames } from '../../src/core/permissions/device-filter.ts'
import { parseDevicePattern, parseNamePattern } from '../../src/core/permissions/name-pattern.ts'
import { QueueManagerError } from '../../src/index.ts'
import { existingDevices, existingPlans } from '../existing-lists.ts'

const everything = { allowed_devices: [null] }

function usable(allowed: (string | null)[], forbidden: (string | null)[] = []): string[] {
  return usableDeviceNames(
    filterDevices(existingDevices, everything, { allowed_devices: allowed, forbidden_devices: forbidden }),
  )
}

describe('patterns of device names', () => {
  test.each([
    [['det1'], ['det1']],
    [['sim_stage.mtrs.x'], ['sim_stage.mtrs.x']],
    [[':^det'], ['det', 'det1', 'det2', 'det3']],
    [[':^det:?.*'], ['det', 'det1', 'det1.val', 'det2', 'det3']],
    [[':^det1$:^val$'], ['det1', 'det1.val']],
    [[':-^det1$:^val$'], ['det1.val']],
    [[':-^sim:-^mt:-^x$'], ['sim_stage.mtrs.x']],
    [[':?^sim.*\\.x$'], ['sim_stage.mtrs.x']],
    [[':?.*:depth=1'], ['det', 'det1', 'det2', 'det3', 'motor1', 'motor2', 'flyer', 'sim_stage', '_hidden']],
    [['__MOTOR__:?.*'], ['motor1', 'motor2', 'sim_stage.mtrs.x', 'sim_stage.mtrs.y']],
    [['__FLYABLE__:.*'], ['flyer']],
    [['__DETECTOR__:^sim_stage$:?.*:depth=2'], ['sim_stage.det', 'sim_stage.det.val', 'sim_stage.mtrs']],
    [[' : ^det1 $ '], ['det1']],
    [[], []],
  ])('%j', (allowed, names) => {
    expect(usable(allowed)).toEqual(names)
  })

  test('what is forbidden is taken away, and a forbidden stage keeps its usable parts', () => {
    const devices = filterDevices(existingDevices, everything, {
      allowed_devices: [':^sim:?.*'],
      forbidden_devices: [':^sim_stage$', ':?.*det'],
    })
    expect(devices['sim_stage']).toMatchObject({ excluded: true })
    expect(usableDeviceNames(devices)).toEqual(['sim_stage.mtrs', 'sim_stage.mtrs.x', 'sim_stage.mtrs.y'])
    expect(usable([null], [null, 'det1'])).toContain('det1')
  })

  test('root limits every group', () => {
    const devices = filterDevices(existingDevices, { allowed_devices: [':^det1'] }, everything)
    expect(Object.keys(devices)).toEqual(['det1'])
  })
})

describe('malformed entries', () => {
  test.each([
    ['', 'is an empty string'],
    [':', 'contains empty components'],
    [':a::b', 'contains empty components'],
    [':?a:b', "Full name regular expression '?a' must be the last: ':?a:b'"],
    [':?a:depth=x', 'has incorrect format'],
    [':?a:depth=0', 'has incorrect format'],
    ['__X__:a', "Device type '__X__' is not supported"],
    ['a b$', 'contains invalid characters'],
    [':(', "contains invalid regular expression '('"],
  ])('%j', (text, message) => {
    expect(() => parseDevicePattern(text)).toThrow(message)
  })

  test('any text is a pattern or this package’s error', () => {
    const text = fc.string({
      unit: fc.constantFrom(':', '?', '-', '+', 'a', '(', ')', '*', '.', '=', 'depth=', '1', '[', '\\'),
    })
    fc.assert(
      fc.property(text, (entry) => {
        for (const parse of [parseDevicePattern, parseNamePattern]) {
          try {
            parse(entry)
          } catch (error) {
            expect(error).toBeInstanceOf(QueueManagerError)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })
})

test('name lists in annotations hold only what the group may use', () => {
  const lists = allowedLists(
    { plans: existingPlans, devices: existingDevices },
    {
      user_groups: {
        root: { allowed_plans: [null], allowed_devices: [null] },
        g: { allowed_plans: [':.*'], allowed_devices: ['motor2'] },
      },
    },
  )
  const parameter = lists.plans['g']?.['move_then_count']?.parameters[0]
  expect(parameter?.annotation?.devices).toEqual({ Motors: ['motor2'] })
  expect(lists.plans['root']?.['move_then_count']?.parameters[0]?.annotation?.devices).toEqual({
    Motors: ['motor1', 'motor2'],
  })
})

test('python spellings of regular expressions are understood', () => {
  expect(parseNamePattern(':(?i)^COUNT\\Z')('count')).toBe(true)
  expect(parseNamePattern(':(?P<x>a)(?P=x)')('baab')).toBe(true)
})
