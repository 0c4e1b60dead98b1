import { expect, test } from 'vitest'
import { runTool, toolBroker } from './kafka-tool-bench.ts'

async function produce(server: string, input: string, more = ''): Promise<void> {
  const result = await runTool('producer', `--bootstrap-server ${server} --topic t ${more}`, { input })
  expect(result).toEqual({ code: 0, output: '', errors: '' })
}

test('lines become records, and records lines', async () => {
  const { server } = await toolBroker()
  await produce(server, 'one\ntwo\n\nfour')
  const read = await runTool(
    'consumer',
    `--bootstrap-server ${server} --topic t --from-beginning --max-messages 4`,
  )
  expect(read).toEqual({
    code: 0,
    output: 'one\ntwo\n\nfour\n',
    errors: 'Processed a total of 4 messages\n',
  })
})

test('keys and headers are read from a line and printed with all that a record has', async () => {
  const { server } = await toolBroker()
  await produce(
    server,
    'a:1,b:2|k=v\nNONE|NONE=NONE\n',
    '--property parse.key=true --property key.separator== --property parse.headers=true --property headers.delimiter=| --property null.marker=NONE',
  )
  const print = ['timestamp', 'partition', 'offset', 'headers', 'key']
    .map((what) => `--property print.${what}=true`)
    .join(' ')
  const { output } = await runTool(
    'consumer',
    `--bootstrap-server ${server} --topic t --from-beginning --max-messages 2 ${print} --formatter-property key.separator=;`,
  )
  expect(output).toMatch(
    /^CreateTime:\d{13};Partition:0;Offset:0;a:1,b:2;k;v\nCreateTime:\d{13};Partition:0;Offset:1;NO_HEADERS;null;null\n$/,
  )
})

test('a line without its key ends the producer after the lines before it', async () => {
  const { server } = await toolBroker()
  const line = `--bootstrap-server ${server} --topic t --property parse.key=true --property key.separator=:`
  expect(await runTool('producer', line, { input: 'a:1\nb\nc:3\n' })).toEqual({
    code: 1,
    output: '',
    errors: "No key separator found on line number 2: 'b'\n",
  })
  const read = await runTool(
    'consumer',
    `--bootstrap-server ${server} --topic t --from-beginning --timeout-ms 300`,
  )
  expect(read.output).toBe('1\n')
  await produce(server, 'b\n', '--property parse.key=true --property ignore.error=true')
})

test('a group goes on where it stopped, also in the middle of what was sent at once', async () => {
  const { server } = await toolBroker()
  await produce(server, '1\n2\n3\n4\n5\n')
  const read = async (count: number): Promise<string> =>
    (
      await runTool(
        'consumer',
        `--bootstrap-server ${server} --topic t --group g --from-beginning --max-messages ${count}`,
      )
    ).output
  expect(await read(2)).toBe('1\n2\n')
  expect(await read(1)).toBe('3\n')
  expect(await read(2)).toBe('4\n5\n')
})

test('a partition is read from an offset, and the end is waited for no longer than told', async () => {
  const { server } = await toolBroker()
  await produce(server, '1\n2\n3\n')
  const line = `--bootstrap-server ${server} --topic t --partition 0 --timeout-ms 300`
  expect((await runTool('consumer', `${line} --offset 1`)).output).toBe('2\n3\n')
  expect((await runTool('consumer', `${line} --offset earliest`)).output).toBe('1\n2\n3\n')
  expect((await runTool('consumer', line)).output).toBe('')
})

test('several topics are read by a regular expression', async () => {
  const { server } = await toolBroker()
  for (const topic of ['run-1', 'run-2', 'other'])
    await runTool('producer', `--broker-list ${server} --topic ${topic}`, { input: `${topic}\n` })
  const { output } = await runTool(
    'consumer',
    `--bootstrap-server ${server} --include run-.* --from-beginning --max-messages 2`,
  )
  expect(output.split('\n').toSorted((a, b) => a.localeCompare(b))).toEqual(['', 'run-1', 'run-2'])
})

test('reading goes on until it is stopped', async () => {
  const { server } = await toolBroker()
  await produce(server, 'one\n')
  const stop = new AbortController()
  const reading = runTool('consumer', `--bootstrap-server ${server} --topic t --from-beginning`, {
    signal: stop.signal,
  })
  setTimeout(() => stop.abort(), 500)
  expect(await reading).toEqual({ code: 0, output: 'one\n', errors: 'Processed a total of 1 messages\n' })
})

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('the codec %s is used', async (codec) => {
  const { server } = await toolBroker({ max_message_bytes: 1_024 })
  const line = `--bootstrap-server ${server} --topic t --compression-codec ${codec}`
  const { code, errors } = await runTool('producer', line, { input: `${'x'.repeat(5_000)}\n` })
  if (codec === 'none') {
    expect(code).toBe(1)
    expect(errors).toContain(
      'Error when sending message to topic t with key: null, value: 5000 bytes with error:',
    )
  } else expect(code).toBe(0)
})

test('numbers are shown by the classes of Java', async () => {
  const { server } = await toolBroker()
  await produce(server, 'eightlet\n')
  const read = (more: string): Promise<{ output: string; errors: string; code: number }> =>
    runTool('consumer', `--bootstrap-server ${server} --topic t --from-beginning --max-messages 1 ${more}`)
  const long = '--value-deserializer org.apache.kafka.common.serialization.LongDeserializer'
  expect((await read(long)).output).toBe('7307485568712861044\n')
  const short = '--property value.deserializer=ShortDeserializer'
  expect(await read(`${short} --timeout-ms 300`)).toMatchObject({ code: 1, output: '' })
  expect((await read(`${short} --skip-message-on-error`)).errors).toContain('skipping this message')
  expect((await read('--value-deserializer Nonsense')).errors).toContain('Nonsense is not supported')
})

test.each([
  ['--bootstrap-server h:1', 'Exactly one of --include/--topic is required.'],
  ['--bootstrap-server h:1 --topic a --include b', 'Exactly one of --include/--topic is required.'],
  ['--topic a', 'Missing required argument "[bootstrap-server]"'],
  ['--bootstrap-server h:1 --topic a --offset 3', 'The partition is required when offset is specified.'],
  [
    '--bootstrap-server h:1 --topic a --partition 0 --offset x',
    "The provided offset value 'x' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.",
  ],
  [
    '--bootstrap-server h:1 --topic a --partition 0 --group g',
    'Options group and partition cannot be specified together.',
  ],
])('the mistake %s is told', async (line, told) => {
  const result = await runTool('consumer', line)
  expect(result.code).toBe(1)
  expect(result.errors.split('\n')[0]).toBe(told)
})

test('a topic that the server does not create is told before anything is read', async () => {
  const { server } = await toolBroker({ auto_create_topics: false })
  const result = await runTool('producer', `--bootstrap-server ${server} --topic t`, { input: 'x\n' })
  expect(result).toMatchObject({ code: 1, output: '' })
  expect(result.errors).toContain('Topic t not present in metadata')
})
