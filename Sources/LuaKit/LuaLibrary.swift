/// Lua's own functions in a line each, for help and completion: they have no declaration that could be asked.
public enum LuaLibrary {
    /// One of Lua's functions or values.
    public struct Entry: Sendable {
        /// "string.format".
        public let name: String
        /// "string.format(format, ...)".
        public let usage: String
        /// What it does, in a sentence.
        public let prose: String
    }

    /// The tables of functions, with what each is for.
    public static let modules: [String: String] = [
        "coroutine": "Functions that pause and go on",
        "debug": "Looks into running code",
        "io": "Files",
        "math": "Numbers",
        "os": "Time, files and the environment",
        "package": "How require finds modules",
        "string": "Strings as bytes",
        "table": "Lists",
        "utf8": "Strings as characters",
    ]

    /// Everything, sorted by name.
    public static let entries: [Entry] = text.split(separator: "\n").map { line in
        let parts = line.split(separator: "|", maxSplits: 1).map { $0.drop { $0 == " " } }
        let usage = String(parts[0].reversed().drop { $0 == " " }.reversed())
        return Entry(name: String(usage.prefix { $0 != "(" }), usage: usage, prose: String(parts.last ?? ""))
    }

    /// The entry of that name; `file:read` or `file.read` for the methods of files.
    public static func entry(_ name: String) -> Entry? {
        let dotted = name.replacing(":", with: ".")
        return entries.first { $0.name.replacing(":", with: ".") == dotted }
    }

    /// What the function of that name does.
    public static func prose(of name: String) -> String? { entry(name)?.prose }

    private static let text = """
        _G | The table of all globals
        _VERSION | The version of Lua
        arg | The script's arguments
        assert(value, message) | Returns its arguments, or raises the message if the first is false or nil
        collectgarbage(option) | Collects garbage, or with "count" tells the kilobytes in use
        coroutine.close(co) | Closes a coroutine and what it still has to close
        coroutine.create(f) | Makes a coroutine of a function
        coroutine.isyieldable() | Whether the running function can yield
        coroutine.resume(co, ...) | Starts or goes on with a coroutine; true and what it yields, or false and the error
        coroutine.running() | The running coroutine, and whether it is the main one
        coroutine.status(co) | "running", "suspended", "normal" or "dead"
        coroutine.wrap(f) | A function that goes on with a coroutine at each call
        coroutine.yield(...) | Pauses the coroutine and hands values to who resumed it
        debug.debug() | Reads and runs lines until one is `cont`
        debug.gethook(thread) | The hook that is set
        debug.getinfo(f, what) | A record about a function or a level of the stack
        debug.getlocal(f, index) | Name and value of a local variable
        debug.getmetatable(value) | The metatable of any value
        debug.getregistry() | The registry table
        debug.getupvalue(f, index) | Name and value of a variable that a function closes over
        debug.getuservalue(u, n) | A value kept with a userdata
        debug.sethook(hook, mask, count) | Sets a function to be called at events
        debug.setlocal(level, index, value) | Sets a local variable
        debug.setmetatable(value, t) | Sets the metatable of any value
        debug.setupvalue(f, index, value) | Sets a variable that a function closes over
        debug.setuservalue(u, value, n) | Keeps a value with a userdata
        debug.traceback(message, level) | The calls that led here, as text
        debug.upvalueid(f, n) | What tells closed-over variables apart
        debug.upvaluejoin(f, n, g, m) | Makes two functions share a variable
        dofile(path) | Runs a file and returns what it returns
        error(message, level) | Raises an error
        file:close() | Closes a file
        file:flush() | Writes what is still held back
        file:lines(...) | Iterates over the lines of a file
        file:read(...) | Reads by formats: "l" a line, "n" a number, "a" all, or a number of bytes
        file:seek(whence, offset) | Moves in a file: "set", "cur" or "end" and an offset
        file:setvbuf(mode, size) | How output is held back: "no", "full" or "line"
        file:write(...) | Writes strings and numbers
        getmetatable(value) | The metatable of a value
        io.close(file) | Closes a file
        io.input(file) | Sets or returns the standard input
        io.lines(path, ...) | Iterates over the lines of a file
        io.open(path, mode) | Opens a file: mode "r", "w", "a", with "b" for bytes; nil and a message if it fails
        io.output(file) | Sets or returns the standard output
        io.popen(program, mode) | Runs a program and reads from it or writes to it
        io.read(...) | Reads from standard input
        io.stderr | Standard error
        io.stdin | Standard input
        io.stdout | Standard output
        io.tmpfile() | A temporary file
        io.type(value) | "file", "closed file", or nil for anything else
        io.write(...) | Writes to standard output
        ipairs(t) | Iterates over positions and values of a list, to the first nil
        load(chunk, name, mode, env) | Makes a function of source text; nil and a message if it is no Lua
        loadfile(path, mode, env) | Makes a function of a file
        math.abs(x) | The absolute value
        math.acos(x) | Arc cosine, in radians
        math.asin(x) | Arc sine, in radians
        math.atan(y, x) | Arc tangent of y / x, in radians
        math.ceil(x) | The smallest integer that is not below x
        math.cos(x) | Cosine of radians
        math.deg(x) | Degrees of radians
        math.exp(x) | e to the power of x
        math.floor(x) | The largest integer that is not above x
        math.fmod(x, y) | The remainder, with the sign of x
        math.huge | Infinity
        math.log(x, base) | The logarithm, natural unless a base is given
        math.max(x, ...) | The largest argument
        math.maxinteger | The largest integer
        math.min(x, ...) | The smallest argument
        math.mininteger | The smallest integer
        math.modf(x) | The integral and the fractional part
        math.pi | 3.14159...
        math.rad(x) | Radians of degrees
        math.random(m, n) | A random number in [0, 1), or an integer from m (or 1) to n
        math.randomseed(x, y) | Starts the random numbers; seed(n) does it for all of Cohort
        math.sin(x) | Sine of radians
        math.sqrt(x) | The square root
        math.tan(x) | Tangent of radians
        math.tointeger(x) | The integer that x is equal to, or nil
        math.type(x) | "integer", "float", or nil for anything else
        math.ult(m, n) | Whether m is below n as unsigned integers
        next(t, key) | The next key and value of a table; nil behind the last
        os.clock() | Seconds of processor time used
        os.date(format, time) | A date as text, or with "*t" as a record
        os.difftime(t2, t1) | Seconds from t1 to t2
        os.execute(command) | Runs a command of the shell
        os.exit(code, close) | Ends the program
        os.getenv(name) | An environment variable, or nil
        os.remove(path) | Deletes a file
        os.rename(old, new) | Renames a file
        os.setlocale(locale, category) | Sets the locale
        os.time(t) | Seconds since 1970, now or of a record with year, month, day
        os.tmpname() | A name for a temporary file
        package.config | Separators in paths
        package.cpath | Where require looks for C libraries
        package.loaded | The modules that were loaded
        package.loadlib(path, name) | Loads a C library
        package.path | Where require looks for Lua files
        package.preload | Functions that make modules
        package.searchers | How require looks, in order
        package.searchpath(name, path, sep, rep) | Looks for a file as require does
        pairs(t) | Iterates over keys and values of a table, in no order
        pcall(f, ...) | Calls a function; true and its results, or false and the error
        print(...) | Writes its arguments, separated by tabs, and ends the line
        rawequal(a, b) | Whether two values are equal, without metamethods
        rawget(t, key) | A table's value, without metamethods
        rawlen(t) | A length, without metamethods
        rawset(t, key, value) | Sets a table's value, without metamethods
        require(name) | Loads a module once and returns it
        select(n, ...) | The arguments from the n-th on, or with "#" how many there are
        setmetatable(t, metatable) | Sets the metatable of a table and returns the table
        string.byte(s, i, j) | The bytes from i to j as numbers
        string.char(...) | The string of these bytes
        string.dump(f, strip) | A function as binary code
        string.find(s, pattern, init, plain) | Where a pattern is first found: from, to and the captures, or nil
        string.format(format, ...) | Text made from a format: %d, %s, %5.2f, %q
        string.gmatch(s, pattern, init) | Iterates over all matches of a pattern
        string.gsub(s, pattern, repl, n) | Replaces matches by a string, from a table or by a function; and how many
        string.len(s) | The number of bytes
        string.lower(s) | In lower case (ASCII)
        string.match(s, pattern, init) | The captures of the first match, or nil
        string.pack(format, ...) | Values as binary data
        string.packsize(format) | How long packed data is
        string.rep(s, n, sep) | A string n times, with a separator
        string.reverse(s) | The bytes in reverse order
        string.sub(s, i, j) | The bytes from i to j, negative ones from the end
        string.unpack(format, s, position) | Values from binary data
        string.upper(s) | In upper case (ASCII)
        table.concat(list, sep, i, j) | The elements of a list joined to one string
        table.insert(list, position, value) | Inserts a value, at the end if no position is given
        table.move(a, from, to, at, b) | Copies elements to another place or table
        table.pack(...) | A list of the arguments, with n
        table.remove(list, position) | Takes an element out, the last if no position is given
        table.sort(list, compare) | Sorts a list in place
        table.unpack(list, i, j) | The elements of a list as values
        tonumber(value, base) | The number that a string means, or nil
        tostring(value) | A value as text
        type(value) | The name of a value's type: "number", "string", "table", ...
        utf8.char(...) | The string of these code points
        utf8.charpattern | The pattern that matches one character
        utf8.codepoint(s, i, j) | The code points of the characters from byte i to j
        utf8.codes(s) | Iterates over byte positions and code points
        utf8.len(s, i, j) | The number of characters, or nil and where the string is ill-formed
        utf8.offset(s, n, i) | The byte where the n-th character begins
        warn(message, ...) | Writes a warning
        xpcall(f, handler, ...) | Calls a function; at an error, what the handler makes of it
        """
}
