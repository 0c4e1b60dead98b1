import { startDaq } from '@beamtime/detector-daq'
import { daqConfig } from '@beamtime/detector-daq/config'
import { ConfigError } from '@beamtime/service-kit'
import { daqNames } from '../config/daq-names.ts'
import type { ServiceSetup } from './run-as-service.ts'

/** Role `daq@NAME`: one detector. */
export function daqService(name: string): ServiceSetup {
  return {
    role: `daq@${name}`,
    prepare(config) {
      if (!daqNames(config).includes(name))
        throw new ConfigError({
          code: 'CONFIG_INVALID',
          message: `daq.${name}: there is no such detector`,
          remedy: `write [daq.${name}], or choose one of ${daqNames(config).join(', ') || '(none)'}`,
        })
      const daq = config.readNamed(daqConfig, name)
      const resolvePath = (path: string): string => config.resolvePath(path)
      return (context) => startDaq({ name, daq, resolvePath }, context)
    },
  }
}
