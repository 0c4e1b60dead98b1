import { textOf } from '../devices/device-traits.ts'
import type { Movable, Readable, Readings } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import { runWrapper } from '../preprocessors/run.ts'
import { stageWrapper } from '../preprocessors/stage.ts'
import { dimensionsOf } from './hints.ts'
import { checkMotor, type Metadata } from './plan-options.ts'

/** Moves a motor step by step; the operator gives each step, an empty line repeats it, anything else ends it. */
export function* tweak(
  ...[detector, targetField, motor, step, options = {}]: [
    detector: Readable,
    target_field: string,
    motor: Movable & Readable,
    step: number,
    options?: { readonly md?: Metadata | null },
  ]
): Plan<string> {
  checkMotor(motor, 'motor')
  const dimensions = dimensionsOf([motor])
  const md: Metadata = {
    detectors: [detector.name],
    motors: [motor.name],
    plan_args: { detector: textOf(detector), target_field: targetField, motor: textOf(motor), step },
    plan_name: 'tweak',
    hints: dimensions === null ? {} : { dimensions },
    ...options.md,
  }
  const run = runWrapper(tweaking({ detector, targetField, motor, step }), { md })
  return yield* stageWrapper(run, [detector, motor])
}

function* tweaking(how: {
  readonly detector: Readable
  readonly targetField: string
  readonly motor: Movable & Readable
  readonly step: number
}): Plan<void> {
  let { step } = how
  for (;;) {
    yield Msg('create', null, { kwargs: { name: 'primary' } })
    const where = (yield Msg('read', how.motor)) as Readings | undefined
    if (where === undefined) return
    const position = Number(Object.values(where)[0]?.value)
    yield Msg('trigger', how.detector, { kwargs: { group: 'A' } })
    yield Msg('wait', null, { args: ['A'] })
    const readings = (yield Msg('read', how.detector)) as Readings | undefined
    const value = readings?.[how.targetField]?.value
    if (readings !== undefined && value === undefined) {
      throw planArgumentError(`${how.detector.name} has no field '${how.targetField}'`)
    }
    yield Msg('save')
    const prompt = `${how.motor.name}, ${position.toPrecision(3)}, ${Number(value).toPrecision(3)}, (${step}) `
    const answer = (yield Msg('input', null, { kwargs: { prompt } })) as string | undefined
    if (answer !== undefined && answer !== '') {
      const number = Number(answer)
      if (answer.trim() === '' || Number.isNaN(number)) return
      step = number
    }
    yield Msg('set', how.motor, { args: [position + step], kwargs: { group: 'A' } })
    yield Msg('wait', null, { args: ['A'] })
  }
}
