import { randomUUID } from 'node:crypto'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TaskResult } from '../../src/protocol.ts'
import { startHost, type HostProcess } from './host-process.ts'
import { realPython } from './real-python.ts'

const found = realPython()
if ('missing' in found) {
  process.stdout.write(
    `Skipped: the Python worker. ${found.missing} (tools/peers/queueserver.sh installs what it needs)\n`,
  )
}

describe.skipIf('missing' in found)('the demo profile of the queue server in one environment', () => {
  let folder: TempDir
  let host: HostProcess

  beforeAll(async () => {
    folder = tempDir()
    host = await startHost(folder.path, {
      worker: 'python',
      python: 'python' in found ? found.python : '',
      startup: { kind: 'demo' },
      onShutdown: 'abort',
      metadata: { facility: 'Test', beamline_id: 'Demo' },
    })
    await waitFor(
      async () => (await host.manager.request('request_state', {})).environment_state === 'idle',
      { timeoutMs: 25_000 },
    )
  })

  afterAll(async () => {
    host.kill('SIGKILL')
    await host.exit()
    await folder.close()
  })

  async function task(
    op: 'command_load_script' | 'command_execute_function',
    params: Record<string, unknown>,
  ): Promise<TaskResult> {
    const task_uid = randomUUID()
    await host.manager.request(op, { ...params, task_uid } as never)
    return waitFor(() => host.named('task_completed').find((event) => event.task_uid === task_uid)?.result)
  }

  async function paused(item: string): Promise<void> {
    await waitFor(() =>
      host
        .named('plan_report')
        .some(({ report }) => report.item_uid === item && report.plan_state === 'paused'),
    )
    await host.manager.request('ack_report', { item_uid: item })
  }

  test('plans and devices are listed as the package lists them', async () => {
    const lists = await host.manager.request('request_plans_and_devices_list', {})
    expect(lists.existing_plans['count']?.parameters[0]).toMatchObject({
      name: 'detectors',
      annotation: { type: 'collections.abc.Sequence[__READABLE__]' },
      convert_device_names: true,
    })
    expect(lists.existing_devices['sim_bundle_A']?.components).toHaveProperty('mtrs')
  })

  test('a plan runs and reports runs, scan ids and what it returned', async () => {
    const item = await host.run('count', [['det1', 'det2']], { kwargs: { num: 3 }, user_group: 'primary' })
    const report = await host.report(item)
    expect(report).toMatchObject({ plan_state: 'completed', err_msg: '', traceback: '', scan_ids: [1] })
    expect(report.return_value).toBe(report.uids[0])
    const { re_metadata } = await host.manager.request('request_runengine_metadata', {})
    expect(re_metadata).toMatchObject({ metadata_key: 'metadata_value', scan_id: 1 })
    expect(re_metadata).not.toHaveProperty('facility')
  })

  test.each([
    ['resume', 'completed'],
    ['stop', 'stopped'],
    ['abort', 'aborted'],
    ['halt', 'halted'],
  ] as const)('a paused plan goes on or ends with %s', async (option, state) => {
    const item = await host.run('count', [['det1']], { kwargs: { num: 4, delay: 0.1 } })
    // Before its first checkpoint a plan can not be resumed.
    await waitFor(() => host.named('progress').some((event) => event.item_uid === item && event.n > 0))
    await host.manager.request('command_pause_plan', { option: 'immediate' })
    await paused(item)
    await host.manager.request('command_continue_plan', { option })
    expect((await host.manager.request('request_state', {})).re_state).not.toBe('paused')
    expect((await host.report(item)).plan_state).toBe(state)
  })

  test('a failing plan and wrong parameters come with text and traceback', async () => {
    await task('command_load_script', {
      script: "def broken():\n    yield from null()\n    raise ValueError('no beam')\n",
    })
    const broken = await host.report(await host.run('broken'))
    expect(broken).toMatchObject({ plan_state: 'failed', err_msg: 'Plan failed: no beam' })
    expect(broken.traceback).toContain('in broken')
    const wrong = await host.report(await host.run('count', [['det1']], { kwargs: { nums: 1 } }))
    expect(wrong.err_msg).toContain('Error occurred while processing plan parameters or starting the plan')
    expect(wrong.err_msg).toContain("got an unexpected keyword argument 'nums'")
  })

  test('functions, scripts and prints behave as in the queue server', async () => {
    expect(
      await task('command_execute_function', { func_info: { name: 'function_sleep', args: [0.01] } }),
    ).toMatchObject({ success: true, return_value: { success: true, time: 0.01 } })
    expect(
      await task('command_execute_function', { func_info: { name: 'nothing' }, run_in_background: true }),
    ).toMatchObject({ success: false, msg: expect.stringContaining("'nothing' is not found") as string })
    const script = "print('one'); import sys; print('two', file=sys.stderr)\n1 / 0\n"
    const failed = await task('command_load_script', { script })
    expect(failed.msg).toBe(
      "Error occurred while executing 'Load script': Failed to execute stript: division by zero",
    )
    const console_ = host.named('console').map(({ msg }) => msg)
    expect(console_.join('')).toContain('one\ntwo\n')
  })

  test('devices that a plan waits for tell how far they are', async () => {
    await task('command_load_script', {
      script: [
        'import threading, time',
        'class Slow:',
        '    name = "slow"; parent = None; position = 0.0',
        '    def read(self): return {}',
        '    def describe(self): return {}',
        '    def read_configuration(self): return {}',
        '    def describe_configuration(self): return {}',
        '    def set(self, target):',
        '        from ophyd.status import Status',
        '        status = Status()',
        '        status.watchers = []',
        '        status.watch = status.watchers.append',
        '        def move():',
        '            for step in range(1, 5):',
        '                time.sleep(0.06)',
        '                for watcher in status.watchers:',
        '                    watcher(name="slow", current=step * target / 4, initial=0.0, target=target, unit="mm",',
        '                            precision=2, fraction=1 - step / 4, time_elapsed=0.1, time_remaining=0.1)',
        '            status.set_finished()',
        '        threading.Thread(target=move).start()',
        '        return status',
        'slow = Slow()',
        'def slowly():',
        '    yield from mv(slow, 2)',
      ].join('\n'),
    })
    expect((await host.report(await host.run('slowly'))).err_msg).toBe('')
    const devices = host.named('progress').flatMap((event) => event.devices)
    expect(devices).toContainEqual(
      expect.objectContaining({ name: 'slow', unit: 'mm', current: 1, target: 2, fraction: 0.5 }),
    )
  })

  test('a plan that asks gets the answer of the operator', async () => {
    await task('command_load_script', {
      script:
        "from bluesky.plan_stubs import input_plan\ndef asks():\n    return (yield from input_plan('Ready? '))\n",
    })
    const item = await host.run('asks')
    await waitFor(() => host.named('input').some(({ prompt }) => prompt === 'Ready? '))
    await host.manager.request('answer_input', { text: 'yes' })
    expect((await host.report(item)).return_value).toBe('yes')
  })

  test('SIGTERM ends the running plan and the Python process', async () => {
    await host.run('count', [['det1']], { kwargs: { num: 1000, delay: 0.1 } })
    await waitFor(async () => (await host.manager.request('request_state', {})).re_state === 'running')
    host.kill('SIGTERM')
    expect(await host.exit()).toBe(0)
    expect(host.output()).toContain('Aborting')
  })
})
