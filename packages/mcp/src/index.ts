export type { Answer } from './answer.ts'
export type { Caller } from './caller.ts'
export type { CapabilityPolicy, Verdict } from './capability-policy.ts'
export type { McpProxyOptions } from './exchange.ts'
export {
  errorCodes,
  type JsonObject,
  type JsonRpcError,
  type JsonRpcNotification,
  type JsonRpcRequest,
} from './json-rpc.ts'
export type { JudgedMessage } from './judge-message.ts'
export type { Limits } from './limits.ts'
export { createMcpProxy, type FetchMcpProxyOptions, type McpProxy } from './mcp-proxy.ts'
export { type Access, type CapabilityAccess, capabilityAccess } from './policy/capability-access.ts'
export { type CapabilityFilterOptions, createCapabilityFilter } from './policy/capability-filter.ts'
export {
  type CapabilityEntry,
  type CapabilityKind,
  capabilityKinds,
  type CapabilityRule,
  type CapabilityRules,
  type Principal,
  type Who,
} from './policy/capability-rules.ts'
export { pinnedMembers, toolDefinition, toolDigest, type UnpinnedMember } from './policy/tool-definition.ts'
export { createToolPins, type ToolChange, type ToolPins, type ToolPinsOptions } from './policy/tool-pins.ts'
export {
  signedRequestStates,
  type RequestStates,
  type SignedRequestStatesOptions,
  type StateSigner,
} from './request-states.ts'
export {
  sealedSessions,
  type OwnSession,
  type Sealer,
  type Session,
  type SessionBinding,
  type UpstreamSession,
} from './session-binding.ts'
export { signedTasks, type SignedTasksOptions, type TaskBinding } from './task-binding.ts'
export type { AnsweredCall, CallEnding } from './watched-calls.ts'
export type { VirtualMember } from './virtual/virtual-member.ts'
export { createVirtualUpstream, type VirtualUpstreamOptions } from './virtual/virtual-upstream.ts'
export type {
  AuthorizeUpstream,
  ConnectRequired,
  Upstream,
  UpstreamCall,
  UpstreamChallenge,
  UpstreamCredential,
  UpstreamEra,
} from './upstream.ts'
