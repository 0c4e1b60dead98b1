import type { Command } from 'commander'
import type { QueueOptions } from '../queue/queue-session.ts'
import { withExamples, withPlace, type RunAction } from './run-action.ts'

/** Options that every queue command has. */
function withQueue(command: Command): Command {
  return withPlace(command)
    .option('-q, --queue <name>', 'queue (default: main)')
    .option('--address <url>', 'control address of a manager elsewhere, e.g. tcp://host:60615')
    .option('--user-group <group>', 'group whose permissions count (default: primary)')
    .option('--timeout <seconds>', 'time to wait for the manager (default: 5)')
    .option('--json', "print the manager's answer as JSON")
}

const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
]

function withItem(command: Command): Command {
  return command
    .option('--kwarg <name=value>', 'keyword argument; may be repeated', collect)
    .option('--md <name=value>', 'metadata of the run; may be repeated', collect)
    .option('--json-item <json>', 'the whole item as JSON, @FILE, or - for standard input')
}

type Given = QueueOptions & Readonly<Record<string, unknown>>

/** queue add, list, start …, and run. */
export function addQueueCommands(program: Command, run: RunAction): void {
  const queue = program.command('queue').description('Fill, run and watch the queue of plans.')
  addEditing(queue, run)
  addRunning(queue, run)
  addReading(queue, run)
  withExamples(
    withItem(withQueue(program.command('run [plan...]')))
      .description('Run one plan now and wait for it; opens the environment when needed.')
      .option('--quiet', 'no progress')
      .action(
        run(async (words: string[], options: Given) =>
          (await import('./run-plan.ts')).runPlan(words, options),
        ),
      ),
    'beamtime run count det num=5',
    'beamtime run scan det motor -1 1 21 --md sample=Fe',
  )
}

function addEditing(queue: Command, run: RunAction): void {
  withExamples(
    withItem(withQueue(queue.command('add [plan...]')))
      .description(
        'Add a plan. Words are numbers, JSON, Python literals or names; device lists need no brackets.',
      )
      .option('--front', 'to the front of the queue')
      .option('--before <uid>', 'before this item')
      .option('--after <uid>', 'after this item')
      .option('--position <n>', 'at this position: 0 is the front, -1 the back')
      .action(
        run(async (words: string[], options: Given) =>
          (await import('./queue-edit.ts')).queueAdd(words, options),
        ),
      ),
    'beamtime queue add scan det motor -1 1 21',
    'beamtime queue add count det1 det2 num=5 --md sample=Fe --front',
    "beamtime queue add list_scan det motor '[1, 2, 5]'",
    'beamtime queue add --json-item \'{"name": "count", "args": [["det"]]}\'',
  )
  withExamples(
    withQueue(queue.command('remove <item>'))
      .description('Remove an item: its uid, the start of it, or its position.')
      .action(
        run(async (item: string, options: Given) =>
          (await import('./queue-edit.ts')).queueRemove(item, options),
        ),
      ),
    'beamtime queue remove 5f1c2a9b',
    'beamtime queue remove -1',
  )
  withExamples(
    withQueue(queue.command('move <item> <position>'))
      .description('Move an item to a position: front, back, a number, or before:UID, after:UID.')
      .action(
        run(async (item: string, position: string, options: Given) =>
          (await import('./queue-edit.ts')).queueMove(item, position, options),
        ),
      ),
    'beamtime queue move 5f1c2a9b front',
  )
  withExamples(
    withQueue(queue.command('clear'))
      .description('Remove all items that wait.')
      .action(run(async (options: Given) => (await import('./queue-edit.ts')).queueClear(options))),
    'beamtime queue clear',
  )
  withExamples(
    withQueue(queue.command('mode'))
      .description('Show or set the mode of the queue.')
      .option('--loop <on|off>', 'finished items go to the back of the queue again')
      .option('--ignore-failures <on|off>', 'go on after a failed plan')
      .action(run(async (options: Given) => (await import('./queue-edit.ts')).queueMode(options))),
    'beamtime queue mode --loop on',
  )
  withExamples(
    withQueue(queue.command('autostart <on|off>'))
      .description('Start by itself whenever something waits.')
      .action(
        run(async (state: string, options: Given) =>
          (await import('./queue-edit.ts')).queueAutostart(state, options),
        ),
      ),
    'beamtime queue autostart on',
  )
}

/** Commands that are one request: name, method, sentence, and what is printed when it is done. */
const actions = [
  ['start', 'queue_start', 'Start the queue.', 'the queue starts'],
  ['resume', 're_resume', 'Resume the paused plan.', 'the plan goes on'],
  ['stop-plan', 're_stop', 'End the paused plan as a success.', 'the plan stops'],
  ['abort', 're_abort', 'End the paused plan as a failure.', 'the plan is aborted'],
  ['halt', 're_halt', 'End the paused plan without its clean-up.', 'the plan is halted'],
] as const

const environmentActions = [
  ['open', 'environment_open', 'Load the startup files and get ready for plans.', 'the environment is open'],
  ['close', 'environment_close', 'Close the environment.', 'the environment is closed'],
  ['destroy', 'environment_destroy', 'End a worker that does not answer.', 'the environment is gone'],
  ['update', 'environment_update', 'Find plans and devices again.', 'the lists are up to date'],
] as const

function addRunning(queue: Command, run: RunAction): void {
  for (const [name, method, description, done] of actions)
    withExamples(
      withQueue(queue.command(name))
        .description(description)
        .action(
          run(async (options: Given) =>
            (await import('./queue-control.ts')).queueAction({ method, done }, options),
          ),
        ),
      `beamtime queue ${name}`,
    )
  withExamples(
    withQueue(queue.command('stop'))
      .description('Stop the queue after the running plan.')
      .option('--cancel', 'take a pending stop back')
      .action(run(async (options: Given) => (await import('./queue-control.ts')).queueStop(options))),
    'beamtime queue stop',
    'beamtime queue stop --cancel',
  )
  withExamples(
    withQueue(queue.command('pause'))
      .description('Pause the running plan at its next checkpoint.')
      .option('--now', 'at once; the plan goes back to its last checkpoint when it resumes')
      .action(run(async (options: Given) => (await import('./queue-control.ts')).queuePause(options))),
    'beamtime queue pause',
  )
  const environment = queue.command('env').description('Open and close the environment in which plans run.')
  for (const [name, method, description, done] of environmentActions)
    withExamples(
      withQueue(environment.command(name))
        .description(description)
        .option('--no-wait', 'do not wait until it is done')
        .action(
          run(async (options: Given) =>
            (await import('./queue-control.ts')).environmentAction({ method, done }, options),
          ),
        ),
      `beamtime queue env ${name}`,
    )
}

function addReading(queue: Command, run: RunAction): void {
  withExamples(
    withQueue(queue.command('list').alias('get'))
      .description('Show the running plan and what waits.')
      .action(run(async (options: Given) => (await import('./queue-show.ts')).queueList(options))),
    'beamtime queue list',
    'beamtime queue list --json',
  )
  withExamples(
    withQueue(queue.command('status'))
      .description('Show the state of the manager.')
      .action(run(async (options: Given) => (await import('./queue-show.ts')).queueStatus(options))),
    'beamtime queue status',
  )
  withExamples(
    withQueue(queue.command('history'))
      .description('Show finished plans, the last one at the end.')
      .option('-n, --lines <count>', 'last entries to show (default: 20)')
      .option('--clear', 'forget the history')
      .action(run(async (options: Given) => (await import('./queue-show.ts')).queueHistory(options))),
    'beamtime queue history -n 5',
  )
  withExamples(
    withQueue(queue.command('plans [name]'))
      .description('Show the plans that may be run, or one with its parameters.')
      .action(
        run(async (name: string | undefined, options: Given) =>
          (await import('./queue-lists.ts')).queuePlans(name, options),
        ),
      ),
    'beamtime queue plans',
    'beamtime queue plans scan',
  )
  withExamples(
    withQueue(queue.command('devices'))
      .description('Show the devices that plans may use.')
      .action(run(async (options: Given) => (await import('./queue-lists.ts')).queueDevices(options))),
    'beamtime queue devices',
  )
  withExamples(
    withQueue(queue.command('console'))
      .description('Show what plans and the manager print.')
      .option('-f, --follow', 'wait for more (Ctrl-C ends)')
      .action(run(async (options: Given) => (await import('./queue-console.ts')).queueConsole(options))),
    'beamtime queue console -f',
  )
}
