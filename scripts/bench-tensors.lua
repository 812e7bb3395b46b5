-- Times products, factorisations and sorting: medians over repeats. Run by scripts/bench, which prints numpy's times beside them where a Python
-- with numpy is named by NUMPY_PYTHON (scripts/bench-tensors.py).

local repeats = math.tointeger(arg[1]) or 3

local function measure(name, work)
    local seconds = {}
    for i = 1, repeats do seconds[i] = (time(work)) end
    table.sort(seconds)
    print(("%-34s %9.4f s"):format(name, seconds[(repeats + 1) // 2]))
end

local rows = tensor.randn(60000, 384, { seed = 1 })
local square = tensor.randn(1000, 1000, { seed = 2 })
local wide = square:to("float64")
local numbers = tensor.randn(1000000, { seed = 3 })
measure("matmul 1000 x 1000, float32", function() return square:matmul(square) end)
measure("matmul 1000 x 1000, float64", function() return wide:matmul(wide) end)
measure("svd 1000 x 1000, float64", function() return wide:svd() end)
measure("eigh 1000 x 1000, float64", function() return (wide + wide:t()):eigh() end)
measure("solve 1000 x 1000, float64", function() return wide:solve(wide) end)
measure("pca 60,000 x 384, 10 components", function() return rows:pca(10) end)
measure("sort 1,000,000, float32", function() return numbers:sort() end)
