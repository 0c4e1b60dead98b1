import type { BrokerAddress } from '../amqp/broker-address.ts'
import { BrokerLink, type Delivery, type Subscription } from '../amqp/broker-link.ts'
import { readRequest, readStatus, type RawMessage } from '../amqp/broker-message.ts'
import { RequestRunner } from './request-runner.ts'
import type {
  PostprocessingService,
  PrimaryService,
  RunningFunctions,
  ServiceContext,
} from './service-functions.ts'

export interface BrokerPlace {
  readonly address: BrokerAddress
  /** Requests with these tags are ours. Default: the name of the service. */
  readonly tags?: readonly string[]
  /** Requests that may wait; the next ones fail at once. Default 1 000. */
  readonly maxWaiting?: number
  /** Keep trying when the broker does not answer at the start. */
  readonly isPatient?: boolean
  readonly onState?: (state: 'connected' | 'lost', reason: string) => void
}

interface Parts {
  readonly service: PrimaryService | PostprocessingService
  readonly context: ServiceContext
  readonly place: BrokerPlace
}

/** Attaches a primary service to the broker. Rejects with DAQ_BROKER_UNREACHABLE. */
export async function startPrimaryService(
  service: PrimaryService,
  context: ServiceContext,
  place: BrokerPlace,
): Promise<RunningFunctions> {
  const tags = place.tags ?? [context.name]
  return attach({ service, context, place }, tags[0] ?? context.name, (runner) => [
    ...tags.map((key) => ({
      exchange: 'request' as const,
      key,
      autoAck: false,
      ...(place.maxWaiting === undefined ? {} : { maxWaiting: place.maxWaiting }),
      onMessage: (delivery: Delivery) => takeRequest(service, runner, delivery),
      onDeadLetter: (raw: RawMessage, reason: string) => runner.thrownOut(raw, reason),
    })),
    ...tags.map((key) => kills(key, runner)),
  ])
}

/** Attaches a postprocessing service to the broker. Rejects with DAQ_BROKER_UNREACHABLE. */
export async function startPostprocessingService(
  service: PostprocessingService,
  context: ServiceContext,
  place: BrokerPlace,
): Promise<RunningFunctions> {
  return attach({ service, context, place }, context.name, (runner) => [
    {
      exchange: 'status',
      key: context.name,
      autoAck: false,
      maxWaiting: place.maxWaiting ?? 10_000,
      onMessage: (delivery) => takeStatus(service, runner, delivery),
    },
    kills(context.name, runner),
  ])
}

async function attach(
  { service, context, place }: Parts,
  tag: string,
  subscriptionsOf: (runner: RequestRunner) => readonly Subscription[],
): Promise<RunningFunctions> {
  const { log } = context
  let link: BrokerLink | undefined
  const runner = new RequestRunner({
    source: context.name,
    tag,
    log,
    publish: (message) => link?.publish(message),
    onKill: (id) => service.onKill?.(id),
  })
  await service.onStart?.(context)
  try {
    link = await BrokerLink.open({
      address: place.address,
      isPatient: place.isPatient ?? false,
      subscriptions: subscriptionsOf(runner),
      onState: (state, reason) => {
        if (state === 'connected') log.info('broker.connected', { broker: reason })
        else log.warn('broker.lost', { reason, key: place.address.key })
        place.onState?.(state, reason)
      },
    })
  } catch (error) {
    await service.onStop?.()
    throw error
  }
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await runner.close()
    await link.close()
    await service.onStop?.()
  }
  return { counts: runner.counts, close: () => (closing ??= close()) }
}

function kills(key: string, runner: RequestRunner): Subscription {
  return { exchange: 'kill', key, autoAck: true, onMessage: (delivery) => runner.kill(delivery) }
}

function takeRequest(service: PrimaryService, runner: RequestRunner, delivery: Delivery): void {
  const read = readRequest(delivery)
  if (read.kind === 'refused') return runner.refuse(delivery, read)
  const { id, request } = read
  runner.start({
    id,
    body: Buffer.from(delivery.body),
    delivery,
    run: (signal) => service.onRequest(id, request, signal),
  })
}

function takeStatus(service: PostprocessingService, runner: RequestRunner, delivery: Delivery): void {
  const status = readStatus(delivery)
  if (status.kind === 'refused') {
    // Somebody else's broken status: nobody waits for our answer.
    runner.counts.refused += 1
    return delivery.ack()
  }
  if (status.source !== service.primary || status.action === 'request_start') return delivery.ack()
  const { id, request, message } = status
  const body = Buffer.from(delivery.body)
  if (status.action === 'request_fail') {
    runner.counts.failed += 1
    runner.status({ id, body }, 'request_fail', `Primary service ${service.primary} failure. `)
    return delivery.ack()
  }
  runner.start({ id, body, delivery, run: (signal) => service.onStatus(id, { request, message }, signal) })
}
