/** What a manager finds in its store when it starts, and what it puts there for the next. */
import { expect, test } from 'vitest'
import { startCore } from './core-under-test.ts'

const left = {
  autostart_mode_info: { enabled: true },
  stop_pending_info: { enabled: true },
}

test('a fresh start switches autostart and a pending stop off for good, not until the next crash', () => {
  const fresh = startCore({ stored: { values: left }, reattached: false, restarted: false })
  expect(fresh.core.status).toMatchObject({ queue_autostart_enabled: false, queue_stop_pending: false })
  const afterCrash = startCore({ stored: { values: fresh.stored() }, reattached: false, restarted: true })
  expect(afterCrash.core.status).toMatchObject({ queue_autostart_enabled: false, queue_stop_pending: false })
})

test('after a crash autostart goes on; a pending stop does where the worker lives', () => {
  const alone = startCore({ stored: { values: left }, reattached: false, restarted: true })
  expect(alone.core.status).toMatchObject({ queue_autostart_enabled: true, queue_stop_pending: false })
  expect(alone.stored()).toMatchObject({ stop_pending_info: { enabled: false } })
  const beside = startCore({ stored: { values: left }, reattached: true, restarted: true })
  beside.greet({})
  expect(beside.core.status).toMatchObject({ queue_autostart_enabled: true, queue_stop_pending: true })
})

test('permissions in force are stored at each start, so that a manager after a crash goes by the same', () => {
  const stale = { user_groups: { root: {}, guests: {} } }
  const fresh = startCore({
    stored: { values: { user_group_permissions: stale } },
    reattached: false,
    restarted: false,
  })
  expect(fresh.stored()['user_group_permissions']).toHaveProperty('user_groups.narrow')
})
