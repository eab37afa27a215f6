export { accessReport } from './access-report.ts'
export type { AskedCaller, CallerReport, RouteReport } from './access-report.ts'
export type { CapabilityOptions } from './capability-options.ts'
export type { AdminOptions, MetricsText } from './admin/admin-options.ts'
export { isOrigin } from './admin/is-origin.ts'
export { auditEvents } from './audit/audit-events.ts'
export type { AuditOptions } from './audit/audit-options.ts'
export { listChainHeads } from './audit/chain-head.ts'
export type { ChainHead } from './audit/chain-head.ts'
export { verifyAudit } from './audit/verify-audit.ts'
export type {
  AuditFinding,
  AuditReport,
  SourceLine,
  VerifiedChain,
  VerifyAuditOptions,
} from './audit/verify-audit.ts'
export { ConfigFilesError, formatFileProblem } from './config/file-problem.ts'
export type { FileProblem } from './config/file-problem.ts'
export type { ConfigFile } from './config/jsonc-document.ts'
export { parseConfig } from './config/parse-config.ts'
export type { ConfigFiles, ParsedConfig } from './config/parse-config.ts'
export { loadProviderPackage, ProviderNotFoundError } from './config/provider-package.ts'
export type { AnyProviderPackage, ImportModule } from './config/provider-package.ts'
export type { Environment } from './config/resolve-environment.ts'
export { createGateway } from './create-gateway.ts'
export type { Gateway } from './create-gateway.ts'
export { defineConfig } from './define-config.ts'
export type { ConfigContext } from './define-config.ts'
export type { GatewayConfig } from './gateway-config.ts'
export type { GatewayOptions } from './gateway-options.ts'
export type { GatewayOrigin } from './gateway-origin.ts'
export { upstreamsOf } from './gateway-route.ts'
export type { AcceptedTools, GatewayRoute, PrefixedUpstream, UpstreamOptions } from './gateway-route.ts'
export type { HostedGateway } from './hosting/hosted-gateway.ts'
export { listUpstreamTools, ToolsUnavailableError } from './list-upstream-tools.ts'
export type { McpEndpoint } from './mcp-endpoint.ts'
export type {
  Activity,
  FetchOperation,
  Observer,
  Operation,
  OperationResult,
  RequestOperation,
  StorageOperation,
  UpstreamOperation,
} from './observe/observer.ts'
export { resolveProvider } from './resolve-provider.ts'
export { findTraces } from './trace/find-traces.ts'
export type { DiagnosedTrace, FoundTraces, TracesQuery } from './trace/find-traces.ts'
export { printTrace } from './trace/print-trace.ts'
export { listTraces, readTrace } from './trace/read-trace.ts'
export type { FlowTrace } from './trace/read-trace.ts'
export type { TraceDiagnosis } from './trace/diagnose-trace.ts'
export { traceStages } from './trace/trace-stages.ts'
export type { TraceStage } from './trace/trace-stages.ts'
export type { TraceHead, TraceStep } from './trace/trace-step.ts'
