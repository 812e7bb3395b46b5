-- Asks the reviews of online_shopping_10_cats by SQL: `file`, a .csv or the .zip it comes in, or else the .zip in the folder that COHORT_DATA names.
-- $1 in `query` is the .csv, the further parameters follow. Without a file it ends with `usage`.

return function(file, usage, query, parameters)
    if not file then
        local folder = os.getenv "COHORT_DATA"
        if not folder then error(usage, 0) end
        file = folder .. "/online_shopping_10_cats.zip"
    end
    if not file:match "%.zip$" then return data.sql(query, { file, table.unpack(parameters) }) end
    local unpacked <close> = setmetatable({ path = os.tmpname() }, { __close = function(t) os.remove(t.path) end })
    local quoted = "'" .. file:gsub("'", "'\\''") .. "'"
    if not os.execute(("unzip -p %s > %s"):format(quoted, unpacked.path)) then error(file .. ": cannot be unpacked", 0) end
    return data.sql(query, { unpacked.path, table.unpack(parameters) })
end
