/* One of several processes of monitor-data, to be killed: node shard-process.part.ts ADDRESS FOLDER INDEX COUNT */
import { silentLogger, createServiceContext } from '@beamtime/service-kit'
import { startLiveData } from '../../src/index.ts'

const [, , address = '', directory = '', index = '0', count = '1'] = process.argv
const stop = new AbortController()
const context = createServiceContext({
  role: 'test',
  dataDir: directory,
  log: silentLogger,
  signal: stop.signal,
})
await startLiveData(
  'monitor-data',
  {
    instrument: 'dummy',
    dev: true,
    autoStart: true,
    sink: 'kafka',
    sinkDir: directory,
    upstream: { bootstrapServers: [address], clientId: `shard-${index}` },
    windowS: 0.25,
    shard: { index: Number(index), count: Number(count) },
  },
  context,
)
process.send?.('started')
process.once('disconnect', () => process.exit(0))
