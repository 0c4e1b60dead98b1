import { spawn } from 'node:child_process'
import type { Config } from '../config/load-config.ts'
import { beamtimeCommand } from './platform-services.ts'

/**
 * Checks all sections in a process of its own while the services start, because the supervisor does not
 * load the packages that declare them. Resolves with the errors as text, '' when there are none. Nothing
 * written, nothing to check.
 */
export function checkConfigInBackground(config: Config): Promise<string> {
  if (Object.keys(config.tree).length === 0) return Promise.resolve('')
  const [program, ...args] = beamtimeCommand()
  const place = config.file === null ? [] : ['--config', config.file]
  return new Promise((resolve) => {
    let text = ''
    const child = spawn(
      program,
      [...args, 'config', 'check', '--quiet', '--data', config.dataDir, ...place],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (chunk: string) => {
      if (text.length < 65_536) text += chunk
    })
    child.once('error', () => resolve('')) // the services check their own sections as well
    child.once('close', (code) => resolve(code === 1 || code === 2 ? text.trim() : ''))
  })
}
