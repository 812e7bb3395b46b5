// Functions of the utf8 library that can run long, in forms that notice interrupts. Results and messages are those of Lua 5.4's own.
#include "internal.h"

// Characters passed between two looks at the interrupt flag.
#define CHARACTERS 2000000

static bool continues(char byte) { return ((unsigned char)byte & 0xc0) == 0x80; }

// The end of the character that begins at `text`, NULL if none does; a zero byte behind the text ends every search. As Unicode has it, or
// with `lax` as its first definition did: six bytes, 31 bits, surrogates too.
static const char *character_end(const char *text, bool lax) {
    // What needs as many bytes more begins here; less written so long is refused.
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
    unsigned char first = (unsigned char)*text++;
    if (first < 0x80) return text;
    if (first < 0xc0 || first >= 0xfe) return NULL;
    int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf8 ? 3 : first < 0xfc ? 4 : 5;
    uint32_t code = first & (0x3fu >> more);
    for (int i = 0; i < more; i++, text++) {
        if (!continues(*text)) return NULL;
        code = code << 6 | ((unsigned char)*text & 0x3f);
    }
    if (code < least[more]) return NULL;
    return lax || (code <= 0x10ffff && (code & 0xfffff800) != 0xd800) ? text : NULL;
}

// A position that may count from the end, as one from 1 on; 0 for one before the beginning.
static lua_Integer from_start(lua_Integer position, size_t length) {
    if (position >= 0) return position;
    return 0u - (size_t)position > length ? 0 : (lua_Integer)length + position + 1;
}

static int utf8_len(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer position = from_start(luaL_optinteger(L, 2, 1), length);
    lua_Integer last = from_start(luaL_optinteger(L, 3, -1), length);
    bool lax = lua_toboolean(L, 4);
    luaL_argcheck(L, position >= 1 && --position <= (lua_Integer)length, 2, "initial position out of bounds");
    luaL_argcheck(L, --last < (lua_Integer)length, 3, "final position out of bounds");
    lua_Integer count = 0;
    while (position <= last) {
        const char *end = character_end(text + position, lax);
        if (!end) {
            luaL_pushfail(L);
            lua_pushinteger(L, position + 1);
            return 2;
        }
        position = end - text;
        if (++count % CHARACTERS == 0) clua_poll(L);
    }
    lua_pushinteger(L, count);
    return 1;
}

static int utf8_offset(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer count = luaL_checkinteger(L, 2);
    lua_Integer position = from_start(luaL_optinteger(L, 3, count >= 0 ? 1 : (lua_Integer)length + 1), length);
    luaL_argcheck(L, position >= 1 && --position <= (lua_Integer)length, 3, "position out of bounds");
    if (count == 0) {
        while (position > 0 && continues(text[position])) position--;
        lua_pushinteger(L, position + 1);
        return 1;
    }
    if (continues(text[position])) return luaL_error(L, "initial position is a continuation byte");
    int fuel = CHARACTERS;
    for (; count < 0 && position > 0; count++) {
        do position--;
        while (position > 0 && continues(text[position]));
        if (--fuel == 0) {
            fuel = CHARACTERS;
            clua_poll(L);
        }
    }
    for (; count > 1 && position < (lua_Integer)length; count--) {
        do position++;
        while (continues(text[position]));
        if (--fuel == 0) {
            fuel = CHARACTERS;
            clua_poll(L);
        }
    }
    // The character itself, the first of those wanted, is where the search began.
    if (count == 0 || count == 1) lua_pushinteger(L, position + 1);
    else luaL_pushfail(L);
    return 1;
}

void clua_open_utf8(lua_State *L) {
    static const luaL_Reg functions[] = {{"len", utf8_len}, {"offset", utf8_offset}, {NULL, NULL}};
    lua_getglobal(L, LUA_UTF8LIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
