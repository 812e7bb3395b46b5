-- Reads a notebook's command line: `--name value` or `--name=value`, and words without a name.
--
--   local options, count = dofile(FOLDER .. "/options.lua")(usage, { k = "6" }, 1)
--
-- Known are the options at the beginning of `usage`'s lines, and as many words as the last argument says (else none). `--help` prints `usage`;
-- anything else ends the script with it and status 2. Gives the options by name, above the defaults, and the words by number;
-- `count(name)` is an option as a whole number from 1 up.

return function(usage, defaults, words)
    words = words or 0
    local function wrong(message)
        io.stderr:write(message, "\n\n", usage)
        os.exit(2, true)
    end

    local known = {}
    for name in usage:gmatch "\n +%-%-(%a+)" do known[name] = true end
    local options = {}
    for name, value in pairs(defaults) do options[name] = value end
    local position = 1
    while arg[position] do
        local name, value = arg[position]:match "^%-%-([^=]+)=?(.*)$"
        if name == "help" then
            io.stdout:write(usage)
            os.exit(0, true)
        elseif not name then
            table.insert(options, arg[position])
        elseif not known[name] then
            wrong(("unknown option '--%s'"):format(name))
        else
            if not arg[position]:find("=", 1, true) then
                position = position + 1
                value = arg[position] or wrong(("--%s wants a value"):format(name))
            end
            options[name] = value
        end
        position = position + 1
    end
    if #options > words then wrong(("'%s' is one word too many"):format(options[words + 1])) end

    local function count(name)
        local number = math.tointeger(tonumber(options[name]))
        if not number or number < 1 then wrong(("--%s wants a whole number from 1 up, got '%s'"):format(name, options[name])) end
        return number
    end
    return options, count
end
