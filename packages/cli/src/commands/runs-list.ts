import type { RunQuery } from '@beamtime/document-store'
import { CliError } from '../error.ts'
import { durationText, printJson, printLine, printTable } from '../print.ts'
import { localTime, shortUid } from '../queue/item-text.ts'
import { openRuns } from '../runs/open-runs.ts'
import type { ListOptions } from '../runs/runs-options.ts'

export function runsList(words: readonly string[], options: ListOptions): Promise<number> {
  const query = queryOf(words, options)
  const catalog = openRuns(options)
  try {
    const list = catalog.list(query)
    if (list.problems.length > 0)
      throw new CliError({
        code: 'CLI_USAGE',
        message: list.problems.join('; '),
        remedy: 'search words are e.g. plan:scan sample:Fe user:mara status:success since:7d',
      })
    if (options.json === true) printJson(list)
    else if (list.runs.length === 0) printLine('no runs')
    else {
      printTable(
        ['SCAN', 'UID', 'START', 'TOOK', 'STATUS', 'PLAN', 'SAMPLE', 'POINTS'],
        list.runs.map((run) => [
          run.scan_id === null ? '' : String(run.scan_id),
          shortUid(run.uid),
          localTime(run.time),
          run.duration === null ? '' : durationText(run.duration),
          run.exit_status ?? 'running',
          run.plan_name,
          run.sample ?? '',
          run.num_points === null ? String(run.points) : `${run.points}/${run.num_points}`,
        ]),
      )
      if (list.total > list.runs.length) printLine(`${list.runs.length} of ${list.total} runs; more with -n`)
    }
    return Promise.resolve(0)
  } finally {
    catalog.close()
  }
}

function queryOf(words: readonly string[], options: ListOptions): RunQuery {
  const times = (['since', 'until'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`${name}:${options[name]}`],
  )
  const limit = Number(options.lines ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    throw new CliError({
      code: 'CLI_USAGE',
      message: `--lines ${options.lines} is not 1 to 1000`,
      remedy: 'give e.g. -n 50',
    })
  return {
    q: [...words, ...times].join(' '),
    plan: options.plan,
    sample: options.sample,
    user: options.user,
    status: options.status,
    limit,
  }
}
