/** Variables of OpenTelemetry, as far as they are set. */
export type TracingVariables = Readonly<Record<string, string>>

const switches = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_TRACES_EXPORTER']

/** The standard variables, where they say that there are traces and where they go; `undefined` where they do not. */
export function tracingSetting(
  environment: Readonly<Record<string, string | undefined>>,
): TracingVariables | undefined {
  const variables = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value = '']) =>
      name.startsWith('OTEL_') && value.trim() !== '' ? [[name, value.trim()]] : [],
    ),
  )
  if (variables['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined
  if (variables['OTEL_TRACES_EXPORTER'] === 'none') return undefined
  return switches.some((name) => name in variables) ? variables : undefined
}
