-- %% [markdown]
-- # How a network learns
-- A small network predicts who clicks on an ad. Everything is worked out by hand first, in plain Lua: the way forward, the way back, and three ways to take a
-- step. Then `nn` does the same, and the numbers are compared.
--
-- The network has two inputs x (visits last week, days since the last order, both standardised), three hidden units and one output, each with the sigmoid
-- s(z) = 1 / (1 + exp(-z)).

-- %%
local visits = { 0.2, 1.5, -0.7, 0.9, -1.2, 0.4, 1.1, -0.3, -1.6, 0.6, 1.9, -0.9 }
local days = { -0.5, -1.1, 0.8, 0.3, 1.4, -1.3, 0.7, 0.1, 0.9, -0.8, 0.2, -0.4 }
local clicked = { 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0 }
local people, hidden = #clicked, 3

local function sigmoid(z) return 1 / (1 + math.exp(-z)) end

-- The same beginning for every run below.
local function beginning()
    return {
        w1 = { { 0.5, -0.4 }, { -0.3, 0.8 }, { 0.9, 0.1 } }, -- [hidden][input]
        b1 = { 0.1, -0.2, 0.0 },
        w2 = { 0.7, -0.5, 0.3 }, -- [hidden]
        b2 = 0.05,
    }
end

-- %% [markdown]
-- ## Forward
-- h_j = s(sum_i w1_ji x_i + b1_j), and the probability of a click p = s(sum_j w2_j h_j + b2). With y = 1 for a click and 0 for none, the loss of one person
-- is L = -(y log p + (1 - y) log(1 - p)): the less probable what happened was said to be, the larger.

-- %%
local function forward(net, x)
    local h, z = {}, net.b2
    for j = 1, hidden do
        h[j] = sigmoid(net.w1[j][1] * x[1] + net.w1[j][2] * x[2] + net.b1[j])
        z = z + net.w2[j] * h[j]
    end
    return sigmoid(z), h
end

local function loss(net, rows)
    local sum = 0
    for _, n in ipairs(rows) do
        local p = forward(net, { visits[n], days[n] })
        sum = sum - (clicked[n] == 1 and math.log(p) or math.log(1 - p))
    end
    return sum / #rows
end

local everybody = {}
for n = 1, people do everybody[n] = n end
print(("the loss at the beginning: %.6f"):format(loss(beginning(), everybody)))

-- %% [markdown]
-- ## Backward
-- The chain rule, from the end to the beginning. For the output, dL/dz = p - y: sigmoid and loss were made for each other. From there
--
-- * dL/dw2_j = (p - y) h_j and dL/db2 = p - y,
-- * dL/dh_j = (p - y) w2_j, and through the hidden sigmoid, whose slope is h_j (1 - h_j), d_j = (p - y) w2_j h_j (1 - h_j),
-- * dL/dw1_ji = d_j x_i and dL/db1_j = d_j.
--
-- Every factor on the right is known from the way forward: that is all of backpropagation.

-- %%
local function gradients(net, rows)
    local g = { w1 = { { 0, 0 }, { 0, 0 }, { 0, 0 } }, b1 = { 0, 0, 0 }, w2 = { 0, 0, 0 }, b2 = 0 }
    for _, n in ipairs(rows) do
        local x = { visits[n], days[n] }
        local p, h = forward(net, x)
        local out = (p - clicked[n]) / #rows -- the loss is a mean
        g.b2 = g.b2 + out
        for j = 1, hidden do
            g.w2[j] = g.w2[j] + out * h[j]
            local d = out * net.w2[j] * h[j] * (1 - h[j])
            g.b1[j] = g.b1[j] + d
            for i = 1, 2 do g.w1[j][i] = g.w1[j][i] + d * x[i] end
        end
    end
    return g
end

-- %% [markdown]
-- ## The same by autograd
-- Tensors that ask for gradients remember how they were used; `backward()` walks back along what they remember.

-- %%
local x = tensor({ visits, days }, { dtype = "float64" }):t():contiguous()
local y = tensor(clicked, { dtype = "float64" }):reshape(people, 1)

local function tensors()
    local net = beginning()
    local t = { dtype = "float64" }
    return {
        w1 = tensor(net.w1, t):requires_grad(), b1 = tensor(net.b1, t):requires_grad(),
        w2 = tensor(net.w2, t):requires_grad(), b2 = tensor({ net.b2 }, t):requires_grad(),
    }
end

local function recorded(net, rows)
    local h = (x[rows]:matmul(net.w1:t()) + net.b1):sigmoid()
    local z = (h * net.w2):sum(2, { keepdim = true }) + net.b2
    return nn.bce_with_logits(z, y[rows])
end

-- The largest difference between the numbers of a network by hand and those of tensors.
local function difference(by_hand, by_tensors)
    local largest = 0
    local function see(a, b) largest = math.max(largest, math.abs(a - b)) end
    for j = 1, hidden do
        for i = 1, 2 do see(by_hand.w1[j][i], by_tensors.w1[j][i]:item()) end
        see(by_hand.b1[j], by_tensors.b1[j]:item())
        see(by_hand.w2[j], by_tensors.w2[j]:item())
    end
    see(by_hand.b2, by_tensors.b2:item())
    return largest
end

local net = tensors()
recorded(net, everybody):backward()
local found = { w1 = net.w1.grad:reshape(hidden, 2, 1), b1 = net.b1.grad:reshape(hidden, 1), w2 = net.w2.grad:reshape(hidden, 1), b2 = net.b2.grad }
local gap = difference(gradients(beginning(), everybody), found)
assert(gap < 1e-12)
print(("gradients by hand and by autograd differ by less than %s"):format(gap < 1e-12 and "1e-12" or gap))

-- %% [markdown]
-- ## Three ways to step
-- With g the gradient of a parameter w:
--
-- * **gradient descent** uses everybody for each step: w <- w - r g;
-- * **stochastic gradient descent** does the same with a few people at a time, here four, so that there are three steps where the other has one;
-- * **Adam** keeps running means of the gradient, m <- 0.9 m + 0.1 g, and of its square, v <- 0.999 v + 0.001 g^2, corrects both for having begun at zero by
--   dividing by 1 - 0.9^t and 1 - 0.999^t, and steps w <- w - r m / (sqrt(v) + 1e-8): every parameter gets a step of its own size.

-- %%
-- f(name, j, i) of every parameter of a network, one at a time.
local function each(f)
    for j = 1, hidden do
        for i = 1, 2 do f("w1", j, i) end
        f("b1", j)
        f("w2", j)
    end
    f("b2")
end

local function get(net, name, j, i)
    local value = net[name]
    if j then value = value[j] end
    if i then value = value[i] end
    return value
end

local function set(net, value, name, j, i)
    if i then net[name][j][i] = value elseif j then net[name][j] = value else net[name] = value end
end

local function descend(rate)
    return function(net, g)
        each(function(...) set(net, get(net, ...) - rate * get(g, ...), ...) end)
    end
end

local function adam(rate)
    local m, v, t = gradients(beginning(), {}), gradients(beginning(), {}), 0
    return function(net, g)
        t = t + 1
        each(function(...)
            local slope = get(g, ...)
            set(m, 0.9 * get(m, ...) + 0.1 * slope, ...)
            set(v, 0.999 * get(v, ...) + 0.001 * slope ^ 2, ...)
            local mean, square = get(m, ...) / (1 - 0.9 ^ t), get(v, ...) / (1 - 0.999 ^ t)
            set(net, get(net, ...) - rate * mean / (math.sqrt(square) + 1e-8), ...)
        end)
    end
end

local batches = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, { 9, 10, 11, 12 } }
local ways = {
    { name = "gradient descent", parts = { everybody }, hand = descend(0.5), make = nn.sgd, lr = 0.5 },
    { name = "stochastic", parts = batches, hand = descend(0.5), make = nn.sgd, lr = 0.5 },
    { name = "Adam", parts = batches, hand = adam(0.05), make = nn.adam, lr = 0.05 },
}

local losses, epochs = { way = {}, after_1 = {}, after_10 = {}, after_100 = {}, difference = {} }, 100
for k, way in ipairs(ways) do
    local by_hand, by_tensors = beginning(), tensors()
    local optimizer = way.make({ by_tensors.w1, by_tensors.b1, by_tensors.w2, by_tensors.b2 }, { lr = way.lr })
    losses.way[k] = way.name
    for epoch = 1, epochs do
        for _, rows in ipairs(way.parts) do
            way.hand(by_hand, gradients(by_hand, rows))
            optimizer:zero_grad()
            recorded(by_tensors, rows):backward()
            optimizer:step()
        end
        local column = losses["after_" .. epoch]
        if column then column[k] = tonumber(("%.4f"):format(loss(by_hand, everybody))) end
    end
    local gap = nn.no_grad(function()
        return difference(by_hand, {
            w1 = by_tensors.w1:reshape(hidden, 2, 1), b1 = by_tensors.b1:reshape(hidden, 1),
            w2 = by_tensors.w2:reshape(hidden, 1), b2 = by_tensors.b2,
        })
    end)
    assert(gap < 1e-9, way.name)
    losses.difference[k] = gap < 1e-9 and "below 1e-9" or tostring(gap)
end
print(data.table(losses, { columns = { "way", "after_1", "after_10", "after_100", "difference" } }))

-- %% [markdown]
-- ## The same in three lines
-- In practice nobody writes the way back. `nn.sequential` makes the layers, `nn.fit` takes the steps.

-- %%
local model = nn.sequential { nn.linear(2, 3, { seed = 1 }), nn.sigmoid(), nn.linear(3, 1, { seed = 2 }) }
local history = nn.fit(model, { x:to("float32"), y:to("float32") },
    { loss = "bce_with_logits", epochs = 200, batch = 4, lr = 0.05, metrics = { "accuracy" } })
local last = history.epochs[#history.epochs]
print(("after %d epochs: loss %.3f, right for %.0f %%"):format(last.epoch, last.loss, 100 * last.accuracy))
