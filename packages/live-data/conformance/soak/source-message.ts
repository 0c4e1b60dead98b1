/** What the source says. */
export type SourceMessage =
  | { readonly kind: 'pulse'; readonly timeNs: string }
  /** From message `messages` on none has events. */
  | { readonly kind: 'last'; readonly messages: number }
  | {
      readonly kind: 'end'
      /** With events; `sent` has the empty ones at the end too. */
      readonly messages: number
      readonly sent: number
      readonly acknowledged: number
      /** Acknowledged at another offset than their number: something before them was lost or doubled. */
      readonly misplaced: number
      /** Pulses that were left out because the broker did not take them. */
      readonly skipped: number
      readonly seconds: number
      readonly failure: string | null
    }
