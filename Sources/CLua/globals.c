// What stands behind the table of globals: the modules, and whatever metatable a script gives to it.
//
// The metatable that _G has in truth is ours for good. Where a name is not defined Lua looks into a table of modules, and behind that asks
// the script's own metatable, or without one tells who reads it; defined names cost nothing. Scripts see their own metatable only, or none.
#include "internal.h"

#include <string.h>

// Registry keys: the table of modules, the metatable that the script gave to _G, the function that is told of names that nothing defines.
static const char modules_key = 0;
static const char given_key = 0;
static const char undefined_key = 0;

// The script's functions are called in tail position: for `error(message, 2)` and for what strict modes ask of the debug library, their
// caller must be the code that used the global. They are looked up each time, since such code fills its metatable after setting it.
static const char dispatch[] =
    "local globals, given, rawget, rawset, type = ...\n"
    "return function(_, name)\n"
    "  local handler = rawget(given, '__index')\n"
    "  if handler == nil then return nil end\n"
    "  if type(handler) == 'function' then return handler(globals, name) end\n"
    "  return handler[name]\n"
    "end, function(_, name, value)\n"
    "  local handler = rawget(given, '__newindex')\n"
    "  if handler == nil then rawset(globals, name, value)\n"
    "  elseif type(handler) == 'function' then return handler(globals, name, value)\n"
    "  else handler[name] = value end\n"
    "end\n";

static bool is_globals(lua_State *L, int index) {
    lua_pushglobaltable(L);
    bool result = lua_rawequal(L, index, -1);
    lua_pop(L, 1);
    return result;
}

// Pushes the metatable that the script knows the value at `index` to have; pushes nothing and returns false if none.
static bool push_metatable(lua_State *L, int index) {
    if (!is_globals(L, index)) return lua_getmetatable(L, index);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &given_key) == LUA_TTABLE) return true;
    lua_pop(L, 1);
    return false;
}

// Pushes its field __metatable in the same way.
static bool push_protection(lua_State *L, int index) {
    if (!push_metatable(L, index)) return false;
    lua_pushliteral(L, "__metatable");
    bool found = lua_rawget(L, -2) != LUA_TNIL;
    lua_remove(L, -2);
    if (!found) lua_pop(L, 1);
    return found;
}

// Whether what is at this key of the script's metatable acts from ours as it is.
static bool acts_from_copy(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TSTRING) return false;
    static const char *const others[] = {"__index", "__newindex", "__metatable", "__gc", "__mode", NULL};
    const char *name = lua_tostring(L, index);
    for (int i = 0; others[i]; i++) {
        if (strcmp(name, others[i]) == 0) return false;
    }
    return true;
}

// Leaves a function for reading and one for assigning, which ask the metatable at `given`.
static void push_dispatch(lua_State *L, int given) {
    if (luaL_loadbufferx(L, dispatch, sizeof dispatch - 1, "=globals", "t") != LUA_OK) lua_error(L);
    lua_pushglobaltable(L);
    lua_pushvalue(L, given);
    // Kept from before any script could put its own in their place.
    lua_rawgetp(L, LUA_REGISTRYINDEX, &dispatch);
    for (int i = 1; i <= 3; i++) lua_rawgeti(L, -i, i);
    lua_remove(L, -4);
    lua_call(L, 5, 2);
}

// Tells of a name that code of a script read and nothing defines, and of the place; it reads as nil all the same.
static int undefined_global(lua_State *L) {
    lua_Debug reader;
    lua_settop(L, 2);
    if (lua_type(L, 2) != LUA_TSTRING || !lua_getstack(L, 1, &reader) || !lua_getinfo(L, "Sl", &reader)) return 0;
    if (reader.currentline < 0) return 0;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 2);
    lua_pushstring(L, reader.short_src);
    lua_pushinteger(L, reader.currentline);
    lua_call(L, 3, 0);
    return 0;
}

// Gives _G the metatable on top, which may be nil, beside the modules. Pops it.
static void give_globals(lua_State *L) {
    int given = lua_gettop(L);
    luaL_checkstack(L, 12, "no room for a metatable");
    lua_newtable(L);
    int own = given + 1;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &modules_key);
    int modules = given + 2;
    if (lua_istable(L, given)) {
        lua_pushnil(L);
        while (lua_next(L, given)) {
            if (acts_from_copy(L, -2)) {
                lua_pushvalue(L, -2);
                lua_insert(L, -2);
                lua_rawset(L, own);
            } else {
                lua_pop(L, 1);
            }
        }
        push_dispatch(L, given);
        lua_setfield(L, own, "__newindex");
        lua_createtable(L, 0, 1);
        lua_insert(L, -2);
        lua_setfield(L, -2, "__index");
    } else {
        lua_createtable(L, 0, 1);
        lua_rawgetp(L, LUA_REGISTRYINDEX, &undefined_key);
        lua_pushcclosure(L, undefined_global, 1);
        lua_setfield(L, -2, "__index");
    }
    lua_setmetatable(L, modules);
    lua_setfield(L, own, "__index");
    lua_pushglobaltable(L);
    lua_insert(L, own);
    lua_setmetatable(L, own);
    lua_pop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &given_key);
}

static void set(lua_State *L) {
    lua_settop(L, 2);
    if (lua_istable(L, 2)) clua_guard_finalizer(L, 2);
    if (is_globals(L, 1)) give_globals(L);
    else lua_setmetatable(L, 1);
    lua_settop(L, 1);
}

static void check_metatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
}

static int set_metatable(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    check_metatable(L);
    if (push_protection(L, 1)) return luaL_error(L, "cannot change a protected metatable");
    set(L);
    return 1;
}

static int get_metatable(lua_State *L) {
    luaL_checkany(L, 1);
    if (!push_protection(L, 1) && !push_metatable(L, 1)) lua_pushnil(L);
    return 1;
}

static int debug_set_metatable(lua_State *L) {
    check_metatable(L);
    set(L);
    return 1;
}

static int debug_get_metatable(lua_State *L) {
    luaL_checkany(L, 1);
    if (!push_metatable(L, 1)) lua_pushnil(L);
    return 1;
}

void clua_open_globals(lua_State *L) {
    lua_createtable(L, 3, 0);
    static const char *const names[] = {"rawget", "rawset", "type"};
    for (int i = 0; i < 3; i++) {
        lua_getglobal(L, names[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &dispatch);

    lua_register(L, "setmetatable", set_metatable);
    lua_register(L, "getmetatable", get_metatable);
    lua_getglobal(L, LUA_DBLIBNAME);
    lua_pushcfunction(L, debug_set_metatable);
    lua_setfield(L, -2, "setmetatable");
    lua_pushcfunction(L, debug_get_metatable);
    lua_setfield(L, -2, "getmetatable");
    lua_pop(L, 1);
}

void clua_place_behind_globals(lua_State *L, int index, int undefined) {
    index = lua_absindex(L, index);
    lua_pushvalue(L, undefined);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &undefined_key);
    // A copy: `require "cohort"` is the script's to change, and has no metatable.
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &modules_key);
    lua_pushnil(L);
    give_globals(L);
}
