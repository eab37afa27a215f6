export { createNodeMcpProxy, type NodeMcpProxy, type NodeMcpProxyOptions } from './node-mcp-proxy.ts'
