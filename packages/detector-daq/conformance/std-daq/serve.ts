// Runs one detector: serve.ts DATA_DIR TABLE.json. Prints its addresses as one JSON line and stops at SIGTERM.
import { readFileSync } from 'node:fs'
import { parseSection } from '@beamtime/service-kit'
import { testContext } from '@beamtime/service-kit/testing'
import { daqConfig, startDaq } from '../../src/index.ts'

const [dataDir = '.', table = ''] = process.argv.slice(2)
const raw: unknown = JSON.parse(readFileSync(table, 'utf8'))
const context = testContext({ dataDir, role: 'daq@det' })
const service = await startDaq(
  { name: 'det', daq: parseSection(daqConfig, raw, { key: 'daq.det' }) },
  context,
)
const endpoints = Object.fromEntries(service.endpoints.map(({ name, url }) => [name, url]))
console.log(JSON.stringify(endpoints))
process.once('SIGTERM', () => void service.close())
