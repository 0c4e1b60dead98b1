import { accessSync, chmodSync, constants, lstatSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from './config-error.ts'
import { makeDirectory } from './make-directory.ts'

/** A Unix socket's path has 107 bytes on Linux; our longest socket name takes 44 of them with its slash. */
const maxDirectoryBytes = 107 - 44

/** Path of the directory for Unix sockets: `<data>/run`, or one named by a hash under the temporary folder when that is too long. Creates nothing. */
export function runtimeDirOf(dataDir: string): string {
  const inside = join(dataDir, 'run')
  if (Buffer.byteLength(inside) <= maxDirectoryBytes) return inside
  // Loaded here: the command line rarely needs it, and it costs 9 ms.
  const hash = process
    .getBuiltinModule('node:crypto')
    .createHash('sha256')
    .update(dataDir)
    .digest('hex')
    .slice(0, 12)
  return join(tmpdir(), `beamtime-${userInfo().uid}-${hash}`)
}

/** Creates the data directory, checks that it can be written, and makes the runtime directory with mode 0700. Throws CONFIG_DIRECTORY_UNUSABLE. */
export function prepareDirectories(dataDir: string): { readonly runtimeDir: string } {
  try {
    makeDirectory(dataDir)
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw unusable(dataDir, (error as NodeJS.ErrnoException).code ?? 'unusable', error)
  }
  const runtimeDir = runtimeDirOf(dataDir)
  try {
    makeDirectory(runtimeDir, 0o700)
    const stat = lstatSync(runtimeDir)
    // Somebody else's directory under the shared temporary folder must not hold our sockets.
    if (!stat.isDirectory() || stat.uid !== userInfo().uid) throw unusable(runtimeDir, 'not ours', undefined)
    chmodSync(runtimeDir, 0o700)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw unusable(runtimeDir, (error as NodeJS.ErrnoException).code ?? 'unusable', error)
  }
  return { runtimeDir }
}

function unusable(path: string, why: string, cause: unknown): ConfigError {
  return new ConfigError({
    code: 'CONFIG_DIRECTORY_UNUSABLE',
    message: `the data directory cannot be used: ${path} (${why})`,
    fault: 'environment',
    remedy: 'give another one with --data DIR or paths.data, or make it writable for this user',
    cause,
  })
}
