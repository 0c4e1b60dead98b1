import { randomBytes } from 'node:crypto'
import { mkdirSync, openSync, readFileSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError } from '../error.ts'

export interface SingleUserKey {
  readonly key: string
  /** The file that holds it, or null when the key comes from the configuration. */
  readonly file: string | null
}

/** The key of the configuration, else the one kept in `<data>/state/http-key` (mode 0600), made at the first start. */
export function singleUserKey(configured: string | null, dataDir: string): SingleUserKey {
  if (configured !== null && configured !== '')
    return { key: checked(configured, 'http.auth.single_user_key'), file: null }
  const file = join(dataDir, 'state', 'http-key')
  return { key: readKey(file) ?? makeKey(file), file }
}

function readKey(file: string): string | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  return text === '' ? null : checked(text, file)
}

function makeKey(file: string): string {
  const key = randomBytes(32).toString('hex')
  mkdirSync(join(file, '..'), { recursive: true })
  const handle = openSync(file, 'w', 0o600)
  writeSync(handle, `${key}\n`)
  closeSync(handle)
  return key
}

function checked(key: string, where: string): string {
  if (/^[0-9a-zA-Z]+$/.test(key)) return key
  throw new GatewayError({
    code: 'GATEWAY_CONFIG_INVALID',
    message: `the single-user key in ${where} must consist of letters and digits`,
    remedy: `Put a key of letters and digits into ${where}, e.g. the output of: openssl rand -hex 32`,
  })
}
