import { displayText } from './display-text.ts'

/** A user as pages name them: by name and address, or by what the provider calls them. */
export function accountName({
  name,
  email,
  providerSubject,
}: {
  readonly name?: string | undefined
  readonly email?: { readonly address: string } | undefined
  readonly providerSubject: string
}): string {
  const parts = [name, email?.address].flatMap((part) => (part ? [displayText(part)] : []))
  return parts.length > 0 ? parts.join(' · ') : displayText(providerSubject)
}
