import { queueConfig } from '@beamtime/queue-manager'
import { describePython, type PythonDescription } from '@beamtime/worker-host/client'
import type { Config } from '../config/load-config.ts'
import { queueNames } from '../config/queue-names.ts'
import { bad, ok, type Check } from './check.ts'

/** For each queue with a Python worker: whether its Python has what plans need. */
export async function pythonChecks(config: Config): Promise<readonly Check[]> {
  const checks = queueNames(config).map(async (name) => {
    const { values } = config.examine(queueConfig, `queue.${name}`)
    if (values.worker !== 'python') return null
    const command = commandOf(values.python)
    const env = Object.fromEntries(Object.entries(values.env).map(([key, value]) => [key, String(value)]))
    const found = await describePython(command, { env: { ...process.env, ...env } })
    return pythonCheck({ name, command }, found)
  })
  return (await Promise.all(checks)).filter((check) => check !== null)
}

/** A pure function of the description, so that its words can be tested. */
export function pythonCheck(
  queue: { readonly name: string; readonly command: readonly string[] },
  found: PythonDescription,
): Check {
  const title = `python of queue ${queue.name}`
  const command = queue.command.join(' ')
  if (found.problem === null) {
    const versions = Object.entries(found.versions).flatMap(([name, version]) =>
      version === null ? [] : [`${name} ${version}`],
    )
    return ok(title, `Python ${found.python}, ${versions.join(', ')}`)
  }
  const isThere = found.python !== ''
  return bad(
    title,
    `${command}: ${found.problem}`,
    isThere
      ? `run \`${command} -m pip install bluesky bluesky-queueserver\`, or name another Python in queue.${queue.name}.python`
      : `name a Python that has bluesky and bluesky_queueserver in queue.${queue.name}.python: a path, or the words of a command`,
  )
}

function commandOf(value: unknown): readonly string[] {
  const words = [value].flat().filter((word): word is string => typeof word === 'string')
  return words.length === 0 ? ['python3'] : words
}
