/** ECA status codes as they stand on the wire: (number << 3) | severity. Source: EPICS base caerr.h. */
export const eca = {
  NORMAL: 1,
  ALLOCMEM: 48,
  TOLARGE: 72,
  TIMEOUT: 80,
  BADTYPE: 114,
  INTERNAL: 142,
  GETFAIL: 152,
  PUTFAIL: 160,
  BADCOUNT: 176,
  BADSTR: 186,
  DISCONN: 192,
  DBLCHNL: 200,
  EVDISALLOW: 210,
  BADMONID: 242,
  DEFUNCT: 278,
  BADMASK: 330,
  PUTCBINPROG: 362,
  NORDACCESS: 368,
  NOWTACCESS: 376,
  ANACHRONISM: 386,
  NOCONVERT: 400,
  BADCHID: 410,
  UNAVAILINSERV: 432,
  CHANDESTROY: 440,
  BADPRIORITY: 450,
  '16KARRAYCLIENT': 464,
  CONNSEQTMO: 472,
  UNRESPTMO: 480,
} as const

const names = new Map<number, string>(Object.entries(eca).map(([name, code]) => [code, name]))

/** The name of an ECA code without its prefix, or the number as text. */
export function ecaName(code: number): string {
  return names.get(code) ?? String(code)
}
