-- A guarded call from LuaJIT, without a compiler: the library says what to do, Lua does it, and nothing calls back.
-- usage: luajit 30_binding.lua [SEAWALL_FFI_H [LIBSEAWALL_SO]]
local ffi = require("ffi")
-- [load]
ffi.cdef(io.open(arg[1] or "/usr/include/seawall/seawall_ffi.h"):read("*a"))
ffi.cdef("int poll(void *, unsigned long, int); typedef struct { uint64_t words[?]; } __attribute__((aligned(16))) room;")
local sw = ffi.load(arg[2] or "libseawall.so.0")
local function must(status)
  if status ~= sw.SEAWALL_OK then error(ffi.string(sw.seawall_status_message(status)), 2) end
end
must(sw.seawall_version_check(sw.SEAWALL_VERSION, nil))
-- [load end]
-- [make]
local objects = {}
local function policy(kind, settings)
  local config, object = ffi.new("seawall_" .. kind .. "_config"), ffi.new("seawall_" .. kind .. " *[1]")
  must(sw["seawall_" .. kind .. "_config_init"](config, ffi.sizeof(config)))
  for key, value in pairs(settings) do config[key] = value end
  must(sw["seawall_" .. kind .. "_create"](config, nil, object, nil))
  objects[kind] = object[0]
  local made = ffi.new("seawall_policy", {size = ffi.sizeof("seawall_policy")})
  must(sw["seawall_" .. kind .. "_policy"](object[0], kind, made))
  return made
end
local policies = {policy("retry", {base_delay = 1000000}), policy("breaker", {failure_threshold = 2})}
local pipeline = ffi.new("seawall_pipeline *[1]")
must(sw.seawall_pipeline_create(nil, ffi.new("const seawall_policy *[2]", policies), 2, nil, pipeline, nil))
for kind, object in pairs(objects) do sw["seawall_" .. kind .. "_destroy"](object) end -- the pipeline keeps its own references
-- [make end]
-- [drive]
local function call(operation)
  local execution, size = ffi.new("seawall_execution *[1]"), sw.seawall_execution_size(pipeline[0])
  local storage, step, result = ffi.new("room", size / 8), ffi.new("seawall_step"), ffi.new("seawall_result")
  must(sw.seawall_execution_init(storage, size, pipeline[0], nil, execution))
  must(sw.seawall_execution_begin_at(execution[0], sw.seawall_platform_now(nil), sw.seawall_forever()))
  repeat
    local now = sw.seawall_platform_now(nil)
    must(sw.seawall_execution_next_at(execution[0], now, step))
    if step.kind == sw.SEAWALL_STEP_START then
      result.fault = pcall(operation, step.number) and sw.SEAWALL_FAULT_NONE or sw.SEAWALL_FAULT_SERVICE_UNAVAILABLE
      must(sw.seawall_execution_report_at(execution[0], step.id, result, sw.seawall_platform_now(nil)))
    elseif step.kind == sw.SEAWALL_STEP_WAIT then
      ffi.C.poll(nil, 0, sw.seawall_poll_milliseconds(step["until"] - now))
    end
  until step.kind == sw.SEAWALL_STEP_DRAINED
  local report = ffi.new("seawall_report", {size = ffi.sizeof("seawall_report")})
  must(sw.seawall_execution_report(execution[0], report))
  return ffi.string(sw.seawall_status_name(report.status)) .. " after " .. report.attempts .. " attempts"
end
-- [drive end]
local first, second = call(function(number) assert(number == 2, "down") end), call(function() error("down for good") end)
print(first, second)
sw.seawall_pipeline_destroy(pipeline[0])
assert(first == "ok after 2 attempts" and second == "open after 2 attempts")
