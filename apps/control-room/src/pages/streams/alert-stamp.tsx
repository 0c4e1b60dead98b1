import type { AlertStamp } from '@beamtime/http-gateway/ui-types'
import { useEffect, useRef, type ReactElement } from 'react'
import { t } from '../../text/text.ts'

/** A cut-out, dark on light as astronomers print them; `hasName` writes below what it is. */
export function Stamp({
  stamp,
  hasName,
}: {
  readonly stamp: AlertStamp
  readonly hasName: boolean
}): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context === null || context === undefined) return
    const image = context.createImageData(stamp.width, stamp.height)
    const grey = Uint8Array.from(atob(stamp.grey), (letter) => letter.charCodeAt(0))
    for (let row = 0; row < stamp.height; row++)
      for (let column = 0; column < stamp.width; column++) {
        // Rows come from the bottom.
        const shade = 255 - (grey[(stamp.height - 1 - row) * stamp.width + column] ?? 0)
        image.data.set([shade, shade, shade, 255], (row * stamp.width + column) * 4)
      }
    context.putImageData(image, 0, 0)
  }, [stamp])
  return (
    <figure>
      <canvas
        ref={canvas}
        width={stamp.width}
        height={stamp.height}
        role="img"
        aria-label={t.streams.stamps[stamp.name]}
      />
      {hasName ? <figcaption>{t.streams.stamps[stamp.name]}</figcaption> : null}
    </figure>
  )
}
