import { caMessage, noPayload } from './message.ts'

/* REPEATER_REGISTER (24), client to repeater, UDP: p2 IPv4 of the client or 0
 * Source: EPICS base udpiiu.cpp (caRepeaterRegistrationMessage). */
export const repeaterRegister = caMessage({
  kind: 'repeaterRegister',
  command: 24,
  slots: { p2: 'address' },
  payload: noPayload,
})
