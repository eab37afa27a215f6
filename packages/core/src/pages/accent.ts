/** Colors of the main button, from one the operator chose. */
export interface Accent {
  readonly background: string
  /** Black or white, whichever reads better: at least 4.5:1 for every background (WCAG 2.2, 1.4.3). */
  readonly text: '#000000' | '#ffffff'
}

const standard = '#3d4fc4'

/** @param color `#rgb` or `#rrggbb`; anything else is taken as absent */
export function accentOf(color: string | undefined): Accent {
  const background = (color === undefined ? undefined : normalized(color)) ?? standard
  const channels = [1, 3, 5].map((at) => linear(Number.parseInt(background.slice(at, at + 2), 16) / 255))
  const [red = 0, green = 0, blue = 0] = channels
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  // Where the contrast to white, 1.05 / (L + 0.05), equals that to black, (L + 0.05) / 0.05.
  return { background, text: luminance > 0.179 ? '#000000' : '#ffffff' }
}

function normalized(color: string): string | undefined {
  if (/^#[\da-f]{6}$/i.test(color)) return color.toLowerCase()
  if (/^#[\da-f]{3}$/i.test(color)) return color.toLowerCase().replaceAll(/[\da-f]/g, '$&$&')
  return undefined
}

/** sRGB (WCAG 2.2, relative luminance). */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}
