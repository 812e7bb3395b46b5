// Functions of the string library that can run long, in forms that notice interrupts. Results and messages are those of Lua 5.4's own.
#define _GNU_SOURCE // memmem

#include "pattern.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

// How much is copied or searched between two looks at the interrupt flag.
#define BLOCK ((size_t)1 << 22)

// A position that may count from the end, as one from 1 on. What lies before the subject means its beginning.
static size_t start_position(lua_Integer position, size_t length) {
    if (position > 0) return (size_t)position;
    if (position == 0 || position < -(lua_Integer)length) return 1;
    return length + (size_t)position + 1;
}

static bool is_plain(const char *pattern, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) return false;
    }
    return true;
}

static const char *find_plain(lua_State *L, const char *text, size_t length, const char *wanted, size_t wanted_length) {
    if (wanted_length == 0) return text;
    if (length < 512) {
        // Not worth the preparations of a search that is fast for every text.
        const char *end = text + length;
        while ((size_t)(end - text) >= wanted_length &&
               (text = memchr(text, *wanted, (size_t)(end - text) - wanted_length + 1))) {
            if (memcmp(text, wanted, wanted_length) == 0) return text;
            text++;
        }
        return NULL;
    }
    size_t block = wanted_length < BLOCK / 4 ? BLOCK : wanted_length * 4;
    while (length >= wanted_length) {
        size_t part = length > block ? block : length;
        const char *found = memmem(text, part, wanted, wanted_length);
        if (found || part == length) return found;
        // What begins in this part and ends behind it is found from here.
        text += part - wanted_length + 1;
        length -= part - wanted_length + 1;
        clua_poll(L);
    }
    return NULL;
}

static int find_or_match(lua_State *L, bool finds) {
    size_t length, pattern_length;
    const char *subject = luaL_checklstring(L, 1, &length);
    const char *pattern = luaL_checklstring(L, 2, &pattern_length);
    size_t offset = start_position(luaL_optinteger(L, 3, 1), length) - 1;
    if (offset > length) {
        luaL_pushfail(L);
        return 1;
    }
    const char *position = subject + offset;
    if (finds && (lua_toboolean(L, 4) || is_plain(pattern, pattern_length))) {
        const char *found = find_plain(L, position, length - offset, pattern, pattern_length);
        if (!found) {
            luaL_pushfail(L);
            return 1;
        }
        lua_pushinteger(L, found - subject + 1);
        lua_pushinteger(L, found - subject + (lua_Integer)pattern_length);
        return 2;
    }
    pattern_search search;
    pattern_begin(&search, L, subject, length, pattern, pattern_length);
    bool anchored = pattern_length > 0 && *pattern == '^';
    if (anchored) pattern++;
    do {
        const char *end = pattern_match(&search, position, pattern);
        if (!end) continue;
        if (!finds) return pattern_push(&search, position, end);
        lua_pushinteger(L, position - subject + 1);
        lua_pushinteger(L, end - subject);
        return pattern_push(&search, NULL, NULL) + 2;
    } while (position++ < search.subject_end && !anchored);
    luaL_pushfail(L);
    return 1;
}

static int string_find(lua_State *L) { return find_or_match(L, true); }

static int string_match(lua_State *L) { return find_or_match(L, false); }

// What goes on from one match to the next.
typedef struct {
    pattern_search search;
    const char *position;
    const char *pattern;
    const char *last_end; // an empty match right there would be the same place once more
} match_iteration;

// Upvalues: subject, pattern (both kept alive), the iteration.
static int next_match(lua_State *L) {
    match_iteration *iteration = lua_touserdata(L, lua_upvalueindex(3));
    pattern_search *search = &iteration->search;
    search->L = L;
    for (const char *position = iteration->position; position <= search->subject_end; position++) {
        const char *end = pattern_match(search, position, iteration->pattern);
        if (!end || end == iteration->last_end) continue;
        iteration->position = iteration->last_end = end;
        return pattern_push(search, position, end);
    }
    return 0;
}

static int string_gmatch(lua_State *L) {
    size_t length, pattern_length;
    const char *subject = luaL_checklstring(L, 1, &length);
    const char *pattern = luaL_checklstring(L, 2, &pattern_length);
    size_t offset = start_position(luaL_optinteger(L, 3, 1), length) - 1;
    lua_settop(L, 2);
    match_iteration *iteration = lua_newuserdatauv(L, sizeof *iteration, 0);
    pattern_begin(&iteration->search, L, subject, length, pattern, pattern_length);
    // Behind the subject there is nothing to find, not even at its end.
    iteration->position = subject + (offset > length ? length + 1 : offset);
    iteration->pattern = pattern;
    iteration->last_end = NULL;
    lua_pushcclosure(L, next_match, 3);
    return 1;
}

// Adds the replacement string with its captures put in.
static void add_template(pattern_search *search, luaL_Buffer *result, const char *from, const char *to) {
    lua_State *L = search->L;
    size_t length;
    const char *template = lua_tolstring(L, 3, &length);
    const char *end = template + length;
    const char *escape;
    while ((escape = memchr(template, '%', (size_t)(end - template)))) {
        luaL_addlstring(result, template, (size_t)(escape - template));
        unsigned char selector = (unsigned char)escape[1];
        template = escape + 2;
        if (selector == '%') {
            luaL_addchar(result, '%');
        } else if (selector == '0') {
            luaL_addlstring(result, from, (size_t)(to - from));
        } else if (isdigit(selector)) {
            const char *text;
            ptrdiff_t size = pattern_text(search, selector - '1', from, to, &text);
            if (size == CAPTURE_POSITION) luaL_addvalue(result);
            else luaL_addlstring(result, text, (size_t)size);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
    luaL_addlstring(result, template, (size_t)(end - template));
}

// Adds what replaces one match; false if the match stays as it is.
static bool add_replacement(pattern_search *search, luaL_Buffer *result, const char *from, const char *to, int kind) {
    lua_State *L = search->L;
    if (kind == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, pattern_push(search, from, to), 1);
    } else if (kind == LUA_TTABLE) {
        const char *text;
        ptrdiff_t size = pattern_text(search, 0, from, to, &text);
        if (size != CAPTURE_POSITION) lua_pushlstring(L, text, (size_t)size);
        lua_gettable(L, 3);
    } else {
        add_template(search, result, from, to);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(result, from, (size_t)(to - from));
        return false;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(result);
    return true;
}

static int string_gsub(lua_State *L) {
    size_t length, pattern_length;
    const char *position = luaL_checklstring(L, 1, &length);
    const char *pattern = luaL_checklstring(L, 2, &pattern_length);
    int kind = lua_type(L, 3);
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1);
    luaL_argexpected(
        L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3, "string/function/table");
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    pattern_search search;
    pattern_begin(&search, L, position, length, pattern, pattern_length);
    bool anchored = pattern_length > 0 && *pattern == '^';
    if (anchored) pattern++;
    const char *last_end = NULL;
    lua_Integer count = 0;
    bool changed = false;
    while (count < most) {
        const char *end = pattern_match(&search, position, pattern);
        if (end && end != last_end) {
            count++;
            if (add_replacement(&search, &result, position, end, kind)) changed = true;
            position = last_end = end;
        } else if (position < search.subject_end) {
            luaL_addchar(&result, *position++);
        } else {
            break;
        }
        if (anchored) break;
    }
    if (changed) {
        luaL_addlstring(&result, position, (size_t)(search.subject_end - position));
        luaL_pushresult(&result);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, count);
    return 2;
}

static void copy(lua_State *L, char *target, const char *source, size_t length) {
    for (size_t done = 0; done < length; done += BLOCK) {
        if (done) clua_poll(L);
        memcpy(target + done, source + done, length - done < BLOCK ? length - done : BLOCK);
    }
}

static int string_rep(lua_State *L) {
    size_t length, separator_length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_length);
    size_t unit = length + separator_length;
    if (times <= 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (unit < length || unit > (size_t)INT_MAX / (size_t)times) return luaL_error(L, "resulting string too large");
    size_t total = (size_t)times * unit - separator_length;
    luaL_Buffer result;
    char *bytes = luaL_buffinitsize(L, &result, total);
    // The first unit, then what is there once more, at most a block at a time.
    size_t done = unit < total ? unit : total;
    copy(L, bytes, text, length);
    if (total > length) memcpy(bytes + length, separator, separator_length);
    size_t copied = 0;
    while (done < total) {
        size_t part = done < total - done ? done : total - done;
        // A whole number of units, so that the next copy begins where one begins.
        if (part > BLOCK && unit <= BLOCK) part = BLOCK / unit * unit;
        copy(L, bytes + done, bytes, part);
        done += part;
        copied += part;
        if (copied >= BLOCK) {
            copied = 0;
            clua_poll(L);
        }
    }
    luaL_pushresultsize(&result, total);
    return 1;
}

// Makes each byte of the result out of one of the argument.
static int map_bytes(lua_State *L, int (*mapped)(int), bool backwards) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    luaL_Buffer result;
    char *bytes = luaL_buffinitsize(L, &result, length);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[backwards ? length - 1 - i : i];
        bytes[i] = (char)(mapped ? mapped(byte) : byte);
        if ((i & (BLOCK - 1)) == BLOCK - 1) clua_poll(L);
    }
    luaL_pushresultsize(&result, length);
    return 1;
}

static int string_upper(lua_State *L) { return map_bytes(L, toupper, false); }

static int string_lower(lua_State *L) { return map_bytes(L, tolower, false); }

static int string_reverse(lua_State *L) { return map_bytes(L, NULL, true); }

void clua_open_strings(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"find", string_find},   {"match", string_match}, {"gmatch", string_gmatch}, {"gsub", string_gsub},
        {"rep", string_rep},     {"upper", string_upper}, {"lower", string_lower},   {"reverse", string_reverse},
        {NULL, NULL},
    };
    lua_getglobal(L, LUA_STRLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
