/** Whether a form of this page may be sent to, or be redirected on to, a URL. */
export type FormActionPolicy = (target: URL) => boolean

function allows(source: string, target: URL, page: URL): boolean {
  switch (source) {
    case "'none'":
      return false
    case "'self'":
      return target.origin === page.origin
    case '*':
      return target.protocol === 'http:' || target.protocol === 'https:'
    default:
      if (/^[a-z][a-z\d+.-]*:$/i.test(source)) return target.protocol === source.toLowerCase()
      if (!URL.canParse(source)) {
        throw new Error(
          `The scripted browser does not know the form-action source "${source}": use an origin.`,
        )
      }
      return new URL(source).origin === target.origin
  }
}

/**
 * CSP Level 3 §6.4.1 as Chromium enforces it: `form-action` holds for every redirect that follows the form, which is
 * why a consent page that sets it breaks in Chrome.
 */
export function formActionPolicy(headers: Headers, page: URL): FormActionPolicy {
  const directives = (headers.get('content-security-policy') ?? '')
    .split(/[;,]/)
    .map((directive) => directive.trim().split(/\s+/))
    .filter(([name]) => name?.toLowerCase() === 'form-action')
  return (target) =>
    directives.every(([, ...sources]) => sources.some((source) => allows(source, target, page)))
}
