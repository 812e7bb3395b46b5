-- Writes the page that scripts/picture makes a picture of: what the advertising experiment showed, without the rest of its report.
local users = data.read "notebooks/data/ad_copy.csv"
local test = ab.experiment {
    data = users, unit = "user", variant = "variant", control = "control", date = "day",
    metrics = { ab.proportion "bought", ab.mean("spend", { unit = "¥", role = "guardrail", margin = 0.2 }) }, mde = 0.3,
}
report.document { title = "Spring ad copy", test:analyze() }:save(arg[1])
