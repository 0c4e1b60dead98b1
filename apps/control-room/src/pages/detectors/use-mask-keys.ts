import { useEffect } from 'react'
import { isTyping } from '../../app/use-keys.ts'
import type { MaskEdit } from '../../image/mask-edit.ts'
import { largestBrush } from '../../image/mask-shapes.ts'
import type { MaskStore } from './mask-store.ts'

/** Keys while a mask is painted: undo and redo, and the size of the brush by `[` and `]`. */
export function useMaskKeys(store: MaskStore, edit: MaskEdit): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || isTyping(event.target)) return
      const isCommand = event.ctrlKey || event.metaKey
      const key = event.key.toLowerCase()
      if (isCommand && key === 'z') {
        if (event.shiftKey) edit.redo()
        else edit.undo()
      } else if (isCommand && key === 'y') edit.redo()
      else if (!isCommand && (key === '[' || key === ']')) {
        const { size } = store.getState()
        store.setState({ size: Math.min(largestBrush, Math.max(1, size + (key === ']' ? 1 : -1))) })
      } else return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [store, edit])
}
