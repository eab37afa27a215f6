interface Expression {
  /** The character that its expansion begins with, where there is one. */
  readonly lead: string
  /** What may follow. */
  readonly characters: RegExp
}

const unreserved = /[\w.~%!$'()*,;:@=-]/
const reserved = /[\w.~%!$&'()*,;:@=/?#[\]+-]/
const query = /[\w.~%!$&'()*,;:@=/+-]/

/** RFC 6570 §3.2: by the operator of the expression. */
const expressions: Readonly<Record<string, Expression>> = {
  '': { lead: '', characters: unreserved },
  '+': { lead: '', characters: reserved },
  '#': { lead: '#', characters: reserved },
  '.': { lead: '.', characters: unreserved },
  '/': { lead: '/', characters: /[\w.~%!$'()*,;:@=/-]/ },
  ';': { lead: ';', characters: unreserved },
  '?': { lead: '?', characters: query },
  '&': { lead: '&', characters: query },
}

/**
 * Whether a URI can be an expansion of a template (RFC 6570), in time linear in the URI for each expression. A template
 * that cannot be read matches nothing.
 */
export function uriTemplate(template: string): (uri: string) => boolean {
  const pieces: (string | Expression)[] = []
  for (const [index, piece] of template.split(/(\{[^{}]*\})/).entries()) {
    const operator = /^\{([+#./;?&]?)[\w.,:*%]+\}$/.exec(piece)?.[1]
    const expression = operator === undefined ? undefined : expressions[operator]
    if (index % 2 === 1 && expression !== undefined) pieces.push(expression)
    else if (/[{}]/.test(piece)) return () => false
    else pieces.push(piece)
  }
  return (uri) => {
    let reached: ReadonlySet<number> = new Set([0])
    for (const piece of pieces) {
      reached =
        typeof piece === 'string' ? afterText(uri, piece, reached) : afterExpression(uri, piece, reached)
    }
    return reached.has(uri.length)
  }
}

function afterText(uri: string, text: string, reached: ReadonlySet<number>): ReadonlySet<number> {
  const next = new Set<number>()
  for (const index of reached) if (uri.startsWith(text, index)) next.add(index + text.length)
  return next
}

/** Every place that an expansion starting at one of `reached` can end at; an expansion may be empty. */
function afterExpression(
  uri: string,
  { lead, characters }: Expression,
  reached: ReadonlySet<number>,
): ReadonlySet<number> {
  const next = new Set(reached)
  let isInside = false
  for (let index = 0; index < uri.length; index++) {
    const character = uri[index] ?? ''
    const starts = reached.has(index) && (lead === '' ? characters.test(character) : character === lead)
    isInside = starts || (isInside && characters.test(character))
    if (isInside) next.add(index + 1)
  }
  return next
}
