/* Our services and our client against a real RabbitMQ: check-broker.ts RABBITMQ_SCRIPT FOLDER. The broker is killed in between. */
import { execFileSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'amqplib'
import { createLogger } from '@beamtime/service-kit'
import { waitFor } from '@beamtime/service-kit/testing'
import { brokerAddress } from '../../src/amqp/broker-address.ts'
import { BrokerClient } from '../../src/amqp/broker-client.ts'
import type { BrokerStatus } from '../../src/amqp/broker-message.ts'
import { StatusAggregator } from '../../src/amqp/status-aggregator.ts'
import { startPostprocessingService, startPrimaryService } from '../../src/services/broker-services.ts'
import { noopService } from '../../src/services/noop-service.ts'
import type { PrimaryService, ServiceContext } from '../../src/services/service-functions.ts'

const [script = '', folder = ''] = process.argv.slice(2)
let passed = 0
let failed = 0

async function check(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    passed += 1
  } catch (error) {
    failed += 1
    console.log(`FAIL ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function same(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${a} is not ${b}`)
}

function broker(action: string): string {
  return execFileSync(script, [action, folder], { encoding: 'utf8', timeout: 120_000 }).trim()
}

const log = createLogger({ role: 'check', config: { level: 'error', format: 'text' } })
const contextOf = (name: string): ServiceContext => ({
  name,
  config: {},
  args: {},
  log,
  signal: new AbortController().signal,
})

const port = broker('start')
const address = brokerAddress(`127.0.0.1:${port}`, 'BROKER_HOST')
const place = { address }

/** A client of a tag that keeps every status. */
async function listen(
  tag: string,
): Promise<{ client: BrokerClient; statuses: BrokerStatus[]; gathered: StatusAggregator }> {
  const statuses: BrokerStatus[] = []
  const gathered = new StatusAggregator()
  const client = await BrokerClient.open({
    address,
    tag,
    onStatus: (status) => {
      statuses.push(status)
      gathered.add(status)
    },
  })
  return { client, statuses, gathered }
}

await check('a request to the no-op service starts and succeeds', async () => {
  const { client, gathered } = await listen('lab.noop')
  const service = await startPrimaryService(noopService, contextOf('lab.noop'), place)
  const id = client.sendRequest({ this_is_a: 'request' }, { user: 'me' })
  const state = await gathered.waitComplete(id)
  same(state, {
    request: { this_is_a: 'request' },
    services: {
      'lab.noop': [
        ['request_start', null],
        ['request_success', null],
      ],
    },
  })
  await client.close()
  await service.close()
})

await check('requests are served one at a time, in order', async () => {
  const { client, gathered } = await listen('lab.order')
  const order: string[] = []
  let atOnce = 0
  const slow: PrimaryService = {
    kind: 'primary',
    async onRequest(_id, request) {
      atOnce += 1
      if (atOnce > 1) order.push('two at once')
      await delay(5)
      atOnce -= 1
      order.push(String(request))
      return `done ${String(request)}`
    },
  }
  const service = await startPrimaryService(slow, contextOf('lab.order'), place)
  const ids = ['a', 'b', 'c'].map((request) => client.sendRequest(request))
  const states = await Promise.all(ids.map((id) => gathered.waitComplete(id)))
  same(order, ['a', 'b', 'c'])
  same(states[2]?.services['lab.order']?.at(-1), ['request_success', 'done c'])
  await client.close()
  await service.close()
})

await check('a kill comes while on_request awaits', async () => {
  const { client, statuses, gathered } = await listen('lab.kill')
  const killed: string[] = []
  const service = await startPrimaryService(
    {
      kind: 'primary',
      onRequest: (_id, _request, signal) =>
        new Promise((_resolve, reject) => {
          const stop = (): void => reject(signal.reason as Error)
          if (signal.aborted) stop()
          signal.addEventListener('abort', stop)
        }),
      onKill: (id) => void killed.push(id),
    },
    contextOf('lab.kill'),
    place,
  )
  const id = client.sendRequest({ n_images: 1e6 })
  await waitFor(() => statuses.length === 1)
  client.killRequest(id)
  const state = await gathered.waitComplete(id)
  same(state?.services['lab.kill']?.at(-1), ['request_fail', 'User requested interruption.'])
  same(killed, [id])
  const early = client.sendRequest({})
  client.killRequest(early)
  same((await gathered.waitComplete(early))?.services['lab.kill']?.at(-1)?.[0], 'request_fail')
  await client.close()
  await service.close()
})

await check('messages that cannot be served are refused with the reason and counted', async () => {
  const { client, statuses } = await listen('lab.bad')
  const service = await startPrimaryService(noopService, contextOf('lab.bad'), place)
  const raw = await connect(`amqp://127.0.0.1:${port}`)
  const channel = await raw.createChannel()
  channel.publish('request', 'lab.bad', Buffer.from('{"torn":'), { correlationId: 'torn' })
  channel.publish('request', 'lab.bad', Buffer.from('{}'))
  channel.publish('request', 'lab.bad', Buffer.alloc(2_000_000, 0x20), { correlationId: 'large' })
  channel.publish('kill', 'lab.bad', Buffer.alloc(0))
  channel.publish('status', 'lab.bad', Buffer.from('{}'), {
    correlationId: 'x',
    headers: { action: 'nonsense' },
  })
  channel.publish('request', 'lab.bad', Buffer.from('{}'), { correlationId: 'good' })
  await waitFor(() => statuses.some(({ id, action }) => id === 'good' && action === 'request_success'))
  same(
    statuses
      .filter(({ action }) => action === 'request_fail')
      .map(({ id, message }) => [id, message?.slice(0, 22)]),
    [
      ['torn', 'The body of the messag'],
      ['large', 'The message has 200000'],
    ],
  )
  await waitFor(() => service.counts.refused === 4)
  same([service.counts.succeeded, client.badStatuses], [1, 1])
  await raw.close()
  await client.close()
  await service.close()
})

await check('a full queue refuses the newest request and says so', async () => {
  const { client, gathered, statuses } = await listen('lab.full')
  const gate = Promise.withResolvers<void>()
  const service = await startPrimaryService(
    { kind: 'primary', onRequest: () => gate.promise },
    contextOf('lab.full'),
    { ...place, maxWaiting: 2 },
  )
  const first = client.sendRequest(0)
  await waitFor(() => statuses.length === 1)
  const others = [1, 2, 3].map((request) => client.sendRequest(request))
  const refusedOne = await gathered.waitComplete(others[2] ?? '')
  if (!/Too many requests wait for lab.full/.test(refusedOne?.services['lab.full']?.[0]?.[1] ?? ''))
    throw new Error(`the newest was not refused: ${JSON.stringify(refusedOne)}`)
  gate.resolve()
  for (const id of [first, ...others.slice(0, 2)])
    same((await gathered.waitComplete(id))?.services['lab.full']?.at(-1), ['request_success', null])
  same(service.counts.thrownOut, 1)
  await client.close()
  await service.close()
})

await check('a postprocessing service follows its primary only', async () => {
  const { client, gathered } = await listen('lab.primary')
  const seen: unknown[] = []
  const primary = await startPrimaryService(
    {
      kind: 'primary',
      onRequest: (_id, request) => {
        if (request === 'fail') throw new Error('no beam')
        return '/tmp/file.h5'
      },
    },
    contextOf('lab.primary'),
    place,
  )
  const post = await startPostprocessingService(
    {
      kind: 'postprocessing',
      primary: 'lab.primary',
      onStatus: (_id, finished) => {
        seen.push(finished)
        return 'validated'
      },
    },
    contextOf('lab.validator'),
    place,
  )
  const good = client.sendRequest({ ok: 1 })
  const bad = client.sendRequest('fail')
  await waitFor(() => gathered.get(good)?.services['lab.validator']?.length === 2)
  await waitFor(() => gathered.get(bad)?.services['lab.validator']?.length === 1)
  same(gathered.get(good)?.services['lab.validator'], [
    ['request_start', null],
    ['request_success', 'validated'],
  ])
  same(gathered.get(bad)?.services['lab.validator'], [
    ['request_fail', 'Primary service lab.primary failure. '],
  ])
  same(seen, [{ request: { ok: 1 }, message: '/tmp/file.h5' }])
  await client.close()
  await post.close()
  await primary.close()
})

await check(
  "after the broker's kill -9 the service is served again, and what it had to say is said",
  async () => {
    const gate = Promise.withResolvers<string>()
    const { client, statuses } = await listen('lab.crash')
    const states: string[] = []
    const service = await startPrimaryService(
      { kind: 'primary', onRequest: (_id, request) => (request === 'long' ? gate.promise : 'quick') },
      contextOf('lab.crash'),
      { ...place, onState: (state) => void states.push(state) },
    )
    const long = client.sendRequest('long')
    await waitFor(() => statuses.length === 1)
    broker('kill')
    await waitFor(() => states.includes('lost'), { timeoutMs: 20_000, what: 'the loss' })
    gate.resolve('done while the broker was away')
    await delay(50)
    broker('restart')
    await waitFor(() => states.filter((state) => state === 'connected').length === 2, {
      timeoutMs: 60_000,
      what: 'the new connection',
    })
    // Whoever connects first hears the rest: a status goes to those who listen at that moment.
    const heard = await listen('lab.crash')
    await waitFor(
      async () => {
        const id = heard.client.sendRequest('again')
        return (await heard.gathered.waitComplete(id, 500)) !== undefined
      },
      { timeoutMs: 30_000, what: 'a served request' },
    )
    same(service.counts.failed, 0)
    if (long === '') throw new Error('no id')
    await client.close()
    await heard.client.close()
    await service.close()
  },
)

await check('a broker that refuses or is not there is an error that names the key', async () => {
  const refuses = async (text: string): Promise<string> => {
    try {
      await startPrimaryService(noopService, contextOf('x'), { address: brokerAddress(text, 'rabbitmq.url') })
      return 'it started'
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
  }
  const wrong = await refuses(`amqp://nobody:wrong@127.0.0.1:${port}`)
  const away = await refuses('127.0.0.1:1')
  for (const text of [wrong, away])
    if (!/DAQ_BROKER_UNREACHABLE.*rabbitmq\.url/.test(text)) throw new Error(text)
  if (wrong.includes('wrong@')) throw new Error('the password is in the message')
})

broker('stop')
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
