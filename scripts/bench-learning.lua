-- Times a step of training (forward, backward, Adam) of a small network: 64-128-64-1, 256 rows, float32. Prints microseconds.
--   cohort --threads 1 scripts/bench-learning.lua [STEPS]

local steps = math.tointeger(arg and arg[1]) or 2000
local x, y = tensor.randn(256, 64, {seed = 1}), tensor.randn(256, 1, {seed = 2})
local model = nn.sequential{nn.linear(64, 128), nn.relu(), nn.linear(128, 64), nn.relu(), nn.linear(64, 1)}
local optimizer = nn.adam(model, {lr = 1e-3})

local function step()
  optimizer:zero_grad()
  local loss = nn.mse(model(x), y)
  loss:backward()
  optimizer:step()
  return loss
end

for _ = 1, 50 do step() end
local times = {}
for i = 1, 20 do
  local from = os.clock()
  for _ = 1, steps // 20 do step() end
  times[i] = (os.clock() - from) / (steps // 20) * 1e6
end
table.sort(times)
print(string.format("MLP step: median %.0f us, best %.0f us (processor time)", times[10], times[1]))
