import type { ServiceWatch } from '../../services/service-watch.ts'
import type { Supervisor } from '../../services/supervisor.ts'
import type { ServicesAnswer } from '../../ui-types.ts'
import type { Channel } from '../channel.ts'

export function servicesChannel(watch: ServiceWatch, supervisor: Supervisor): Channel {
  return {
    scope: 'read:status',
    open(subscription) {
      const snap = (): void => subscription.snap(servicesAnswer(watch, supervisor))
      snap()
      return { set: snap, close: watch.onChange(snap) }
    },
  }
}

export function servicesAnswer(watch: ServiceWatch, supervisor: Supervisor): ServicesAnswer {
  return { services: watch.states, sentence: watch.sentence(), canRestart: supervisor.present }
}
