import { join } from 'node:path'
import { dashboardProfiles, type DashboardProfile, type LiveInstrument } from '@beamtime/http-gateway'
import { liveDataConfig } from '@beamtime/live-data/config'
import { liveDataNames } from '../config/live-data-names.ts'
import type { Config } from '../config/load-config.ts'
import { liveDataBuses } from './live-data-buses.ts'

/** Instruments of the configuration as the gateway shows them. LIVEDATA_CONFIG_DIR wins, as at the peer. */
export function liveInstrumentsOf(config: Config): readonly LiveInstrument[] {
  return liveDataNames(config).map((name) => liveInstrument(config, name))
}

/** One instrument, also one of which nothing is written. */
export function liveInstrument(config: Config, name: string): LiveInstrument {
  const { dashboards, config_dir: folder } = config.pick(`livedata.${name}`, {
    dashboards: liveDataConfig.fields.dashboards,
    config_dir: liveDataConfig.fields.config_dir,
  })
  const { upstream, downstream = upstream } = liveDataBuses(config, { clientId: 'beamtime-http-livedata' })
  const given = process.env['LIVEDATA_CONFIG_DIR'] ?? folder
  return {
    name,
    downstream,
    directory: given === '' ? join(config.dataDir, 'state', 'livedata') : config.resolvePath(given),
    dashboards: Object.fromEntries(
      dashboardProfiles.map((profile) => [profile, addressOf(dashboards, profile)]),
    ) as Readonly<Record<DashboardProfile, string>>,
  }
}

function addressOf(dashboards: unknown, profile: DashboardProfile): string {
  const address = (dashboards as Readonly<Record<string, unknown>>)[profile]
  return typeof address === 'string' ? address : ''
}
