import { existsSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHost, type HostProcess } from './host-process.ts'

describe('one environment', () => {
  let folder: TempDir
  let host: HostProcess

  beforeAll(async () => {
    folder = tempDir()
    host = await startHost(folder.path)
    await host.ready()
  })

  afterAll(async () => {
    host.kill('SIGKILL')
    await host.exit()
    await folder.close()
  })

  test('plans and devices of all files and the standard plans are listed in wire form', async () => {
    const { existing_plans, existing_devices } = await host.manager.request(
      'request_plans_and_devices_list',
      {},
    )
    expect(Object.keys(existing_plans)).toEqual(
      expect.arrayContaining(['count', 'scan', 'rel_scan', 'moveStage', 'typed_names']),
    )
    expect(existing_plans['typed_names']).toEqual({
      name: 'typed_names',
      module: 'plans',
      description: 'Gives back what it got.',
      properties: { is_generator: true },
      parameters: [
        {
          name: 'device',
          kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 },
          annotation: { type: '__MOVABLE__' },
          min: '-1',
          max: '1.5',
          unit: 'mm',
          convert_device_names: true,
        },
        {
          name: 'devices',
          kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 },
          annotation: { type: 'typing.List[Listed]', devices: { Listed: ['det', 'motor'] } },
          default: "['det']",
        },
        {
          name: 'text',
          kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 },
          annotation: { type: 'str' },
          default: "'det'",
        },
      ],
    })
    expect(existing_plans['slowSteps']?.parameters).toEqual([
      { name: 'steps', kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 }, default: '100' },
      { name: 'stepS', kind: { name: 'POSITIONAL_OR_KEYWORD', value: 1 }, default: '0.02' },
    ])
    expect(existing_devices['stage']).toMatchObject({
      classname: 'SynAxis',
      module: 'devices',
      is_readable: true,
      is_movable: true,
      is_flyable: false,
      name: 'stage',
      unit: 'mm',
      components: { readback: { is_readable: true } },
    })
    expect(Object.keys(existing_devices)).toEqual(['det', 'motor', 'stage'])
  })

  test('names become devices where the annotation says so, and only there', async () => {
    const first = await host.report(await host.run('typed_names', ['stage', ['motor', 'stage', 'nobody']]))
    // 'stage' is not in the list of that parameter, so it stays a text, which has no name
    expect(first.return_value).toEqual({ device: 'stage', devices: ['motor', null, null], text: 'det' })
    const second = await host.report(await host.run('typed_names', [], { kwargs: { device: 'motor' } }))
    expect(second.return_value).toEqual({ device: 'motor', devices: ['det'], text: 'det' })
  })

  test('a scan gives a run, tells its points, and stores its number but not the facility', async () => {
    const uid = await host.run('scan', [['det'], 'motor', -1, 1, 5], {
      user: 'mara',
      user_group: 'primary',
      meta: { a: 1 },
    })
    const report = await host.report(uid)
    expect(report).toMatchObject({ plan_state: 'completed', success: true, uids: [expect.any(String)] })
    expect(host.named('progress').at(-1)).toMatchObject({ item_uid: uid, n: 5, total: 5 })
    const stored = JSON.parse(
      readFileSync(join(folder.path, 'state', 'run-metadata-main.json'), 'utf8'),
    ) as object
    expect(stored).toMatchObject({ scan_id: report.scan_ids[0], from_setup: true })
    expect(stored).not.toHaveProperty('facility')
  })

  test('a moving device is shown with the part of its way that it has gone', async () => {
    const uid = await host.run('moveStage', [host.named('plan_report').length % 2 === 0 ? 3 : -3])
    await host.report(uid)
    const moving = host
      .named('progress')
      .filter((event) => event.devices.some((device) => device.name === 'stage'))
    expect(moving.length).toBeGreaterThan(1)
    expect(moving.length).toBeLessThan(10)
    expect(moving.at(-1)?.devices[0]?.fraction).toBeGreaterThan(0.5)
  })

  test('a plan that throws fails with its text and the place in the user file', async () => {
    const report = await host.report(await host.run('failing'))
    expect(report).toMatchObject({
      plan_state: 'failed',
      success: false,
      err_msg: 'Plan failed: the plan is broken',
    })
    expect(report.traceback).toContain('plans.ts')
    expect(host.output()).toContain('The plan failed: the plan is broken')
  })

  test('an unknown plan and wrong arguments are refused before anything runs', async () => {
    await expect(host.run('nobody')).rejects.toMatchObject({
      reason: expect.stringContaining("Plan 'nobody' is not found in the worker namespace") as string,
    })
    await expect(host.run('moveStage', [1, 2])).rejects.toMatchObject({
      reason: expect.stringContaining('too many positional arguments') as string,
    })
  })

  test('a deferred pause comes at a checkpoint, an immediate one at once; the plan goes on and can be stopped', async () => {
    const uid = await host.run('slowSteps')
    await host.manager.request('command_pause_plan', { option: 'deferred' })
    await waitFor(() => host.named('plan_report').some(({ report }) => report.item_uid === uid))
    expect(await host.manager.request('request_state', {})).toMatchObject({
      re_state: 'paused',
      environment_state: 'idle',
    })
    await host.manager.request('command_continue_plan', { option: 'resume' })
    await waitFor(async () => (await host.manager.request('request_state', {})).re_state === 'running')
    await host.manager.request('command_pause_plan', { option: 'immediate' })
    await waitFor(async () => (await host.manager.request('request_state', {})).re_state === 'paused')
    await host.manager.request('command_continue_plan', { option: 'stop' })
    expect(await host.report(uid)).toMatchObject({ plan_state: 'stopped', success: true })
  })

  test.each(['abort', 'halt'] as const)('%s ends a paused plan', async (option) => {
    const uid = await host.run('slowSteps')
    await host.manager.request('command_pause_plan', { option: 'immediate' })
    await waitFor(async () => (await host.manager.request('request_state', {})).re_state === 'paused')
    await host.manager.request('command_continue_plan', { option })
    expect(await host.report(uid)).toMatchObject({ plan_state: `${option}ed`, success: false })
  })

  test('a plan that blocks the thread delays answers and nothing else', async () => {
    const uid = await host.run('blocking', [600])
    expect((await host.manager.request('request_state', {}, { timeoutMs: 5_000 })).running_item_uid).toBe(uid)
    expect(await host.report(uid)).toMatchObject({ plan_state: 'completed' })
  })

  test('a plan can ask for a line and gets the answer', async () => {
    const uid = await host.run('asking')
    const question = await waitFor(() => host.named('input').at(-1))
    expect(question).toMatchObject({ prompt: 'Name of the sample? ', item_uid: uid })
    await host.manager.request('answer_input', { text: 'gold' })
    expect((await host.report(uid)).return_value).toBe('gold')
  })

  test('a function is called with positional and named arguments', async () => {
    await host.manager.request('command_execute_function', {
      func_info: { name: 'add', args: [1], kwargs: { b: 2 } },
      task_uid: 'add',
    })
    await waitFor(() => host.named('task_completed').some((event) => event.task_uid === 'add'))
    expect(host.named('task_completed').at(-1)?.result).toMatchObject({ success: true, return_value: 3 })
    expect(host.named('console').map(({ msg }) => msg)).toContain('adding 1 and 2\n')
  })

  test.each([
    ['nobody', "Function 'nobody' is not found in the worker namespace"],
    ['moveStage', "Function 'moveStage' is a generator function"],
    ['stage', "Function 'stage' is not callable"],
  ])('calling %s as a function fails in words', async (name, text) => {
    await host.manager.request('command_execute_function', { func_info: { name }, task_uid: `call ${name}` })
    const { result } = await waitFor(() =>
      host.named('task_completed').find((event) => event.task_uid === `call ${name}`),
    )
    expect(result).toMatchObject({
      success: false,
      msg: `Error occurred while executing 'Execute function': ${text}`,
    })
  })

  test('a script adds plans, sees the objects of the startup folder, and a mistake in it is told', async () => {
    const script = `import { stage } from './devices.ts'
      export const same = stage
      export function* fromScript(n: number) { yield* [] as never[] }`
    await host.manager.request('command_load_script', { script, task_uid: 'script 1' })
    await waitFor(() => host.named('task_completed').some((event) => event.task_uid === 'script 1'))
    const lists = host.named('lists').at(-1)
    expect(lists?.existing_plans['fromScript']).toMatchObject({ parameters: [{ name: 'n' }] })
    expect(lists?.existing_devices['same']).toMatchObject({ name: 'stage' })
    await host.manager.request('command_load_script', { script: 'export enum X { A }', task_uid: 'script 2' })
    const { result } = await waitFor(() =>
      host.named('task_completed').find((event) => event.task_uid === 'script 2'),
    )
    expect(result.msg).toContain("Error occurred while executing 'Load script': Failed to execute stript: ")
    expect(result.msg).toContain('TypeScript enum is not supported')
  })

  test('a manager that was away collects console, report and state', async () => {
    const uid = await host.run('loudRun', [30])
    host.manager.close()
    await waitFor(() => host.output().includes('emitted 30'))
    await host.reconnect()
    const report = await waitFor(async () => host.manager.request('request_plan_report', {}))
    expect(report).toMatchObject({ item_uid: uid, plan_state: 'completed' })
    await waitFor(() => host.named('console').some(({ msg }) => msg === 'emitted 30\n'))
    await host.manager.request('ack_report', { item_uid: uid })
  })
})

describe('life of the process', () => {
  let folder: TempDir
  const hosts: HostProcess[] = []

  beforeEach(() => {
    folder = tempDir()
  })

  afterEach(async () => {
    for (const host of hosts.splice(0)) {
      host.kill('SIGKILL')
      await host.exit()
    }
    await folder.close()
  })

  async function start(extra: Record<string, unknown> = {}): Promise<HostProcess> {
    const host = await startHost(folder.path, extra)
    hosts.push(host)
    return host
  }

  test('closing the environment ends the process once it is confirmed', async () => {
    const host = await start()
    await host.ready()
    await host.manager.request('command_close_env', {})
    expect(host.named('state').at(-1)?.state.environment_state).toBe('closed')
    await host.manager.request('command_confirm_exit', {})
    expect(await host.exit()).toBe(0)
    expect(existsSync(join(folder.path, 'w.sock'))).toBe(false)
  })

  test('a broken startup file is told with file and line, and the process ends', async () => {
    const bad = join(folder.path, 'bad')
    mkdirSync(bad)
    writeFileSync(join(bad, 'a.ts'), 'export const x: number = 1\nexport const y = missing.value\n')
    const host = await start({ startup: { kind: 'dir', path: bad } })
    const failure = await waitFor(() => host.named('startup_failed').at(-1))
    expect(failure.msg).toBe(`Error while executing script '${join(bad, 'a.ts')}': missing is not defined`)
    expect(failure.traceback).toContain('a.ts:2')
    expect(host.output()).toContain('Failed to start RE Worker environment. Error while loading startup code')
    await host.manager.request('command_confirm_exit', {}).catch(() => undefined)
    expect(await host.exit()).toBe(1)
  })

  test('user code outside of any package finds the run engine of the product', async () => {
    const own = join(folder.path, 'own')
    mkdirSync(own)
    writeFileSync(
      join(own, 'a.ts'),
      "import { RunEngine } from '@beamtime/run-engine'\nexport const RE = new RunEngine()\n",
    )
    const host = await start({ startup: { kind: 'script', path: join(own, 'a.ts') } })
    await host.ready()
    const { existing_devices } = await host.manager.request('request_plans_and_devices_list', {})
    expect(existing_devices).toEqual({})
    const report = await host.report(await host.run('count', [[]]))
    expect(report.scan_ids).toEqual([1])
    const stored = JSON.parse(
      readFileSync(join(folder.path, 'state', 'run-metadata-main.json'), 'utf8'),
    ) as object
    expect(stored).toMatchObject({ scan_id: 1 })
  })

  test('the scan number goes on after a kill -9 right behind a start document', async () => {
    const first = await start()
    await first.ready()
    await first.run('loudRun', [500])
    await waitFor(() => first.output().includes('emitted 1\n'))
    first.kill('SIGKILL')
    await first.exit()
    const second = await start()
    await second.ready()
    expect((await second.report(await second.run('fast', [1]))).scan_ids).toEqual([2])
  })

  test('SIGTERM ends the running plan with a stop document and exits', async () => {
    const host = await start({ shutdownMs: 2_000 })
    await host.ready()
    await host.run('loudRun', [10_000])
    await waitFor(() => host.output().includes('emitted 3\n'))
    host.kill('SIGTERM')
    expect(await host.exit()).toBe(0)
    const ended = host.named('run_list').find((event) => event.run_list.some((run) => !run.is_open))
    expect(ended?.run_list[0]?.exit_status).toBe('abort')
  })

  test('the process goes when its supervisor is gone', async () => {
    const { spawn } = await import('node:child_process')
    const supervisor = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const host = await start({ supervisorPid: supervisor.pid })
    await host.ready()
    supervisor.kill('SIGKILL')
    expect(await host.exit()).toBe(0)
  })

  test('errors in timers and promises of user code do not end the worker', async () => {
    const own = join(folder.path, 'own.ts')
    writeFileSync(
      own,
      "setTimeout(() => { throw new Error('late') }, 1)\nvoid Promise.reject(new Error('nobody waits'))\nexport const x = 1\n",
    )
    const host = await start({ startup: { kind: 'script', path: own } })
    await host.ready()
    await waitFor(() => host.named('console').some(({ msg }) => msg.includes('late')))
    expect(await host.manager.request('request_state', {})).toMatchObject({ environment_state: 'idle' })
  })
})
