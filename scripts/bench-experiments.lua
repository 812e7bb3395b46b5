-- Times experiments: the e-mail challenge from CSV to HTML (where COHORT_DATA has hillstrom.csv), and ten million rows aggregated.
local function peak()
    for line in io.lines "/proc/self/status" do
        local size = line:match "^VmHWM:%s+(%d+)"
        if size then return tonumber(size) / 1024 end
    end
end

-- On a busy machine the processor's time tells more than the clock's.
local function measured(work)
    local before = os.clock()
    local seconds = time(work)
    return ("%.2f s (%.2f s of processor time)"):format(seconds, os.clock() - before)
end

local folder = os.getenv "COHORT_DATA"
if folder then
    local taken = measured(function()
        local t = data.read(folder .. "/hillstrom.csv")
        local test = ab.experiment {
            data = t, variant = "segment", control = "No E-Mail",
            metrics = { ab.proportion "visit", ab.proportion "conversion", ab.mean "spend" },
            segments = { "channel", "history_segment" }, covariates = { "history" },
        }
        report.experiment(test:analyze(), "out/hillstrom.html")
    end)
    print("Hillstrom, CSV to HTML: " .. taken)
end

local rows = tonumber(arg[1]) or 10000000
local t = data.sql([[select i as id, case when hash(i) % 2 = 0 then 'a' else 'b' end as arm,
    (hash(i + 1) % 100 < 12)::int as visit, (hash(i + 2) % 10000) / 100.0 as spend, (hash(i + 3) % 1000)::double as before
    from range(?) r(i)]], { rows })
local before = peak()
local taken = measured(function()
    local test = ab.experiment {
        data = t, unit = "id", variant = "arm", control = "a", metrics = { ab.proportion "visit", ab.mean "spend" },
        covariates = { "before" },
    }
    test:analyze()
end)
print(("%d rows aggregated and analysed: %s, peak %.0f MB (%.0f MB with the table alone)"):format(rows, taken, peak(), before))
