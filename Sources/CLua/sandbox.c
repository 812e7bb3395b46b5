// What a script from elsewhere may not do. The standard libraries lose what reaches out of the session; what touches files asks first.
#include "internal.h"

#include <string.h>

bool clua_may_access(lua_State *L, const char *path, bool writes) {
    clua_host *host = clua_runtime_of(L)->host;
    return !path || !host->may_access || host->may_access(host->context, path, writes);
}

void clua_require_access(lua_State *L, const char *path, bool writes) {
    if (clua_may_access(L, path, writes)) return;
    luaL_error(
        L, "%s: the sandbox does not let scripts %s this file (--allow FOLDER opens a folder to them)", path,
        writes ? "write" : "read");
}

// Upvalue: the name.
static int refuse(lua_State *L) {
    return luaL_error(
        L, "%s is not available in the sandbox (start without --sandbox to use it)", lua_tostring(L, lua_upvalueindex(1)));
}

// Calls the original, upvalue 1, with the same arguments.
static int hand_on(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int open_file(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    clua_require_access(L, path, strpbrk(luaL_optstring(L, 2, "r"), "wa+") != NULL);
    return hand_on(L);
}

static int read_file(lua_State *L) {
    // A file that is open already may be handed in, too.
    if (lua_isstring(L, 1)) clua_require_access(L, lua_tostring(L, 1), false);
    return hand_on(L);
}

static int write_file(lua_State *L) {
    if (lua_isstring(L, 1)) clua_require_access(L, lua_tostring(L, 1), true);
    return hand_on(L);
}

static int rename_file(lua_State *L) {
    clua_require_access(L, luaL_checkstring(L, 1), true);
    clua_require_access(L, luaL_checkstring(L, 2), true);
    return hand_on(L);
}

// The environment may hold keys and passwords: no variable is set.
static int no_variable(lua_State *L) {
    luaL_checkstring(L, 1);
    luaL_pushfail(L);
    return 1;
}

// Finalizers run where no hook stops them.
static int set_metatable(lua_State *L) {
    if (lua_type(L, 2) == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available in the sandbox (use __close)");
        lua_pop(L, 1);
    }
    return hand_on(L);
}

// Replaces functions of the table on top by forms that ask first.
static void guard(lua_State *L, const luaL_Reg *forms) {
    for (; forms->name; forms++) {
        lua_getfield(L, -1, forms->name);
        lua_pushcclosure(L, forms->func, 1);
        lua_setfield(L, -2, forms->name);
    }
}

static void take(lua_State *L, const char *library, const char *const *names) {
    for (; *names; names++) {
        lua_pushfstring(L, "%s.%s", library, *names);
        lua_pushcclosure(L, refuse, 1);
        lua_setfield(L, -2, *names);
    }
}

int clua_enter_sandbox(lua_State *L) {
    static const luaL_Reg files[] = {
        {"open", open_file}, {"lines", read_file}, {"input", read_file}, {"output", write_file}, {NULL, NULL}};
    static const luaL_Reg system[] = {{"remove", write_file}, {"rename", rename_file}, {NULL, NULL}};
    static const luaL_Reg globals[] = {{"setmetatable", set_metatable}, {NULL, NULL}};
    static const char *const file_names[] = {"popen", "tmpfile", NULL};
    static const char *const system_names[] = {"execute", "tmpname", "setlocale", NULL};
    static const char *const package_names[] = {"loadlib", NULL};

    lua_pushglobaltable(L);
    guard(L, globals);

    lua_getfield(L, -1, LUA_IOLIBNAME);
    guard(L, files);
    take(L, LUA_IOLIBNAME, file_names);
    lua_pop(L, 1);

    // The metatable of files has a `__gc` that a script could put its own in place of.
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lua_pushliteral(L, LUA_FILEHANDLE);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);

    lua_getfield(L, -1, LUA_OSLIBNAME);
    guard(L, system);
    take(L, LUA_OSLIBNAME, system_names);
    lua_pushcfunction(L, no_variable);
    lua_setfield(L, -2, "getenv");
    lua_pop(L, 1);

    lua_getfield(L, -1, LUA_LOADLIBNAME);
    take(L, LUA_LOADLIBNAME, package_names);
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "cpath");
    // The last two load libraries.
    lua_getfield(L, -1, "searchers");
    for (int i = 3; i <= 4; i++) {
        lua_pushnil(L);
        lua_rawseti(L, -2, i);
    }
    lua_pop(L, 2);

    // A field may be cleared while a table is gone through.
    lua_getfield(L, -1, LUA_DBLIBNAME);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        if (strcmp(lua_tostring(L, -1), "traceback") == 0) continue;
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, -4);
    }
    lua_pop(L, 2);
    return 0;
}
