// The test server in a process of its own, for client-rates.ts on a machine without the peers.
import { prefix } from '../conformance/epics/ioc-process.ts'
import { startTestIoc } from '../src/testing.ts'

const ioc = await startTestIoc({
  [`${prefix}out`]: { type: 'double', value: 0 },
  [`${prefix}doubles`]: { type: 'double', value: new Float64Array(40_000) },
})
process.send?.(ioc.udpAddress)
