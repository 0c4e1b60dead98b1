import { caMessage, noPayload } from './message.ts'

/* REPEATER_CONFIRM (17), repeater to client, UDP: p2 IPv4 of the client as the repeater saw it
 * Source: EPICS base repeater.cpp (REPEATER_CONFIRM, m_available). */
export const repeaterConfirm = caMessage({
  kind: 'repeaterConfirm',
  command: 17,
  slots: { p2: 'address' },
  payload: noPayload,
})
