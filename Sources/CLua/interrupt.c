// Stopping a script from outside, so that it cannot go on by catching the error.
#include "internal.h"

// What a stopped close handler leaves to the next one at least, in instructions.
#define LEAST_GRACE 100

static void stop(lua_State *L, lua_Debug *event) {
    (void)event;
    // Otherwise it is left over on a coroutine that was not running when the interrupt was forgotten.
    if (!clua_interrupted(L)) lua_sethook(L, NULL, 0, 0);
    clua_poll(L);
}

void clua_poll(lua_State *L) {
    clua_runtime *runtime = clua_runtime_of(L);
    if (!atomic_load_explicit(&runtime->interrupted, memory_order_relaxed)) return;
    lua_sethook(L, stop, LUA_MASKCOUNT, runtime->grace);
    runtime->grace = runtime->grace > 2 * LEAST_GRACE ? runtime->grace / 2 : LEAST_GRACE;
    lua_pushliteral(L, "interrupted");
    lua_error(L);
}

// Stops this thread of Lua at its next instruction.
static void arm(lua_State *L) { lua_sethook(L, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1); }

void clua_interrupt(lua_State *L) {
    clua_runtime *runtime = clua_runtime_of(L);
    atomic_store(&runtime->interrupted, true);
    arm(atomic_load(&runtime->running));
}

void clua_interrupt_ending(clua_runtime *runtime) {
    atomic_store(&runtime->interrupted, true);
    // Finalizers have a coroutine each. The main thread is about to be freed.
    lua_State *running = atomic_load(&runtime->running);
    if (running != runtime->main) arm(running);
}

void clua_forget_interrupt(lua_State *L) {
    clua_notice_interrupt();
    clua_runtime *runtime = clua_runtime_of(L);
    atomic_store(&runtime->interrupted, false);
    runtime->grace = CLUA_GRACE;
    lua_sethook(atomic_load(&runtime->running), NULL, 0, 0);
}

bool clua_interrupted(lua_State *L) { return atomic_load(&clua_runtime_of(L)->interrupted); }

void clua_pass_interrupt(lua_State *L) {
    if (!clua_interrupted(L)) return;
    // The error may have come up from a coroutine; this thread's close handlers get their grace, too, and no more.
    lua_sethook(L, stop, LUA_MASKCOUNT, clua_runtime_of(L)->grace);
    lua_error(L);
}

// Protected calls. Each sees the interrupt before the script does.

static int finish_protected(lua_State *L, int status, lua_KContext extra) {
    if (status != LUA_OK && status != LUA_YIELD) {
        clua_pass_interrupt(L);
        clua_explain_memory(L, status);
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_protected);
    return finish_protected(L, status, 0);
}

// A message handler runs inside the hook, where no hook can stop it; so an interrupt passes it by. Upvalue: the script's handler.
static int handle_message(lua_State *L) {
    if (clua_interrupted(L)) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static int protected_call_with_handler(lua_State *L) {
    int count = lua_gettop(L) - 2;
    luaL_checktype(L, 2, LUA_TFUNCTION);
    // Layout: function, handler, true, function, arguments.
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle_message, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, count, LUA_MULTRET, 2, 2, finish_protected);
    return finish_protected(L, status, 2);
}

// Coroutines. The running one must be known, since a hook belongs to one thread of Lua.

static lua_State *coroutine_argument(lua_State *L) {
    lua_State *coroutine = lua_tothread(L, 1);
    luaL_argexpected(L, coroutine, 1, "coroutine");
    return coroutine;
}

// Runs `coroutine` with the top `count` values of L. Returns the number of results, now on L, or -1 with the error on L.
static int start_coroutine(lua_State *L, lua_State *coroutine, int count) {
    if (!lua_checkstack(coroutine, count)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    clua_runtime *runtime = clua_runtime_of(L);
    lua_xmove(L, coroutine, count);
    int results = 0;
    atomic_store(&runtime->running, coroutine);
    int status = lua_resume(coroutine, L, count, &results);
    atomic_store(&runtime->running, L);
    if (status == LUA_OK || status == LUA_YIELD) {
        if (!lua_checkstack(L, results + 1)) {
            lua_settop(coroutine, -results - 1);
            lua_pushliteral(L, "too many results to resume");
            return -1;
        }
        lua_xmove(coroutine, L, results);
        return results;
    }
    lua_xmove(coroutine, L, 1);
    clua_explain_memory(L, status);
    return -1;
}

// The same for scripts, which do not get to see an interrupt.
static int resume(lua_State *L, lua_State *coroutine, int count) {
    int results = start_coroutine(L, coroutine, count);
    if (results < 0) clua_pass_interrupt(L);
    return results;
}

static int coroutine_resume(lua_State *L) {
    lua_State *coroutine = coroutine_argument(L);
    int results = resume(L, coroutine, lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    lua_insert(L, results >= 0 ? -results - 1 : -2);
    return results >= 0 ? results + 1 : 2;
}

// Ends a coroutine, running its close handlers. The error, if any, stays on top of `coroutine`.
static int close_coroutine(lua_State *L, lua_State *coroutine) {
    clua_runtime *runtime = clua_runtime_of(L);
    atomic_store(&runtime->running, coroutine);
    int status = lua_resetthread(coroutine);
    atomic_store(&runtime->running, L);
    return status;
}

// Upvalue: the coroutine.
static int resume_wrapped(lua_State *L) {
    lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
    int results = resume(L, coroutine, lua_gettop(L));
    if (results >= 0) return results;
    int status = lua_status(coroutine);
    if (status != LUA_OK && status != LUA_YIELD) {
        // It died of the error: its pending close handlers run, and the last error counts.
        close_coroutine(L, coroutine);
        lua_xmove(coroutine, L, 1);
        clua_pass_interrupt(L);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int coroutine_wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *coroutine = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, coroutine, 1);
    lua_pushcclosure(L, resume_wrapped, 1);
    return 1;
}

static int coroutine_close(lua_State *L) {
    lua_State *coroutine = coroutine_argument(L);
    // A dead coroutine and a suspended one can be closed; the others are on the way to here.
    lua_Debug frame;
    bool suspended = lua_status(coroutine) == LUA_YIELD;
    bool idle = lua_status(coroutine) == LUA_OK && coroutine != L && !lua_getstack(coroutine, 0, &frame);
    bool failed = lua_status(coroutine) > LUA_YIELD;
    if (!suspended && !idle && !failed) {
        return luaL_error(L, "cannot close a %s coroutine", coroutine == L ? "running" : "normal");
    }
    if (close_coroutine(L, coroutine) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(coroutine, L, 1);
    clua_pass_interrupt(L);
    return 2;
}

// Finalizers. Lua runs them with hooks switched off, in the thread that happened to need memory; in a coroutine hooks work.

// Upvalue: the script's finalizer.
static int finalize(lua_State *L) {
    clua_runtime *runtime = clua_runtime_of(L);
    lua_State *coroutine = lua_newthread(L);
    lua_insert(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_xmove(L, coroutine, 1);
    // One that begins after the interrupt may still put something in order.
    if (clua_interrupted(L)) lua_sethook(coroutine, stop, LUA_MASKCOUNT, runtime->grace);
    int results = start_coroutine(L, coroutine, lua_gettop(L) - 1);
    // What runs here goes on when the collector has done its step.
    if (clua_interrupted(L)) arm(L);
    if (results < 0) return lua_error(L);
    if (lua_status(coroutine) == LUA_YIELD) return luaL_error(L, "attempt to yield from a finalizer");
    return results;
}

void clua_guard_finalizer(lua_State *L, int metatable) {
    metatable = lua_absindex(L, metatable);
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, metatable) == LUA_TFUNCTION && lua_tocfunction(L, -1) != finalize) {
        lua_pushliteral(L, "__gc");
        lua_insert(L, -2);
        lua_pushcclosure(L, finalize, 1);
        lua_rawset(L, metatable);
    } else {
        lua_pop(L, 1);
    }
}

void clua_open_interrupts(lua_State *L) {
    static const luaL_Reg calls[] = {
        {"pcall", protected_call},
        {"xpcall", protected_call_with_handler},
        {NULL, NULL},
    };
    static const luaL_Reg coroutines[] = {
        {"resume", coroutine_resume},
        {"wrap", coroutine_wrap},
        {"close", coroutine_close},
        {NULL, NULL},
    };
    lua_pushglobaltable(L);
    luaL_setfuncs(L, calls, 0);
    lua_getfield(L, -1, LUA_COLIBNAME);
    luaL_setfuncs(L, coroutines, 0);
    lua_pop(L, 2);
}
