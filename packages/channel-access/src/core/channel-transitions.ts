/** `stalled` and `stalled-creating`: the circuit is kept although it does not answer, and the name is searched meanwhile. */
export type ChannelState = 'searching' | 'creating' | 'connected' | 'stalled' | 'stalled-creating' | 'closed'

export type ChannelInput =
  | 'found'
  | 'created'
  | 'refused'
  | 'circuit-lost'
  | 'circuit-stalled'
  | 'circuit-revived'
  | 'close'

/** What becomes of a channel. An input that is not listed changes nothing. */
export const channelTransitions: Record<ChannelState, Partial<Record<ChannelInput, ChannelState>>> = {
  searching: { found: 'creating', close: 'closed' },
  creating: {
    created: 'connected',
    refused: 'searching',
    'circuit-lost': 'searching',
    'circuit-stalled': 'stalled-creating',
    close: 'closed',
  },
  connected: {
    // SERVER_DISCONN, or a gateway that takes the channel away.
    refused: 'searching',
    'circuit-lost': 'searching',
    'circuit-stalled': 'stalled',
    close: 'closed',
  },
  stalled: {
    found: 'creating',
    'circuit-revived': 'connected',
    'circuit-lost': 'searching',
    close: 'closed',
  },
  'stalled-creating': {
    found: 'creating',
    'circuit-revived': 'creating',
    'circuit-lost': 'searching',
    close: 'closed',
  },
  closed: {},
}
