import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '@beamtime/service-kit/testing'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { pythonChecks } from '../../src/doctor/python-checks.ts'

/** A configuration whose Python is a shell script with this body. */
async function checksWith(body: string): Promise<Awaited<ReturnType<typeof pythonChecks>>> {
  const dir = tempDir()
  try {
    const python = join(dir.path, 'python')
    writeFileSync(python, `#!/bin/sh\n${body}\n`)
    chmodSync(python, 0o755)
    const file = join(dir.path, 'beamtime.toml')
    writeFileSync(file, `[queue.main]\nworker = "python"\npython = ["${python}"]\n[queue.sim]\n`)
    return await pythonChecks(loadConfig({ config: file, environment: {} }))
  } finally {
    await dir.close()
  }
}

test('a Python with the packages is told with their versions; a native queue is not asked', async () => {
  const answer = { python: '3.12.1', bluesky: '1.15.1', bluesky_queueserver: '0.0.25', problem: null }
  const checks = await checksWith(`echo 'hello from sitecustomize'; echo '${JSON.stringify(answer)}'`)
  expect(checks).toEqual([
    {
      name: 'python of queue main',
      state: 'ok',
      detail: 'Python 3.12.1, bluesky 1.15.1, bluesky_queueserver 0.0.25',
      remedy: '',
    },
  ])
})

test('missing packages are bad, with the command that installs them', async () => {
  const answer = { python: '3.12.1', bluesky: null, problem: "No module named 'bluesky'" }
  const [check] = await checksWith(`printf %s '${JSON.stringify(answer).replaceAll("'", `'"'"'`)}'`)
  expect(check).toMatchObject({ state: 'bad', detail: expect.stringContaining("No module named 'bluesky'") })
  expect(check?.remedy).toContain('-m pip install bluesky bluesky-queueserver')
})

test('a Python that does not answer is bad, with its last line', async () => {
  const [check] = await checksWith('echo one >&2; echo "micromamba: no such environment" >&2; exit 3')
  expect(check).toMatchObject({
    state: 'bad',
    detail: expect.stringContaining('it ended with code 3: micromamba: no such environment'),
    remedy: expect.stringContaining('queue.main.python'),
  })
})
