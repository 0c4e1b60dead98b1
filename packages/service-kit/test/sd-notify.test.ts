import { expect, test } from 'vitest'
import { createSdNotifier } from '../src/index.ts'
import { waitFor } from '../src/testing.ts'

test('without NOTIFY_SOCKET nothing is run', () => {
  const runs: string[] = []
  const notifier = createSdNotifier({}, (args) => void runs.push(args.join(' ')))
  notifier.ready('idle')
  notifier.stopping()
  notifier.startWatchdog(() => true)
  notifier.close()
  expect(runs).toEqual([])
})

test('READY goes out three times, the first with the status', async () => {
  const runs: string[] = []
  const notifier = createSdNotifier({ NOTIFY_SOCKET: '/x' }, (args) => void runs.push(args.join(' ')))
  notifier.ready('idle')
  await waitFor(() => runs.length === 3)
  expect(runs).toEqual(['--ready --status=idle', '--ready', '--ready'])
  notifier.close()
})

test('the watchdog is fed only while the service is healthy', async () => {
  const runs: string[] = []
  let isHealthy = false
  const limits: number[] = []
  const notifier = createSdNotifier(
    { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '30000' },
    (args) => void runs.push(args.join(' ')),
  )
  notifier.startWatchdog((limitMs) => {
    limits.push(limitMs)
    return isHealthy
  })
  await waitFor(() => limits.length >= 2)
  expect(runs).toEqual([])
  expect(limits[0]).toBe(15)
  isHealthy = true
  await waitFor(() => runs.includes('WATCHDOG=1'))
  notifier.close()
})
