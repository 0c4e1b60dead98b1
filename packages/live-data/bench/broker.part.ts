/* A broker in a process of its own: node broker.part.ts DIRECTORY. Sends its port to the parent. */
import { brokerConfig, openBroker } from '@beamtime/kafka-broker'
import { parseSection } from '@beamtime/service-kit'

const [, , directory = ''] = process.argv
const config = parseSection(brokerConfig, { listen: '127.0.0.1:0' }, { key: 'broker' })
const broker = await openBroker({ config, directory })
process.send?.(broker.addresses[0]?.port)
process.once('disconnect', () => void broker.close().then(() => process.exit(0)))
