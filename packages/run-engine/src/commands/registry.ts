import { checkpoint } from './checkpoint.ts'
import { clearCheckpoint } from './clear-checkpoint.ts'
import { closeRun } from './close-run.ts'
import { collect } from './collect.ts'
import { complete } from './complete.ts'
import { configure } from './configure.ts'
import { create } from './create.ts'
import { declareStream } from './declare-stream.ts'
import { drop } from './drop.ts'
import { input } from './input.ts'
import { installSuspender } from './install-suspender.ts'
import { kickoff } from './kickoff.ts'
import { locate } from './locate.ts'
import { monitor } from './monitor.ts'
import { nullCommand } from './null.ts'
import { openRun } from './open-run.ts'
import { pause } from './pause.ts'
import { prepare } from './prepare.ts'
import { reClass } from './re-class.ts'
import { read } from './read.ts'
import { removeSuspender } from './remove-suspender.ts'
import { resumeFromSuspender } from './resume-from-suspender.ts'
import { rewindable } from './rewindable.ts'
import { save } from './save.ts'
import { set } from './set.ts'
import { sleep } from './sleep.ts'
import { stage } from './stage.ts'
import { startSuspender } from './start-suspender.ts'
import { stop } from './stop.ts'
import { subscribe } from './subscribe.ts'
import { trigger } from './trigger.ts'
import { unmonitor } from './unmonitor.ts'
import { unstage } from './unstage.ts'
import { unsubscribe } from './unsubscribe.ts'
import { wait } from './wait.ts'
import { waitFor } from './wait-for.ts'
import type { Command } from '../engine/command.ts'

/** Every command of a new engine, by the name that messages use. */
export const builtinCommands = {
  open_run: openRun,
  close_run: closeRun,
  create,
  declare_stream: declareStream,
  read,
  save,
  drop,
  set,
  trigger,
  prepare,
  kickoff,
  complete,
  collect,
  wait,
  wait_for: waitFor,
  sleep,
  locate,
  stop,
  configure,
  stage,
  unstage,
  monitor,
  unmonitor,
  checkpoint,
  clear_checkpoint: clearCheckpoint,
  rewindable,
  pause,
  input,
  subscribe,
  unsubscribe,
  install_suspender: installSuspender,
  remove_suspender: removeSuspender,
  null: nullCommand,
  RE_class: reClass,
  _start_suspender: startSuspender,
  _resume_from_suspender: resumeFromSuspender,
} as const satisfies Record<string, Command>
