import { startGateway, type DashboardProfile } from '@beamtime/http-gateway'
import { instrumentNamed } from '@beamtime/live-data'
import { liveDataConfig } from '@beamtime/live-data/config'
import { bootstrapServers } from '../config/bus-address.ts'
import { useEmbeddedBroker } from './broker-on-demand.ts'
import { gatewayOptions } from './gateway-service.ts'
import { liveDataBuses } from './live-data-buses.ts'
import { liveInstrument } from './live-instruments.ts'
import type { ServiceSetup } from './run-as-service.ts'

export interface DashboardChoices {
  readonly profile: DashboardProfile
  readonly instrument: string
  /** Instead of that of `livedata.NAME.dashboards`. */
  readonly port?: number
  readonly place: readonly string[]
}

/** Role `dashboard-monitors@NAME` and the like: a gateway with one dashboard only. */
export function dashboardService(choices: DashboardChoices): ServiceSetup {
  const { profile } = choices
  return {
    role: `dashboard-${profile}@${choices.instrument}`,
    prepare(config) {
      const { name } = instrumentNamed(choices.instrument)
      const buses = liveDataBuses(config, { clientId: `${name}_dashboard` })
      const known = liveInstrument(config, name)
      const written = known.dashboards[profile]
      const address = written === '' ? defaultAddress(profile) : written
      const listen = choices.port === undefined ? address : `${hostOf(address)}:${choices.port}`
      const off = { monitors: '', detectors: '', reduction: '' }
      const options = gatewayOptions(config)
      return async (context) => {
        const [server] = bootstrapServers(config)
        const broker =
          buses.usesEmbedded && server !== undefined
            ? await useEmbeddedBroker(config, { address: server, place: choices.place, log: context.log })
            : null
        const gateway = await startGateway(
          {
            ...options,
            // The control room itself is not what was asked for; it gets any port.
            http: { ...options.http, listen: `${hostOf(listen)}:0` },
            livedata: [{ ...known, dashboards: { ...off, [profile]: listen } }],
          },
          context,
        )
        return {
          ...gateway,
          close: async () => {
            await gateway.close()
            broker?.release()
          },
        }
      }
    },
  }
}

function defaultAddress(profile: DashboardProfile): string {
  return String(liveDataConfig.fields.dashboards.default[profile])
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'))
}
