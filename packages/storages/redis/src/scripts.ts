/**
 * The scripts run atomically on the server. A record is a hash (version, value, group, expires); a group is a sorted
 * set of the ids of its members by the time (ms, the server's clock) at which the server drops them.
 *
 * All keys share one hash tag and so one node of a cluster: a record, the index of its group and the counter of
 * versions change together or not at all.
 */
const prelude = `
local prefix, id, now = ARGV[1], ARGV[2], tonumber(ARGV[3])

local function record(id) return prefix .. 'record:' .. id end
local function index(group) return prefix .. 'group:' .. group end

local function read(id)
  local fields = redis.call('HMGET', record(id), 'version', 'value', 'group', 'expires')
  local expires = fields[4]
  if not fields[1] or (expires and tonumber(expires) <= now) then return false end
  return fields
end

local function remove(id)
  local group = redis.call('HGET', record(id), 'group')
  if group then redis.call('ZREM', index(group), id) end
  redis.call('DEL', record(id))
end

-- The server may have dropped a member by itself, and its id may have come back in another group.
local function members(group)
  local found = {}
  for _, id in ipairs(redis.call('ZRANGE', index(group), 0, -1)) do
    if redis.call('HGET', record(id), 'group') == group then found[#found + 1] = id end
  end
  return found
end
`

/** ARGV: prefix, id, now, condition ('', 'absent' or a version), value, group, expires, ms that the server keeps it. */
export const setScript = `${prelude}
local condition, value, group, expires, lifetime = ARGV[4], ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8])
if condition ~= '' then
  local stored = read(id)
  if condition == 'absent' then
    if stored then return 0 end
  elseif not stored or stored[1] ~= condition then
    return 0
  end
end
remove(id)
local time = redis.call('TIME')
-- At least the time in microseconds: when the counter is lost or set back (a failover, a flush, a restore), no version that
-- somebody has read before comes back.
local version = redis.call('INCR', prefix .. 'version')
local microseconds = time[1] * 1000000 + time[2]
if version < microseconds then
  version = microseconds
  redis.call('SET', prefix .. 'version', string.format('%.0f', version))
end
if lifetime and lifetime <= 0 then return 1 end

redis.call('HSET', record(id), 'version', string.format('%.0f', version), 'value', value)
if expires ~= '' then redis.call('HSET', record(id), 'expires', expires) end
if lifetime then redis.call('PEXPIRE', record(id), string.format('%.0f', lifetime)) end
if group == '' then return 1 end

redis.call('HSET', record(id), 'group', group)
local clock = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', index(group), '-inf', string.format('%.0f', clock))
redis.call('ZADD', index(group), lifetime and string.format('%.0f', clock + lifetime) or '+inf', id)
local last = redis.call('ZRANGE', index(group), -1, -1, 'WITHSCORES')[2]
if last == 'inf' then
  redis.call('PERSIST', index(group))
else
  redis.call('PEXPIREAT', index(group), string.format('%.0f', tonumber(last) + 1))
end
return 1
`

/** ARGV: prefix, id, now. */
export const takeScript = `${prelude}
local stored = read(id)
if stored then remove(id) end
return stored
`

/** ARGV: prefix, id. */
export const deleteScript = `${prelude}
remove(id)
return 1
`

/** ARGV: prefix, group, now. */
export const listScript = `${prelude}
local found = {}
for _, id in ipairs(members(ARGV[2])) do
  local stored = read(id)
  if stored then found[#found + 1] = { id, stored } end
end
return found
`

/** ARGV: prefix, group. */
export const deleteGroupScript = `${prelude}
for _, id in ipairs(members(ARGV[2])) do redis.call('DEL', record(id)) end
redis.call('DEL', index(ARGV[2]))
return 1
`
