// collectgarbage in a form that notices interrupts. Results and messages are those of Lua 5.4's own.
#include "internal.h"

// A heap that is collected at once, within some hundredths of a second.
#define SMALL ((size_t)64 << 20)

enum { STOP, RESTART, COLLECT, COUNT, STEP, SET_PAUSE, SET_STEP_MULTIPLIER, IS_RUNNING, GENERATIONAL, INCREMENTAL };

// Goes on in small steps to the end of a cycle, which may have begun before.
static void finish_cycle(lua_State *L) {
    while (lua_gc(L, LUA_GCSTEP, 0) == 0) clua_poll(L);
}

// The generational collector has no steps; scripts must ask for it.
static int collect(lua_State *L) {
    clua_runtime *runtime = clua_runtime_of(L);
    if (runtime->is_generational || clua_memory(L) < SMALL) return lua_gc(L, LUA_GCCOLLECT);
    // Inside a finalizer there is no collecting.
    if (lua_gc(L, LUA_GCCOUNT) < 0) return -1;
    // What has died since the cycle began that is under way is left to the next.
    finish_cycle(L);
    finish_cycle(L);
    return 0;
}

static int push_mode(lua_State *L, int before, bool is_generational) {
    if (before < 0) {
        luaL_pushfail(L);
        return 1;
    }
    clua_runtime_of(L)->is_generational = is_generational;
    lua_pushstring(L, before == LUA_GCINC ? "incremental" : "generational");
    return 1;
}

static int collect_garbage(lua_State *L) {
    static const char *const names[] = {"stop",     "restart",    "collect",   "count",        "step",       "setpause",
                                        "setstepmul", "isrunning", "generational", "incremental", NULL};
    int option = luaL_checkoption(L, 1, "collect", names);
    int result;
    switch (option) {
    case COUNT: {
        int kilobytes = lua_gc(L, LUA_GCCOUNT);
        if (kilobytes < 0) break;
        lua_pushnumber(L, (lua_Number)kilobytes + (lua_Number)lua_gc(L, LUA_GCCOUNTB) / 1024);
        return 1;
    }
    case STEP: {
        int size = (int)luaL_optinteger(L, 2, 0);
        if ((result = lua_gc(L, LUA_GCSTEP, size)) < 0) break;
        lua_pushboolean(L, result);
        return 1;
    }
    case IS_RUNNING:
        if ((result = lua_gc(L, LUA_GCISRUNNING)) < 0) break;
        lua_pushboolean(L, result);
        return 1;
    case GENERATIONAL: {
        int minor = (int)luaL_optinteger(L, 2, 0);
        int major = (int)luaL_optinteger(L, 3, 0);
        return push_mode(L, lua_gc(L, LUA_GCGEN, minor, major), true);
    }
    case INCREMENTAL: {
        int pause = (int)luaL_optinteger(L, 2, 0);
        int multiplier = (int)luaL_optinteger(L, 3, 0);
        int size = (int)luaL_optinteger(L, 4, 0);
        return push_mode(L, lua_gc(L, LUA_GCINC, pause, multiplier, size), false);
    }
    default:
        switch (option) {
        case STOP: result = lua_gc(L, LUA_GCSTOP); break;
        case RESTART: result = lua_gc(L, LUA_GCRESTART); break;
        case SET_PAUSE: result = lua_gc(L, LUA_GCSETPAUSE, (int)luaL_optinteger(L, 2, 0)); break;
        case SET_STEP_MULTIPLIER: result = lua_gc(L, LUA_GCSETSTEPMUL, (int)luaL_optinteger(L, 2, 0)); break;
        default: result = collect(L); break;
        }
        if (result < 0) break;
        lua_pushinteger(L, result);
        return 1;
    }
    // The collector runs and cannot be spoken to.
    luaL_pushfail(L);
    return 1;
}

void clua_open_collector(lua_State *L) { lua_register(L, "collectgarbage", collect_garbage); }
