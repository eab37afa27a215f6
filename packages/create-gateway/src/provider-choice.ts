/** What has to be known of an identity provider to wire it. */
export interface ProviderChoice {
  readonly id: string
  /** `Logto`: shown to users. */
  readonly title: string
  readonly packageName: string
  /** The factory that the package exports. */
  readonly exportName: string
  readonly policyType: string
  readonly options: readonly ProviderOption[]
}

/** An option that every installation states. */
export interface ProviderOption {
  readonly name: string
  readonly description: string
}

/** `logtoEndpoint` of Logto → `LOGTO_ENDPOINT`; `realm` of Keycloak → `KEYCLOAK_REALM`. */
export function variableName({ id }: ProviderChoice, option: string): string {
  const prefix = id.toUpperCase().replaceAll('-', '_')
  const name = option.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()
  return name.startsWith(`${prefix}_`) ? name : `${prefix}_${name}`
}

/** A secret is never asked for on the command line, where other programs can read it. */
export const isSecret = (option: string): boolean => /secret|privatekey/i.test(option)
