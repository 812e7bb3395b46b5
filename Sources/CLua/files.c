// Functions of the io library that read or write any amount, in forms that notice interrupts: devices have no end, and a text without a
// line break is one line. Results and messages are those of Lua 5.4's own. What goes to standard output and error takes the way that `print`
// takes, so that a front end knows of it.
#define _POSIX_C_SOURCE 200809L

#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

// How much is read or written between two looks at the interrupt flag.
#define BLOCK ((size_t)1 << 20)

// The most formats that an iterator over lines takes; they are its upvalues.
#define MOST_FORMATS 250

// Functions of the io library's own, kept in the registry under the addresses of these.
static const char original_input_key = 0;
static const char original_output_key = 0;
static const char original_open_key = 0;
static const char original_read_key = 0;

static FILE *open_file_at(lua_State *L, int index) {
    luaL_Stream *stream = luaL_checkudata(L, index, LUA_FILEHANDLE);
    if (!stream->closef) luaL_error(L, "attempt to use a closed file");
    return stream->f;
}

// Pushes the file that io.read or io.write is for.
static FILE *push_default(lua_State *L, const void *key, const char *name) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    lua_call(L, 0, 1);
    luaL_Stream *stream = luaL_checkudata(L, -1, LUA_FILEHANDLE);
    if (!stream->closef) luaL_error(L, "default %s file is closed", name);
    return stream->f;
}

// Reading. Each function pushes one value and returns whether that is something.

static bool read_line(lua_State *L, FILE *file, bool keeps_break) {
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    int byte = 0;
    for (size_t total = 0; byte != EOF && byte != '\n';) {
        char *part = luaL_prepbuffer(&line);
        size_t count = 0;
        flockfile(file);
        while (count < LUAL_BUFFERSIZE && (byte = getc_unlocked(file)) != EOF && byte != '\n') part[count++] = (char)byte;
        funlockfile(file);
        luaL_addsize(&line, count);
        total += count;
        if (total >= BLOCK) {
            total = 0;
            clua_poll(L);
        }
    }
    if (byte == '\n' && keeps_break) luaL_addchar(&line, '\n');
    luaL_pushresult(&line);
    return byte == '\n' || lua_rawlen(L, -1) > 0;
}

// At most `most` bytes.
static bool read_bytes(lua_State *L, FILE *file, size_t most) {
    luaL_Buffer bytes;
    luaL_buffinit(L, &bytes);
    size_t total = 0, wanted, count;
    do {
        // No more at once than came so far: a script may ask for more than there is memory for.
        wanted = total < LUAL_BUFFERSIZE ? LUAL_BUFFERSIZE : total < BLOCK ? total : BLOCK;
        if (wanted > most - total) wanted = most - total;
        count = fread(luaL_prepbuffsize(&bytes, wanted), 1, wanted, file);
        luaL_addsize(&bytes, count);
        total += count;
        if (count == BLOCK) clua_poll(L);
    } while (count == wanted && total < most);
    luaL_pushresult(&bytes);
    return total > 0;
}

static bool test_end(lua_State *L, FILE *file) {
    int byte = getc(file);
    ungetc(byte, file);
    lua_pushliteral(L, "");
    return byte != EOF;
}

// A number is short; the blanks before it may be any number.
static bool read_number(lua_State *L, FILE *file, int index) {
    int byte;
    size_t count = 0;
    while (isspace(byte = getc(file))) {
        if (++count % BLOCK == 0) clua_poll(L);
    }
    ungetc(byte, file);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &original_read_key);
    lua_pushvalue(L, index);
    lua_pushliteral(L, "n");
    lua_call(L, 2, 1);
    return !lua_isnil(L, -1);
}

static bool read_one(lua_State *L, FILE *file, int index, int format) {
    if (lua_type(L, format) == LUA_TNUMBER) {
        size_t most = (size_t)luaL_checkinteger(L, format);
        return most ? read_bytes(L, file, most) : test_end(L, file);
    }
    const char *name = luaL_checkstring(L, format);
    if (*name == '*') name++;
    switch (*name) {
    case 'n': return read_number(L, file, index);
    case 'l': return read_line(L, file, false);
    case 'L': return read_line(L, file, true);
    case 'a': read_bytes(L, file, SIZE_MAX); return true;
    default: return luaL_argerror(L, format, "invalid format");
    }
}

// Reads by the formats at `first` and following, up to the first that fails; with none, a line. The file itself is at `index`.
static int read_all(lua_State *L, FILE *file, int index, int first, int count) {
    clearerr(file);
    luaL_checkstack(L, count + LUA_MINSTACK, "too many arguments");
    bool found = true;
    int results = 0;
    if (count == 0) {
        found = read_line(L, file, false);
        results = 1;
    }
    for (; results < count && found; results++) found = read_one(L, file, index, first + results);
    if (ferror(file)) return luaL_fileresult(L, 0, NULL);
    if (!found) {
        lua_pop(L, 1);
        luaL_pushfail(L);
    }
    return results;
}

static int io_read(lua_State *L) {
    int count = lua_gettop(L);
    FILE *file = push_default(L, &original_input_key, "input");
    return read_all(L, file, count + 1, 1, count);
}

static int file_read(lua_State *L) {
    FILE *file = open_file_at(L, 1);
    return read_all(L, file, 1, 2, lua_gettop(L) - 1);
}

// Lines. Upvalues: the file, whether it is closed at the end, how many formats, the formats.
static int next_line(lua_State *L) {
    luaL_Stream *stream = luaL_checkudata(L, lua_upvalueindex(1), LUA_FILEHANDLE);
    if (!stream->closef) return luaL_error(L, "file is already closed");
    int count = (int)lua_tointeger(L, lua_upvalueindex(3));
    lua_settop(L, 1);
    luaL_checkstack(L, count, "too many arguments");
    for (int i = 1; i <= count; i++) lua_pushvalue(L, lua_upvalueindex(3 + i));
    int results = read_all(L, stream->f, lua_upvalueindex(1), 2, count);
    if (lua_toboolean(L, -results)) return results;
    if (results > 1) return luaL_error(L, "%s", lua_tostring(L, -results + 1));
    if (lua_toboolean(L, lua_upvalueindex(2))) {
        lua_settop(L, 0);
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_CFunction close = stream->closef;
        stream->closef = NULL;
        close(L);
    }
    return 0;
}

// Makes an iterator of the file at 1 and the formats behind it.
static void push_lines(lua_State *L, bool closes) {
    int count = lua_gettop(L) - 1;
    luaL_argcheck(L, count <= MOST_FORMATS, MOST_FORMATS + 2, "too many arguments");
    lua_pushvalue(L, 1);
    lua_pushboolean(L, closes);
    lua_pushinteger(L, count);
    lua_rotate(L, 2, 3);
    lua_pushcclosure(L, next_line, 3 + count);
}

static int file_lines(lua_State *L) {
    open_file_at(L, 1);
    push_lines(L, false);
    return 1;
}

static int io_lines(lua_State *L) {
    if (lua_isnoneornil(L, 1)) {
        if (lua_isnone(L, 1)) lua_settop(L, 1);
        lua_rawgetp(L, LUA_REGISTRYINDEX, &original_input_key);
        lua_call(L, 0, 1);
        lua_replace(L, 1);
        return file_lines(L);
    }
    const char *path = luaL_checkstring(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &original_open_key);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    if (lua_isnil(L, -3)) return luaL_error(L, "cannot open file '%s' (%s)", path, strerror((int)lua_tointeger(L, -1)));
    lua_pop(L, 2);
    lua_replace(L, 1);
    push_lines(L, true);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, 1);
    return 4;
}

// Writing.

static bool write_bytes(lua_State *L, FILE *file, const char *bytes, size_t count) {
    clua_host *host = clua_runtime_of(L)->host;
    bool is_standard = (file == stdout || file == stderr) && host->write;
    for (size_t done = 0; done < count; done += BLOCK) {
        if (done) clua_poll(L);
        size_t part = count - done < BLOCK ? count - done : BLOCK;
        if (is_standard) host->write(host->context, bytes + done, part, file == stderr);
        if (is_standard ? ferror(file) != 0 : fwrite(bytes + done, 1, part, file) != part) return false;
    }
    return true;
}

// Writes the `count` values from `first` on; the file itself is on top of the stack, and the result.
static int write_all(lua_State *L, FILE *file, int first, int count) {
    bool written = true;
    errno = 0;
    for (int i = first; i < first + count; i++) {
        size_t length;
        char number[64];
        const char *bytes = number;
        // As Lua's own: without the ".0" that tostring gives to whole numbers.
        if (lua_type(L, i) == LUA_TNUMBER && !lua_isinteger(L, i)) {
            length = (size_t)snprintf(number, sizeof number, LUA_NUMBER_FMT, (LUAI_UACNUMBER)lua_tonumber(L, i));
        } else {
            bytes = luaL_checklstring(L, i, &length);
        }
        written = written && write_bytes(L, file, bytes, length);
    }
    if (written) return 1;
    if (!errno) errno = EIO;
    return luaL_fileresult(L, 0, NULL);
}

static int io_write(lua_State *L) {
    int count = lua_gettop(L);
    FILE *file = push_default(L, &original_output_key, "output");
    return write_all(L, file, 1, count);
}

static int file_write(lua_State *L) {
    FILE *file = open_file_at(L, 1);
    int count = lua_gettop(L) - 1;
    lua_pushvalue(L, 1);
    return write_all(L, file, 2, count);
}

// Keeps the field `name` of the table on top.
static void keep(lua_State *L, const char *name, const void *key) {
    lua_getfield(L, -1, name);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void clua_open_files(lua_State *L) {
    static const luaL_Reg functions[] = {{"read", io_read}, {"lines", io_lines}, {"write", io_write}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"read", file_read}, {"lines", file_lines}, {"write", file_write}, {NULL, NULL}};
    lua_getglobal(L, LUA_IOLIBNAME);
    keep(L, "input", &original_input_key);
    keep(L, "output", &original_output_key);
    keep(L, "open", &original_open_key);
    luaL_setfuncs(L, functions, 0);
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lua_getfield(L, -1, "__index");
    keep(L, "read", &original_read_key);
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 3);
}
