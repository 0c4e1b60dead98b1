import { join } from 'node:path'
import type { HealthAnswerOptions } from './health-answer.ts'
import { queryHealth } from './health-client.ts'
import { startInfluxPush, type InfluxPush } from './influx-push.ts'
import { openMetricsListener } from './metrics-listener.ts'
import type { ServiceContext } from './service-context.ts'

/** Where the metrics of a service go beside its health socket. */
export interface MetricsPlaces {
  /** Where they are pushed to; those of the sockets (names in the runtime directory) with them. */
  readonly influx?: { readonly url: string; readonly sockets: readonly string[] }
  /** Where they are served over HTTP; those of the sockets with them. */
  readonly listen?: { readonly address: string; readonly sockets: readonly string[] }
}

export interface SharedMetrics {
  /** Sends what is left and listens no more. */
  close(): Promise<void>
}

/** Pushes and serves metrics where it is wanted. Throws CONFIG_INVALID, CONFIG_ADDRESS_IN_USE, CONFIG_ADDRESS_UNUSABLE. */
export async function shareMetrics(
  { influx, listen }: MetricsPlaces,
  answers: Omit<HealthAnswerOptions, 'metricsText'>,
  context: ServiceContext,
): Promise<SharedMetrics> {
  const { metrics, log } = context
  const pushing: InfluxPush | null =
    influx === undefined || influx.url === ''
      ? null
      : startInfluxPush({ url: influx.url, metrics, others: () => textsOf(context, influx.sockets), log })
  if (listen === undefined || listen.address === '') return { close: async () => await pushing?.close() }
  const { address, sockets } = listen
  const others = (): Promise<readonly string[]> => textsOf(context, sockets)
  const listener = await openMetricsListener({ ...answers, address, metrics, others })
  if (listener === null) log.info('metrics.listened-elsewhere', { address })
  else log.info('metrics.listening', { url: listener.url })
  return {
    async close() {
      await Promise.all([pushing?.close(), listener?.close()])
    },
  }
}

/** Metrics of other services; one that is away has nothing to tell. */
async function textsOf(
  { runtimeDir }: ServiceContext,
  sockets: readonly string[],
): Promise<readonly string[]> {
  const asked = sockets.map((name) => queryHealth(join(runtimeDir, name), '/metrics'))
  const answers = await Promise.allSettled(asked)
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.text] : []))
}
