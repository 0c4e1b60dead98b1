import type { ServiceContext } from '@beamtime/service-kit'
import { brokerAddress } from '../amqp/broker-address.ts'
import { startPrimaryService } from '../services/broker-services.ts'
import { detectorWriterService } from '../services/detector-writer.ts'
import { localWriter } from '../services/local-writer.ts'
import type { RunningFunctions } from '../services/service-functions.ts'
import type { Daq } from './daq.ts'

export interface BrokerSettings {
  readonly url: string
  /** Requests with these routing keys are ours, beside the detector's name. */
  readonly tags: readonly string[]
  /** Name of the table, for messages. */
  readonly name: string
}

/** Lets requests of a RabbitMQ write files (daq contract 9). A broker that is away is logged with its key and tried again for ever. */
export function attachBroker(
  daq: Daq,
  settings: BrokerSettings,
  context: ServiceContext,
): Promise<RunningFunctions> {
  const key = `daq.${settings.name}.rabbitmq.url`
  const detector = daq.config.detector_name
  const { health, log, signal } = context
  health.set('rabbitmq', { ok: false, detail: `${key}: not connected yet` })
  return startPrimaryService(
    detectorWriterService(localWriter(daq)),
    { name: detector, config: {}, args: {}, log, signal },
    {
      address: brokerAddress(settings.url, key),
      tags: [...new Set([detector, ...settings.tags])],
      isPatient: true,
      onState: (state, reason) =>
        health.set(
          'rabbitmq',
          state === 'connected' ? { ok: true } : { ok: false, detail: `${key}: ${reason}` },
        ),
    },
  )
}
