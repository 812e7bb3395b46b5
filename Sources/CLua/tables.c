// Functions of the table library that can run long, in forms that notice interrupts. Results and messages are those of Lua 5.4's own,
// the order of equal elements after a sort included.
#include "internal.h"

#include <limits.h>

// Elements touched between two looks at the interrupt flag.
#define ELEMENTS 50000
// Bytes copied.
#define BYTES ((size_t)1 << 24)

// What a value that is no table must be able to do by its metatable.
enum { READS = 1, WRITES = 2, HAS_LENGTH = 4 };

static bool has_metamethod(lua_State *L, const char *name, int depth) {
    lua_pushstring(L, name);
    return lua_rawget(L, -depth) != LUA_TNIL;
}

static void check_table(lua_State *L, int index, int uses) {
    if (lua_type(L, index) == LUA_TTABLE) return;
    int depth = 1;
    if (lua_getmetatable(L, index) && (!(uses & READS) || has_metamethod(L, "__index", ++depth)) &&
        (!(uses & WRITES) || has_metamethod(L, "__newindex", ++depth)) &&
        (!(uses & HAS_LENGTH) || has_metamethod(L, "__len", ++depth))) {
        lua_pop(L, depth);
    } else {
        luaL_checktype(L, index, LUA_TTABLE);
    }
}

static lua_Integer length_of(lua_State *L, int index, int uses) {
    check_table(L, index, uses | HAS_LENGTH);
    return luaL_len(L, index);
}

// Copies from[source] to to[target] for `count` positions, upwards or downwards.
static void shift(lua_State *L, int from, lua_Integer source, int to, lua_Integer target, lua_Unsigned count, int step) {
    int fuel = ELEMENTS;
    for (lua_Unsigned i = 0; i < count; i++, source += step, target += step) {
        if (--fuel == 0) {
            fuel = ELEMENTS;
            clua_poll(L);
        }
        lua_geti(L, from, source);
        lua_seti(L, to, target);
        // Neither end can be passed: the last positions are checked by the callers.
        if (i + 1 == count) break;
    }
}

static int table_insert(lua_State *L) {
    lua_Integer end = (lua_Integer)((lua_Unsigned)length_of(L, 1, READS | WRITES) + 1);
    lua_Integer position = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)position - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        if (position < end) shift(L, 1, end - 1, 1, end, (lua_Unsigned)(end - position), -1);
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, position);
    return 0;
}

static int table_remove(lua_State *L) {
    lua_Integer size = length_of(L, 1, READS | WRITES);
    lua_Integer position = luaL_optinteger(L, 2, size);
    if (position != size) {
        luaL_argcheck(L, (lua_Unsigned)position - 1u <= (lua_Unsigned)size, 1, "position out of bounds");
    }
    lua_geti(L, 1, position);
    if (position < size) {
        shift(L, 1, position + 1, 1, position, (lua_Unsigned)(size - position), 1);
        position = size;
    }
    lua_pushnil(L);
    lua_seti(L, 1, position);
    return 1;
}

static int table_move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2);
    lua_Integer last = luaL_checkinteger(L, 3);
    lua_Integer target = luaL_checkinteger(L, 4);
    int to = lua_isnoneornil(L, 5) ? 1 : 5;
    check_table(L, 1, READS);
    check_table(L, to, WRITES);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
        lua_Integer count = last - first + 1;
        luaL_argcheck(L, target <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        bool overlaps = target > first && target <= last && (to == 1 || lua_compare(L, 1, to, LUA_OPEQ));
        if (overlaps) shift(L, 1, last, to, target + count - 1, (lua_Unsigned)count, -1);
        else shift(L, 1, first, to, target, (lua_Unsigned)count, 1);
    }
    lua_pushvalue(L, to);
    return 1;
}

static int table_concat(lua_State *L) {
    lua_Integer last = length_of(L, 1, READS);
    size_t length;
    const char *separator = luaL_optlstring(L, 2, "", &length);
    lua_Integer position = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    luaL_Buffer result;
    luaL_buffinit(L, &result);
    int fuel = ELEMENTS;
    size_t bytes = 0;
    while (position <= last) {
        if (--fuel == 0) {
            fuel = ELEMENTS;
            clua_poll(L);
        }
        lua_geti(L, 1, position);
        if (!lua_isstring(L, -1)) {
            return luaL_error(
                L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)position);
        }
        if ((bytes += lua_rawlen(L, -1) + length) >= BYTES) {
            bytes = 0;
            clua_poll(L);
        }
        luaL_addvalue(&result);
        // The greatest integer has no successor.
        if (position++ == last) break;
        luaL_addlstring(&result, separator, length);
    }
    luaL_pushresult(&result);
    return 1;
}

// Sorting: quicksort with the median of three, the algorithm of Lua's own library, because scripts see in what order it leaves equal
// elements and in what order it compares.

typedef unsigned int place;

typedef struct {
    lua_State *L;
    int fuel;
} sorter;

// Whether the value at stack index `a` belongs before the one at `b` (negative indices).
static bool before(sorter *sorter, int a, int b) {
    lua_State *L = sorter->L;
    if (--sorter->fuel == 0) {
        sorter->fuel = ELEMENTS;
        clua_poll(L);
    }
    if (lua_isnil(L, 2)) return lua_compare(L, a, b, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a - 1);
    lua_pushvalue(L, b - 2);
    lua_call(L, 2, 1);
    bool result = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return result;
}

// Takes the two values on top and puts the upper one at `a`, the lower one at `b`.
static void put_both(lua_State *L, place a, place b) {
    lua_seti(L, 1, a);
    lua_seti(L, 1, b);
}

// Puts the elements at two places, low < high, in order.
static void order(sorter *sorter, place low, place high) {
    lua_geti(sorter->L, 1, low);
    lua_geti(sorter->L, 1, high);
    if (before(sorter, -1, -2)) put_both(sorter->L, low, high);
    else lua_pop(sorter->L, 2);
}

// Splits the elements from `low` to `high` around the pivot, which is on the stack and at `high - 1`; `low` and `high` are on their
// sides already. Returns the pivot's final place.
static place partition(sorter *sorter, place low, place high) {
    lua_State *L = sorter->L;
    place left = low, right = high - 1;
    for (;;) {
        while (lua_geti(L, 1, ++left), before(sorter, -1, -2)) {
            if (left == high - 1) luaL_error(L, "invalid order function for sorting");
            lua_pop(L, 1);
        }
        while (lua_geti(L, 1, --right), before(sorter, -3, -1)) {
            if (right < left) luaL_error(L, "invalid order function for sorting");
            lua_pop(L, 1);
        }
        if (right < left) {
            lua_pop(L, 1);
            put_both(L, high - 1, left);
            return left;
        }
        put_both(L, left, right);
    }
}

static void sort(sorter *sorter, place low, place high, unsigned shuffle) {
    lua_State *L = sorter->L;
    while (low < high) {
        order(sorter, low, high);
        if (high - low == 1) return;
        place middle = low + (high - low) / 2;
        if (shuffle && high - low > 100) {
            // Away from the middle, where somebody may have put the worst elements; anywhere in the inner half.
            place quarter = (high - low) / 4;
            middle = shuffle % (quarter * 2) + low + quarter;
        }
        lua_geti(L, 1, middle);
        lua_geti(L, 1, low);
        if (before(sorter, -2, -1)) {
            put_both(L, middle, low);
        } else {
            lua_pop(L, 1);
            lua_geti(L, 1, high);
            if (before(sorter, -1, -2)) put_both(L, middle, high);
            else lua_pop(L, 2);
        }
        if (high - low == 2) return;
        lua_geti(L, 1, middle);
        lua_pushvalue(L, -1);
        lua_geti(L, 1, high - 1);
        put_both(L, middle, high - 1);
        place pivot = partition(sorter, low, high);
        // The smaller part by a call, the larger one by the loop: the depth stays logarithmic.
        place smaller;
        if (pivot - low < high - pivot) {
            sort(sorter, low, pivot - 1, shuffle);
            smaller = pivot - low;
            low = pivot + 1;
        } else {
            sort(sorter, pivot + 1, high, shuffle);
            smaller = high - pivot;
            high = pivot - 1;
        }
        // Very uneven parts. The same numbers on every run, so that results do not vary.
        if (high > low && (high - low) / 128 > smaller) shuffle = (shuffle + 1) * 2654435769u | 1;
    }
}

static int table_sort(lua_State *L) {
    lua_Integer count = length_of(L, 1, READS | WRITES);
    if (count > 1) {
        luaL_argcheck(L, count < INT_MAX, 1, "array too big");
        if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
        lua_settop(L, 2);
        // Room for the two or three values of each of the few levels.
        luaL_checkstack(L, 100, "");
        sorter sorter = {L, ELEMENTS};
        sort(&sorter, 1, (place)count, 0);
    }
    return 0;
}

void clua_open_tables(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"insert", table_insert}, {"remove", table_remove}, {"move", table_move},
        {"concat", table_concat}, {"sort", table_sort},     {NULL, NULL},
    };
    lua_getglobal(L, LUA_TABLIBNAME);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
