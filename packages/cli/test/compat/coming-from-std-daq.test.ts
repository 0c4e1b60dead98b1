import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stdDaqNames } from '../../src/compat/std-daq.ts'

const root = join(import.meta.dirname, '../../../..')
const page = readFileSync(join(root, 'docs/coming-from/std-daq.md'), 'utf8')
const seed = readFileSync(join(import.meta.dirname, 'std-daq-names.txt'), 'utf8')
  .trim()
  .split('\n')
const lines = Array.from(page.matchAll(/```console\n([\s\S]*?)```/g), ([, text = '']) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2)),
).flat()

let dir: TempDir
let detector: ChildProcess
let environment: NodeJS.ProcessEnv

beforeAll(async () => {
  dir = tempDir()
  const [rest, udp] = [await freePort(), await freePort()]
  environment = {
    ...process.env,
    NODE: process.execPath,
    BIN: join(root, 'bin'),
    REDIS_SKIP: 'true',
    STD_DAQ_API_URL: `http://127.0.0.1:${rest}`,
  }
  const table = [
    '[daq.jungfrau]',
    'detector_type = "jungfrau-raw"',
    'n_modules = 1',
    'bit_depth = 16',
    'image_pixel_width = 1024',
    'image_pixel_height = 512',
    `start_udp_port = ${udp}`,
    'udp_host = "127.0.0.1"',
    'receiver = "dgram"',
    `rest = "127.0.0.1:${rest}"`,
    'websocket = ""',
    'ram_buffer = { export = "off" }',
    `stream = { ipc_directory = "${dir.path}" }`,
    'simulator = { enabled = true, auto_start = true, rate_hz = 20 }',
  ]
  writeFileSync(join(dir.path, 'beamtime.toml'), table.join('\n'))
  writeFileSync(join(dir.path, 'changes.json'), '{"module_sync_queue_size": 60}')
  mkdirSync(join(dir.path, 'redis_configs'))
  detector = spawn(
    process.execPath,
    [join(root, 'bin/beamtime.mjs'), 'daq', 'run', 'jungfrau', '--data', join(dir.path, 'data')],
    {
      cwd: dir.path,
      env: environment,
      stdio: 'ignore',
    },
  )
  await waitFor(() => run('std_cli_get_status').status === 0 || null, {
    timeoutMs: 60_000,
    what: 'the detector',
  })
}, 90_000)

afterAll(async () => {
  if (detector.exitCode === null) {
    detector.kill('SIGTERM')
    await once(detector, 'exit')
  }
  await dir.close()
})

/** A command line as a shell reads it, with our executables. */
function run(line: string): { status: number | null; stdout: string; stderr: string } {
  const script = line
    .replace(/^beamtime\b/, '"$NODE" "$BIN/beamtime.mjs"')
    .replace(/^(std_\w+)/, (name) => `"$NODE" "$BIN/std-daq.mjs" ${name}`)
  return spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    cwd: dir.path,
    env: environment,
    timeout: 60_000,
  })
}

test('every command line of the page does what the page says', { timeout: 240_000 }, () => {
  expect(lines.length).toBeGreaterThan(50)
  for (const line of lines) {
    // Needs a Redis; checked by the suite daq-services. Here it must say which variable is wrong.
    if (line.includes('config push')) {
      const result = run(
        `REDIS_PORT=1 ${line}`.replace(
          /^REDIS_PORT=1 beamtime\b/,
          'REDIS_PORT=1 "$NODE" "$BIN/beamtime.mjs"',
        ),
      )
      expect(result.stderr, line).toContain('REDIS_HOST')
      continue
    }
    const expected = Number(/# exits with (\d)/.exec(line)?.[1] ?? 0)
    const result = run(line)
    expect(result.status, `${line}\n${result.stdout}${result.stderr}`).toBe(expected)
  }
})

test('the page names every program that is installed, and every command, option, variable and file of the old README', () => {
  for (const name of stdDaqNames) expect(page).toContain(name)
  for (const name of seed) expect(page, name).toContain(name)
})

test('every program is installed under its name', () => {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    bin: Record<string, string>
  }
  for (const name of stdDaqNames) expect(bin[name], name).toBe('bin/std-daq.mjs')
})
