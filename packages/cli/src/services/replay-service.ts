import { replayConfig, startReplay } from '@beamtime/stream-replay'
import { registryUrl } from '../config/registry-address.ts'
import type { ServiceSetup } from './run-as-service.ts'
import { busOf } from './service-config.ts'

/** Role `replay`: records topics and plays recordings, on command. */
export const replayService: ServiceSetup = {
  role: 'replay',
  prepare(config) {
    const replay = { ...config.read(replayConfig), registry: registryUrl(config) }
    const bus = busOf(config, 'beamtime-replay')
    return (context) => startReplay({ replay, bus }, context)
  },
}
