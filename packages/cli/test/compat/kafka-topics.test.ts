import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runTool, toolBroker } from './kafka-tool-bench.ts'

test('a topic is created, listed, described, given more partitions and deleted', async () => {
  const { server } = await toolBroker()
  const at = `--bootstrap-server ${server}`
  const created = await runTool(
    'topics',
    `${at} --create --topic alerts --partitions 2 --replication-factor 1 --config retention.ms=5000`,
  )
  expect(created).toEqual({ code: 0, output: 'Created topic alerts.\n', errors: '' })
  expect((await runTool('topics', `${at} --list`)).output).toBe('alerts\n')
  const [head, ...partitions] = (await runTool('topics', `${at} --describe --topic alerts`)).output.split(
    '\n',
  )
  expect(head).toMatch(
    /^Topic: alerts\tTopicId: [\w-]{22}\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: .*retention\.ms=5000/,
  )
  expect(partitions.slice(0, 2)).toEqual(
    [0, 1].map(
      (n) => `\tTopic: alerts\tPartition: ${n}\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: `,
    ),
  )
  expect((await runTool('topics', `${at} --alter --topic alerts --partitions 3`)).code).toBe(0)
  expect((await runTool('topics', `${at} --alter --topic alerts --partitions 3`)).output).toBe(
    'Error while executing topic command : The topic alerts currently has 3 partition(s); 3 would not be an increase.\n',
  )
  expect((await runTool('topics', `${at} --delete --topic alerts`)).code).toBe(0)
  expect((await runTool('topics', `${at} --list`)).output).toBe('')
})

test('a topic that exists is an error, unless it may', async () => {
  const { server } = await toolBroker()
  const line = `--bootstrap-server ${server} --create --topic a`
  await runTool('topics', line)
  expect(await runTool('topics', line)).toMatchObject({
    code: 1,
    output: "Error while executing topic command : Topic 'a' already exists.\n",
  })
  expect(await runTool('topics', `${line} --if-not-exists`)).toMatchObject({ code: 0, output: '' })
})

test.each(['--describe', '--delete', '--alter --partitions 3'])(
  '%s of a topic that is not there is an error, unless it need not be',
  async (action) => {
    const { server } = await toolBroker()
    const line = `--bootstrap-server ${server} ${action} --topic a`
    expect(await runTool('topics', line)).toMatchObject({
      code: 1,
      output: "Error while executing topic command : Topic 'a' does not exist as expected\n",
    })
    expect(await runTool('topics', `${line} --if-exists`)).toMatchObject({ code: 0, output: '' })
  },
)

test('topics are chosen by a regular expression, or by names with commas', async () => {
  const { server } = await toolBroker()
  const at = `--bootstrap-server ${server}`
  for (const name of ['run-1', 'run-2', 'other']) await runTool('topics', `${at} --create --topic ${name}`)
  expect((await runTool('topics', `${at} --list --topic run-.*`)).output).toBe('run-1\nrun-2\n')
  expect((await runTool('topics', `${at} --list --topic run-1,other`)).output).toBe('other\nrun-1\n')
  await runTool('topics', `${at} --delete --topic run-.*`)
  expect((await runTool('topics', `${at} --list`)).output).toBe('other\n')
  expect(await runTool('topics', `${at} --list --topic (`)).toMatchObject({
    code: 1,
    errors: '( is an invalid regex.\nRun kafka-topics.sh --help for its options.\n',
  })
})

test('partitions are filtered by their state, topics by having settings of their own', async () => {
  const { server } = await toolBroker()
  const at = `--bootstrap-server ${server}`
  await runTool('topics', `${at} --create --topic plain`)
  await runTool('topics', `${at} --create --topic special --config cleanup.policy=delete`)
  expect((await runTool('topics', `${at} --describe --under-replicated-partitions`)).output).toBe('')
  expect((await runTool('topics', `${at} --describe --unavailable-partitions`)).output).toBe('')
  expect(
    (await runTool('topics', `${at} --describe --at-min-isr-partitions`)).output.split('\n'),
  ).toHaveLength(3)
  const overrides = (await runTool('topics', `${at} --describe --topics-with-overrides`)).output
  expect(overrides).toMatch(/^Topic: special\t[^\n]*\n$/)
})

test('a login is read from the file of --command-config, in the words of Java clients', async () => {
  const listeners = [{ listen: '127.0.0.1:0', protocol: 'sasl_plaintext' }]
  const { server, folder } = await toolBroker({ listeners }, 'alice:secret\n')
  const config = join(folder, 'client.properties')
  const write = (password: string): void =>
    writeFileSync(
      config,
      [
        '# how Kafka documents it',
        'security.protocol=SASL_PLAINTEXT',
        'sasl.mechanism=SCRAM-SHA-512',
        'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\',
        `  username="alice" password="${password}";`,
      ].join('\n'),
    )
  const line = `--bootstrap-server ${server} --list --command-config ${config}`
  write('secret')
  expect(await runTool('topics', line)).toMatchObject({ code: 0, output: '' })
  write('wrong')
  const refused = await runTool('topics', line)
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('Check security.protocol, sasl.mechanism, sasl.jaas.config')
})

test.each([
  ['--list', '--bootstrap-server must be specified'],
  [
    '--bootstrap-server h:1',
    'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
  ],
  [
    '--bootstrap-server h:1 --list --create',
    'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
  ],
  ['--bootstrap-server h:1 --create', 'Missing required argument "[topic]"'],
  [
    '--bootstrap-server h:1 --create --topic a --partitions x',
    "Cannot parse argument 'x' of option partitions",
  ],
  ['--bootstrap-server h:1 --create --topic a --partitions 0', 'The partitions must be greater than 0'],
  ['--bootstrap-server h:1 --nonsense', 'nonsense is not a recognized option'],
  ['--bootstrap-server nowhere --list', 'Invalid url in bootstrap.servers: nowhere'],
  ['--zookeeper h:2181 --list', 'zookeeper is not a recognized option; use --bootstrap-server'],
  ['--bootstrap-server h:1 --list --command-config /nowhere', '/nowhere (No such file or directory)'],
])('the mistake %s is told as Kafka tells it', async (line, told) => {
  const result = await runTool('topics', line)
  expect(result).toMatchObject({ code: 1, output: '' })
  expect(result.errors.split('\n')[0]).toBe(told)
})

test('a server that does not answer is told at once', async () => {
  const result = await runTool('topics', '--bootstrap-server 127.0.0.1:1 --list')
  expect(result.code).toBe(1)
  expect(result.output).toMatch(
    /^Error while executing topic command : .*ECONNREFUSED.*Check --bootstrap-server\.\n$/,
  )
})

test('help names every option, and the version is ours', async () => {
  const { code, errors } = await runTool('topics', '--help')
  expect(code).toBe(0)
  for (const option of ['--create', '--replication-factor <replication factor>', '--if-exists'])
    expect(errors).toContain(option)
  expect((await runTool('topics', '--version')).output).toMatch(/^\d+\.\d+\.\d+ \(Beamtime\)\n$/)
})
