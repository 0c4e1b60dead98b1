import type { CircuitReply } from '../messages/from-server.ts'

export type CircuitState = 'connecting' | 'greeting' | 'open' | 'closed'

const anyOf = (state: CircuitState): Record<CircuitReply['kind'], CircuitState> => ({
  version: state,
  eventAddReply: state,
  readReply: state,
  searchReply: state,
  readSync: state,
  errorReply: state,
  clearChannel: state,
  notFound: state,
  readNotifyReply: state,
  createChannelReply: state,
  writeNotifyReply: state,
  accessRights: state,
  echo: state,
  createChannelFail: state,
  serverDisconnect: state,
})

/** Which message may come in which state, and the state after it. */
export const circuitTransitions: Record<CircuitState, Partial<Record<CircuitReply['kind'], CircuitState>>> = {
  connecting: {},
  // A server below minor 11 does not state its version by itself, so everything else may come first.
  greeting: { ...anyOf('greeting'), version: 'open' },
  // caproto states its version again after ours.
  open: anyOf('open'),
  closed: {},
}
