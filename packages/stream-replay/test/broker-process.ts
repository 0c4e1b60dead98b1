/* A broker in a process of its own, to be killed: node broker-process.ts DIRECTORY PORT */
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'

const [, , directory = '', port = '0'] = process.argv
const settings = { listen: `127.0.0.1:${port}`, initial_rebalance_delay_ms: 10 }
const broker = await openBroker({
  config: parseSection(brokerConfig, settings, { key: 'broker' }),
  directory,
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => void broker.close().then(() => process.exit(0)))
process.send?.('ready')
