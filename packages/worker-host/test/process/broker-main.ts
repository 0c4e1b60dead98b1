import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'

const [directory = '', port = '0'] = process.argv.slice(2)
const config = parseSection(brokerConfig, { listen: `127.0.0.1:${port}` }, { key: 'broker' })
await openBroker({ config, directory })
process.stdout.write('ready\n')
