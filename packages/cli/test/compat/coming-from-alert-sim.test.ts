import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../..')
const page = readFileSync(join(root, 'docs/coming-from/alert-stream-simulator.md'), 'utf8')
const commands = Array.from(page.matchAll(/```console\n([\s\S]*?)```/g), ([, text = '']) =>
  text.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])),
).flat()

let dir: TempDir
let broker: ChildProcess
let address: string

beforeAll(async () => {
  dir = tempDir()
  address = `127.0.0.1:${await freePort()}`
  writeFileSync(join(dir.path, 'beamtime.toml'), `[broker]\nlisten = "${address}"\n[registry]\nlisten = ""\n`)
  broker = spawn(process.execPath, [join(root, 'bin/beamtime.mjs'), 'broker'], {
    cwd: dir.path,
    stdio: 'ignore',
  })
  await waitFor(() => Promise.resolve(run('beamtime topic list').status === 0 || null), {
    timeoutMs: 30_000,
    what: 'the broker',
  })
}, 60_000)

afterAll(async () => {
  if (broker.exitCode === null) {
    broker.kill('SIGTERM')
    await once(broker, 'exit')
  }
  await dir.close()
})

const files: Readonly<Record<string, string>> = { 'rubin-alert-stream': 'rubin-alert-sim' }

/** A command line as a shell reads it, with our executables and the broker of this test in the place of localhost:9092. */
function run(line: string): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  const script = line
    .replace(/^([\w-]+)/, (name) => `"$NODE" "$BIN/${files[name] ?? name}.mjs"`)
    .replaceAll('localhost:9092', address)
    .replace(
      /(create|play|print)-stream(?=.*(dst|src)-topic)(?!.*(-B|--broker))/,
      (name) => `${name} -B ${address}`,
    )
  return spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    cwd: dir.path,
    env: { ...process.env, NODE: process.execPath, BIN: join(root, 'bin'), XDG_CACHE_HOME: dir.path },
    timeout: 60_000,
  })
}

test('every command line of the page does what the page says', { timeout: 240_000 }, () => {
  expect(commands.length).toBeGreaterThan(20)
  for (const line of commands) {
    const wanted = Number(/# exits with (\d)/.exec(line)?.[1] ?? 0)
    const result = run(line)
    expect(result.status, `${line}\n${result.stdout}${result.stderr}`).toBe(wanted)
    for (const [pattern, check] of Object.entries(outputs)) if (line.includes(pattern)) check(result)
  }
  expect(statSync(join(dir.path, 'data/rubin_single_ccd_sample.avro')).size).toBeGreaterThan(20_000_000)
})

type Check = (result: { readonly stdout: string; readonly stderr: string }) => void

/** What lines print, to the letter. */
const outputs: Readonly<Record<string, Check>> = {
  'rubin_example data/rubin_single_ccd': ({ stdout }) =>
    expect(stdout).toBe('successfully preloaded stream with 792 alerts\n'),
  '--verbose play-stream': ({ stdout, stderr }) => {
    expect(stderr).toMatch(/^INFO:rubin-alert-sim\.play:sent 792 alerts in \d+\.\d\ds \(\d+\.\d\d\/s\)\n$/)
    expect(stdout).toBe('played 792 alerts from the stream\n')
  },
  'the topic exists': ({ stderr }) =>
    expect(stderr).toBe(
      'KafkaException: KafkaError{code=TOPIC_ALREADY_EXISTS,val=36,str="Topic \'rubin_example\' already exists."}\n',
    ),
  '--force data/rubin_sample': ({ stdout }) =>
    expect(stdout).toBe('successfully preloaded stream with 300 alerts\n'),
  'all three or none': ({ stderr }) =>
    expect(stderr).toBe('ValueError: either all --tls options must be set, or none of them\n'),
  'no such file': ({ stderr }) =>
    expect(stderr).toContain("can't open 'none.avro': [Errno 2] No such file or directory"),
  'no number': ({ stderr }) =>
    expect(stderr).toContain("argument --repeat-interval: invalid int value: 'soon'"),
  'no such subcommand': ({ stderr }) =>
    expect(stderr).toContain("argument subcommand: invalid choice: 'preload'"),
  'print topic:': ({ stdout }) => {
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines)
      expect(line).toMatch(
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})? {2}id=\d+ {2}len\(history\)=41 {2}size=8\d{4}$/,
      )
  },
  'stream verify': ({ stdout }) => expect(stdout).toContain('sound: 300 messages'),
}

test(
  'print-stream prints the alerts that are there and goes on until Ctrl-C',
  { timeout: 60_000 },
  async () => {
    const child = spawn(
      process.execPath,
      [join(root, 'bin/rubin-alert-sim.mjs'), 'print-stream', '-B', address, '--src-topic', 'rubin_example'],
      { cwd: dir.path, env: { ...process.env, XDG_CACHE_HOME: dir.path } },
    )
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    await waitFor(() => Promise.resolve(out.split('\n').length > 300 || null), { timeoutMs: 30_000 })
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(130)
    expect(out.trim().split('\n')).toHaveLength(300)
  },
)

test(
  'a recording that Ctrl-C ends is whole, and its exit code says that it was interrupted',
  { timeout: 60_000 },
  async () => {
    const args = [
      join(root, 'bin/beamtime.mjs'),
      'stream',
      'record',
      'rubin_example',
      '-o',
      'interrupted',
      '--from',
      'earliest',
      '--progress',
      'json',
    ]
    const child = spawn(process.execPath, args, { cwd: dir.path })
    let progress = ''
    child.stderr.on('data', (chunk: Buffer) => (progress += chunk.toString()))
    await waitFor(() => Promise.resolve(progress.includes('"count":300') || null), { timeoutMs: 30_000 })
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(130)
    expect(run('beamtime stream verify interrupted')).toMatchObject({ status: 0 })
    expect(existsSync(join(dir.path, 'beamtime-data/recordings/interrupted.strec/manifest.json'))).toBe(true)
  },
)

test('exit codes tell misuse, a broker that is away, and what is refused', { timeout: 60_000 }, () => {
  mkdirSync(join(dir.path, 'denied'), { recursive: true })
  writeFileSync(
    join(dir.path, 'denied/beamtime.toml'),
    `[broker]\nlisten = "${address}"\n[replay]\ndeny_topics = ["^prod"]\n`,
  )
  expect(run('beamtime stream play three-visits --speed 2 --rate 3')).toMatchObject({ status: 2 })
  expect(run('beamtime stream record x -o y --bootstrap 127.0.0.1:1')).toMatchObject({ status: 3 })
  expect(
    run(
      'beamtime stream play topic:rubin_example --asap --topic-map rubin_example=prod --create --config denied/beamtime.toml',
    ),
  ).toMatchObject({ status: 4 })
  expect(run('beamtime stream verify nosuch')).toMatchObject({ status: 1 })
  const plan = run('beamtime stream play three-visits --dry-run --json')
  expect(JSON.parse(plan.stdout)).toMatchObject({ messages: 300, passSeconds: 74 })
})

test('the page names every option of the program', () => {
  for (const subcommand of ['create-stream', 'play-stream', 'print-stream']) {
    const { stdout } = run(`rubin-alert-sim ${subcommand} --help`)
    for (const [flag] of stdout.matchAll(/--[a-z-]+/g)) expect(page, flag).toContain(flag)
  }
})
