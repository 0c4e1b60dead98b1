/* A broker in a process of its own, to be killed: node crash-broker.ts DIRECTORY PORT */
import { parseSection } from '@beamtime/service-kit'
import { brokerConfig, openBroker } from '../src/index.ts'

const [, , directory = '', port = '0'] = process.argv
const settings = { listen: `127.0.0.1:${port}`, segment_bytes: 1_048_576 }
const broker = await openBroker({
  config: parseSection(brokerConfig, settings, { key: 'broker' }),
  directory,
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => void broker.close().then(() => process.exit(0)))
process.send?.('ready')
