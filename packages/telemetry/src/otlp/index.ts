export { createAuditExporter } from './create-audit-exporter.ts'
export type { AuditExporter, AuditExporterOptions } from './create-audit-exporter.ts'
