import { parse, type DefaultTreeAdapterTypes } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node

/** An element, as far as the scripted browser looks at one. */
export type HtmlElement = DefaultTreeAdapterTypes.Element

const isElement = (node: Node): node is HtmlElement => 'tagName' in node

/** Every element below `node` in document order; `template` contents are inert and left out. */
export function* elementsOf(node: Node): Generator<HtmlElement> {
  if (!('childNodes' in node)) return
  for (const child of node.childNodes) {
    if (isElement(child)) yield child
    yield* elementsOf(child)
  }
}

/** The value of an attribute; `undefined` when it is not there. */
export function attribute(element: HtmlElement, name: string): string | undefined {
  return element.attrs.find((each) => each.name === name)?.value
}

/** The text a reader sees, white space folded. */
export function textOf(node: Node): string {
  const parts: string[] = []
  const collect = (each: Node): void => {
    if (each.nodeName === '#text' && 'value' in each) parts.push(each.value)
    if (isElement(each) && ['script', 'style', 'head'].includes(each.tagName)) return
    if (isElement(each)) parts.push(' ')
    if ('childNodes' in each) for (const child of each.childNodes) collect(child)
    if (isElement(each)) parts.push(' ')
  }
  if ('childNodes' in node) for (const child of node.childNodes) collect(child)
  return parts.join('').replaceAll(/\s+/g, ' ').trim()
}

/** The nearest element above that satisfies `test`. */
export function ancestor(
  element: HtmlElement,
  test: (element: HtmlElement) => boolean,
): HtmlElement | undefined {
  let node: DefaultTreeAdapterTypes.ParentNode | null = element.parentNode
  while (node !== null && isElement(node)) {
    if (test(node)) return node
    node = node.parentNode
  }
  return undefined
}

/** Parses as browsers do: any text is a document. */
export const parseHtml = (html: string): DefaultTreeAdapterTypes.Document => parse(html)
