import { liveDataConfig } from '@beamtime/live-data/config'
import { liveDataNames } from './live-data-names.ts'
import type { Config } from './load-config.ts'

/** A process of live data: its role and its command line after `beamtime`. */
export interface LiveDataProcess {
  readonly role: string
  readonly command: readonly string[]
}

/** The processes that the sections `[livedata.NAME]` ask for, services before fakes. */
export function liveDataProcesses(config: Config): readonly LiveDataProcess[] {
  return liveDataNames(config).flatMap((name) => {
    const {
      services,
      fakes,
      together,
      processes,
      fake_rate: rate,
    } = config.pick(`livedata.${name}`, {
      services: liveDataConfig.fields.services,
      fakes: liveDataConfig.fields.fakes,
      together: liveDataConfig.fields.together,
      processes: liveDataConfig.fields.processes,
      fake_rate: liveDataConfig.fields.fake_rate,
    })
    const instrument = ['--instrument', name]
    if (together) return [{ role: `livedata@${name}`, command: ['live-data', ...instrument] }]
    const parts = processes > 1 ? Array.from({ length: processes }, (_, index) => index + 1) : [0]
    return [
      ...services.flatMap((kind) =>
        parts.map((part) => ({
          role: `${kind}@${name}${part === 0 ? '' : `.${part}of${processes}`}`,
          command: [kind, ...instrument, ...(part === 0 ? [] : ['--shard', `${part}/${processes}`])],
        })),
      ),
      ...fakes.map((fake) => ({
        role: `fake-${fake}@${name}`,
        command: [
          `fake-${fake}`,
          ...instrument,
          ...(fake === 'monitors' ? ['--mode', 'ev44'] : []),
          ...(rate === 0 || fake === 'logdata' ? [] : ['--rate', String(rate)]),
        ],
      })),
    ]
  })
}
