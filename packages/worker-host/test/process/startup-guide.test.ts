import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir, waitFor } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { startHost } from './host-process.ts'

test('the programs of the guide to startup code load, run and upload as printed', async () => {
  const guide = readFileSync(new URL('../../../../docs/startup-code.md', import.meta.url), 'utf8')
  const [beamline = '', setup = '', script = ''] = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(
    (match) => match[1],
  )
  const folder = tempDir()
  const startup = join(folder.path, 'startup')
  mkdirSync(startup)
  writeFileSync(join(startup, 'beamline.ts'), beamline)
  writeFileSync(join(startup, 'engine.ts'), setup)
  const host = await startHost(folder.path, { startup: { kind: 'dir', path: startup } })
  try {
    await host.ready()
    const report = await host.report(await host.run('move_then_count', [1.5], { kwargs: { num: 2 } }))
    expect(report).toMatchObject({ plan_state: 'completed', scan_ids: [1] })
    await host.manager.request('command_execute_function', {
      func_info: { name: 'detectorTemperature' },
      task_uid: 'f',
    })
    await host.manager.request('command_load_script', { script, task_uid: 's', run_in_background: true })
    await waitFor(() => host.named('task_completed').length === 2)
    expect(host.named('task_completed').map(({ result }) => result.msg)).toEqual(['', ''])
    expect(await host.report(await host.run('park'))).toMatchObject({ plan_state: 'completed' })
    expect(await host.manager.request('request_runengine_metadata', {})).toMatchObject({
      re_metadata: { beamline_id: '25-ID-C', scan_id: 1 },
    })
  } finally {
    host.kill('SIGKILL')
    await host.exit()
    await folder.close()
  }
})
