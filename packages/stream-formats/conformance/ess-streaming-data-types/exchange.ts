// Decodes every message of a folder and writes it again with our writer into another one.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeMessage, schemas } from '../../src/index.ts'

const [from = '.', to = '.'] = process.argv.slice(2)
for (const name of readdirSync(from)) {
  const { id, value } = decodeMessage(new Uint8Array(readFileSync(join(from, name))))
  writeFileSync(join(to, name), schemas[id].encode(value as never))
}
