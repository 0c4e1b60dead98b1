import { levelNumber } from '../../services/log-files.ts'
import type { LogFiles } from '../../services/log-files.ts'
import type { LogLine } from '../../ui-types.ts'
import { ChannelError, stringArg } from '../channel.ts'
import type { Channel, ChannelArgs } from '../channel.ts'

const backlogLines = 200

/** Log lines of one service or of all; args `{role?, level?}`. */
export function logsChannel(files: LogFiles): Channel {
  return {
    scope: 'read:monitor',
    open(subscription, args) {
      let stop: readonly (() => void)[] = []
      let generation = 0
      const start = (given: ChannelArgs): void => {
        for (const end of stop) end()
        generation += 1
        const mine = generation
        const level = stringArg(given, 'level')
        const roles = chosenRoles(files, stringArg(given, 'role'))
        const fits = (line: LogLine): boolean =>
          level === null || levelNumber(line.level) >= levelNumber(level)
        stop = roles.map((role) =>
          files.follow(role, (lines) => {
            const wanted = lines.filter(fits)
            if (wanted.length > 0) subscription.event(wanted)
          }),
        )
        backlog(files, roles, level).then(
          (lines) => {
            if (mine === generation) subscription.snap(lines)
          },
          () => subscription.fail('internal', 'The log files cannot be read.'),
        )
      }
      start(args)
      return {
        set: start,
        close: () => {
          generation += 1
          for (const end of stop) end()
        },
      }
    },
  }
}

function chosenRoles(files: LogFiles, role: string | null): readonly string[] {
  const roles = files.roles()
  if (role === null) return roles
  if (!roles.includes(role)) throw new ChannelError('notfound', `There is no log of '${role}'.`)
  return [role]
}

async function backlog(
  files: LogFiles,
  roles: readonly string[],
  level: string | null,
): Promise<readonly LogLine[]> {
  const pages = await Promise.all(
    roles.map((role) => files.page(role, { level, q: null, before: null, limit: backlogLines })),
  )
  return pages
    .flatMap((page) => page?.lines ?? [])
    .toSorted((a, b) => a.t - b.t)
    .slice(-backlogLines)
}
