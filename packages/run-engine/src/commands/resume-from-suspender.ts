import type { Command } from '../engine/command.ts'

/* _resume_from_suspender: internal. Tells the devices that the run goes on. */
export const resumeFromSuspender: Command = async (core) => {
  for (const run of core.runs.values()) run.restoreMonitors()
  await core.resumeDevices()
}
