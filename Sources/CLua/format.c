// string.format in a form that notices interrupts: it may be given strings of any length. Results and messages are those of Lua 5.4's own.
#include "internal.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// How much is copied between two looks at the interrupt flag.
#define BLOCK ((size_t)1 << 22)

// Room for a conversion as it is written, and for what any but %f and %s makes of two digits of width and precision.
#define CONVERSION 32
#define RESULT 120
// A string of this length needs no padding: two digits of width are less.
#define LONG_STRING 100

typedef struct {
    lua_State *L;
    luaL_Buffer result;
    int argument;
    /// The conversion at hand: "%-5.2s".
    char conversion[CONVERSION];
} formatting;

static void add_bytes(formatting *f, const char *bytes, size_t count) {
    for (size_t done = 0; done < count; done += BLOCK) {
        if (done) clua_poll(f->L);
        luaL_addlstring(&f->result, bytes + done, count - done < BLOCK ? count - done : BLOCK);
    }
}

// Adds the string on top of the stack, which is at `index` too and thus stays alive, and takes it off: a buffer needs the top for itself.
static void add_argument(formatting *f, int index) {
    size_t count;
    const char *bytes = lua_tolstring(f->L, index, &count);
    add_bytes(f, bytes, count);
}

// Reads a conversion up to its letter, which is handed back.
static char read_conversion(formatting *f, const char **place) {
    lua_State *L = f->L;
    // The digits and flags that any of them may have, and the letter.
    size_t length = strspn(*place, "-+ #0123456789.") + 1;
    if (length >= CONVERSION - 10) luaL_error(L, "invalid format (too long)");
    f->conversion[0] = '%';
    memcpy(f->conversion + 1, *place, length);
    f->conversion[length + 1] = '\0';
    *place += length;
    return f->conversion[length];
}

// Only these flags, at most two digits of width and, if it may have one, two of precision.
static void check_conversion(formatting *f, const char *flags, bool has_precision) {
    const char *rest = f->conversion + 1;
    rest += strspn(rest, flags);
    // A zero here is a flag that is not among them.
    if (*rest != '0') {
        for (int i = 0; i < 2 && isdigit((unsigned char)*rest); i++) rest++;
        if (*rest == '.' && has_precision) {
            rest++;
            for (int i = 0; i < 2 && isdigit((unsigned char)*rest); i++) rest++;
        }
    }
    if (!isalpha((unsigned char)*rest)) luaL_error(f->L, "invalid conversion specification: '%s'", f->conversion);
}

// Has the C library's conversion take a lua_Integer.
static void widen(formatting *f) {
    size_t length = strlen(f->conversion);
    char letter = f->conversion[length - 1];
    strcpy(f->conversion + length - 1, LUA_INTEGER_FRMLEN);
    size_t end = strlen(f->conversion);
    f->conversion[end] = letter;
    f->conversion[end + 1] = '\0';
}

static void add_integer(formatting *f, const char *flags) {
    lua_Integer value = luaL_checkinteger(f->L, f->argument);
    check_conversion(f, flags, true);
    widen(f);
    char *room = luaL_prepbuffsize(&f->result, RESULT);
    luaL_addsize(&f->result, (size_t)snprintf(room, RESULT, f->conversion, (LUAI_UACINT)value));
}

static void add_number(formatting *f, size_t most) {
    // In the order in which Lua finds fault.
    if (tolower(f->conversion[strlen(f->conversion) - 1]) == 'a') check_conversion(f, "-+ #0", true);
    lua_Number value = luaL_checknumber(f->L, f->argument);
    check_conversion(f, "-+ #0", true);
    char *room = luaL_prepbuffsize(&f->result, most);
    luaL_addsize(&f->result, (size_t)snprintf(room, most, f->conversion, (LUAI_UACNUMBER)value));
}

static void add_pointer(formatting *f) {
    const void *value = lua_topointer(f->L, f->argument);
    check_conversion(f, "-", false);
    char *room = luaL_prepbuffsize(&f->result, RESULT);
    if (value) {
        luaL_addsize(&f->result, (size_t)snprintf(room, RESULT, f->conversion, value));
    } else {
        f->conversion[strlen(f->conversion) - 1] = 's';
        luaL_addsize(&f->result, (size_t)snprintf(room, RESULT, f->conversion, "(null)"));
    }
}

static void add_string(formatting *f) {
    lua_State *L = f->L;
    size_t length;
    // Converted in its place: a value above a buffer's would be in its way.
    const char *text = luaL_tolstring(L, f->argument, &length);
    bool is_plain = f->conversion[2] == '\0';
    if (!is_plain) {
        luaL_argcheck(L, length == strlen(text), f->argument, "string contains zeros");
        check_conversion(f, "-", true);
    }
    lua_replace(L, f->argument);
    if (is_plain || (length >= LONG_STRING && !strchr(f->conversion, '.'))) {
        add_argument(f, f->argument);
    } else {
        char *room = luaL_prepbuffsize(&f->result, RESULT);
        luaL_addsize(&f->result, (size_t)snprintf(room, RESULT, f->conversion, text));
    }
}

// A string between quotation marks that Lua reads back as the same.
static void add_quoted(formatting *f) {
    size_t length;
    const char *text = lua_tolstring(f->L, f->argument, &length);
    luaL_addchar(&f->result, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (i % BLOCK == BLOCK - 1) clua_poll(f->L);
        if (byte == '"' || byte == '\\' || byte == '\n') {
            luaL_addchar(&f->result, '\\');
            luaL_addchar(&f->result, byte);
        } else if (iscntrl(byte)) {
            char *room = luaL_prepbuffsize(&f->result, 10);
            // All three digits where another would be taken for one of them.
            bool is_followed = i + 1 < length && isdigit((unsigned char)text[i + 1]);
            luaL_addsize(&f->result, (size_t)snprintf(room, 10, is_followed ? "\\%03d" : "\\%d", byte));
        } else {
            luaL_addchar(&f->result, byte);
        }
    }
    luaL_addchar(&f->result, '"');
}

static void add_quoted_number(formatting *f) {
    lua_State *L = f->L;
    char *room = luaL_prepbuffsize(&f->result, RESULT);
    int count;
    if (lua_isinteger(L, f->argument)) {
        lua_Integer value = lua_tointeger(L, f->argument);
        // The least integer has no decimal form: its digits alone are out of range.
        const char *form = value == LUA_MININTEGER ? "0x%" LUA_INTEGER_FRMLEN "x" : LUA_INTEGER_FMT;
        count = snprintf(room, RESULT, form, (LUAI_UACINT)value);
    } else {
        lua_Number value = lua_tonumber(L, f->argument);
        if (isnan(value)) {
            count = snprintf(room, RESULT, "(0/0)");
        } else if (isinf(value)) {
            count = snprintf(room, RESULT, value > 0 ? "1e9999" : "-1e9999");
        } else {
            count = snprintf(room, RESULT, "%a", value);
            char *point = memchr(room, lua_getlocaledecpoint(), (size_t)count);
            if (point) *point = '.';
        }
    }
    luaL_addsize(&f->result, (size_t)count);
}

static void add_literal(formatting *f) {
    lua_State *L = f->L;
    if (f->conversion[2] != '\0') luaL_error(L, "specifier '%%q' cannot have modifiers");
    switch (lua_type(L, f->argument)) {
    case LUA_TSTRING: add_quoted(f); break;
    case LUA_TNUMBER: add_quoted_number(f); break;
    case LUA_TNIL: luaL_addstring(&f->result, "nil"); break;
    case LUA_TBOOLEAN: luaL_addstring(&f->result, lua_toboolean(L, f->argument) ? "true" : "false"); break;
    default: luaL_argerror(L, f->argument, "value has no literal form");
    }
}

static void add_converted(formatting *f, const char **place) {
    switch (read_conversion(f, place)) {
    case 'c': {
        check_conversion(f, "-", false);
        char *room = luaL_prepbuffsize(&f->result, RESULT);
        int value = (int)luaL_checkinteger(f->L, f->argument);
        luaL_addsize(&f->result, (size_t)snprintf(room, RESULT, f->conversion, value));
        break;
    }
    case 'd':
    case 'i': add_integer(f, "-+ 0"); break;
    case 'u': add_integer(f, "-0"); break;
    case 'o':
    case 'x':
    case 'X': add_integer(f, "-#0"); break;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'g':
    case 'G': add_number(f, RESULT); break;
    // The largest number has 309 digits before the point.
    case 'f': add_number(f, RESULT + 310); break;
    case 'p': add_pointer(f); break;
    case 'q': add_literal(f); break;
    case 's': add_string(f); break;
    default: luaL_error(f->L, "invalid conversion '%s' to 'format'", f->conversion);
    }
}

static int string_format(lua_State *L) {
    int top = lua_gettop(L);
    size_t length;
    const char *place = luaL_checklstring(L, 1, &length);
    const char *end = place + length;
    formatting formatting = {.L = L, .argument = 1};
    luaL_buffinit(L, &formatting.result);
    while (place < end) {
        const char *sign = memchr(place, '%', (size_t)(end - place));
        add_bytes(&formatting, place, (size_t)((sign ? sign : end) - place));
        if (!sign) break;
        place = sign + 1;
        if (*place == '%') {
            luaL_addchar(&formatting.result, '%');
            place++;
        } else {
            if (++formatting.argument > top) return luaL_argerror(L, formatting.argument, "no value");
            add_converted(&formatting, &place);
        }
    }
    luaL_pushresult(&formatting.result);
    return 1;
}

void clua_open_format(lua_State *L) {
    lua_getglobal(L, LUA_STRLIBNAME);
    lua_pushcfunction(L, string_format);
    lua_setfield(L, -2, "format");
    lua_pop(L, 1);
}
