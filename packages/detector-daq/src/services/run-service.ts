import { once } from 'node:events'
import type { BrokerPlace } from './broker-services.ts'
import { startPostprocessingService, startPrimaryService } from './broker-services.ts'
import type { RunningFunctions, ServiceContext, ServiceFunctions } from './service-functions.ts'

/** Runs a service until its signal aborts. Rejects with DAQ_BROKER_UNREACHABLE or what a background service throws. */
export async function runServiceFunctions(
  service: ServiceFunctions,
  context: ServiceContext,
  place: BrokerPlace,
): Promise<void> {
  const { log, signal } = context
  if (service.kind === 'background') {
    log.info('service.started', { kind: service.kind })
    await service.run(context)
    log.info('service.ended')
    return
  }
  const running = await start(service, context, place)
  log.info('service.started', { kind: service.kind })
  if (!signal.aborted) await once(signal, 'abort')
  await running.close()
  log.info('service.ended', { ...running.counts })
}

function start(
  service: Exclude<ServiceFunctions, { kind: 'background' }>,
  context: ServiceContext,
  place: BrokerPlace,
): Promise<RunningFunctions> {
  return service.kind === 'primary'
    ? startPrimaryService(service, context, place)
    : startPostprocessingService(service, context, place)
}
