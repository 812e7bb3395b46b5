// Stopping a script from outside, so that it cannot go on by catching the error.
#define _POSIX_C_SOURCE 200809L

#include "internal.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

// How many instructions the script's own close handlers may run, each time, once an interrupt was raised: some hundredths of a second.
#define GRACE 1000000

static void stop(lua_State *L, lua_Debug *event) {
    (void)event;
    // Otherwise it is left over on a coroutine that was not running when the interrupt was forgotten.
    if (!clua_interrupted(L)) lua_sethook(L, NULL, 0, 0);
    clua_poll(L);
}

void clua_poll(lua_State *L) {
    if (!atomic_load_explicit(&clua_runtime_of(L)->interrupted, memory_order_relaxed)) return;
    lua_sethook(L, stop, LUA_MASKCOUNT, GRACE);
    lua_pushliteral(L, "interrupted");
    lua_error(L);
}

void clua_interrupt(lua_State *L) {
    clua_runtime *runtime = clua_runtime_of(L);
    atomic_store(&runtime->interrupted, true);
    lua_sethook(atomic_load(&runtime->running), stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

// SIGINT at a prompt: when the first one came that nothing has noticed yet, and when we said what the next one does; 0 for not.
static _Atomic int64_t unnoticed_since;
static _Atomic int64_t warned_at;

void clua_notice_interrupt(void) {
    atomic_store(&unnoticed_since, 0);
    atomic_store(&warned_at, 0);
}

void clua_forget_interrupt(lua_State *L) {
    clua_notice_interrupt();
    clua_runtime *runtime = clua_runtime_of(L);
    atomic_store(&runtime->interrupted, false);
    lua_sethook(atomic_load(&runtime->running), NULL, 0, 0);
}

bool clua_interrupted(lua_State *L) { return atomic_load(&clua_runtime_of(L)->interrupted); }

void clua_pass_interrupt(lua_State *L) {
    if (!clua_interrupted(L)) return;
    // The error may have come up from a coroutine; this thread's close handlers get their grace, too, and no more.
    lua_sethook(L, stop, LUA_MASKCOUNT, GRACE);
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
static int resume(lua_State *L, lua_State *coroutine, int count) {
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
    clua_pass_interrupt(L);
    clua_explain_memory(L, status);
    return -1;
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

// SIGINT. The handler touches only atomics, the hook of the running thread of Lua, and a semaphore.

static _Atomic(clua_runtime *) target;
static _Atomic(lua_State *) target_state;
static atomic_bool leaves_at_second;
static _Atomic int64_t last_signal;
static sem_t leave;
static void (*leaving)(void);

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Finalizers run where no hook reaches them, and a library may hang: there must be a way out of everything.
static void offer_to_leave(int64_t now) {
    static const char offer[] =
        "\nthis cannot be stopped so far; Ctrl-C again within 5 seconds leaves, and what is in memory is lost\n";
    int64_t since = atomic_load(&unnoticed_since);
    int64_t warned = atomic_load(&warned_at);
    if (!since) {
        atomic_store(&unnoticed_since, now);
    } else if (warned && now - warned <= 5000) {
        sem_post(&leave);
    } else if (now - since >= 2000) {
        atomic_store(&warned_at, now);
        ssize_t ignored = write(STDERR_FILENO, offer, sizeof offer - 1);
        (void)ignored;
    }
}

static void on_sigint(int signal) {
    int saved = errno;
    clua_runtime *runtime = atomic_load(&target);
    if (runtime && !pthread_equal(pthread_self(), runtime->owner)) {
        // Only the thread that runs Lua may set its hook.
        pthread_kill(runtime->owner, signal);
    } else if (runtime) {
        int64_t now = milliseconds();
        bool second = now - atomic_exchange(&last_signal, now) <= 2000;
        if (!atomic_load(&leaves_at_second)) offer_to_leave(now);
        else if (second) sem_post(&leave);
        if (runtime->host->cancel) runtime->host->cancel(runtime->host->cancellation);
        clua_interrupt(atomic_load(&target_state));
    }
    errno = saved;
}

// Removing files takes memory and locks, which a signal handler must not; so this thread does it.
static void *wait_to_leave(void *unused) {
    while (sem_wait(&leave) != 0) {}
    if (leaving) leaving();
    _exit(130);
    return unused;
}

int clua_catch_sigint(lua_State *L, bool leaves, void (*before_exit)(void)) {
    static bool watching = false;
    struct sigaction action = {0};
    sigemptyset(&action.sa_mask);
    if (!L) {
        action.sa_handler = SIG_DFL;
        int problem = sigaction(SIGINT, &action, NULL) == 0 ? 0 : errno;
        atomic_store(&target, NULL);
        return problem;
    }
    leaving = before_exit;
    if (!watching) {
        pthread_t thread;
        sigset_t all, before;
        if (sem_init(&leave, 0, 0) != 0) return errno;
        // It must not take a signal that the thread at the keyboard waits for.
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        int problem = pthread_create(&thread, NULL, wait_to_leave, NULL);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (problem) return problem;
        pthread_detach(thread);
        watching = true;
    }
    atomic_store(&last_signal, INT64_MIN / 2);
    atomic_store(&leaves_at_second, leaves);
    atomic_store(&target_state, L);
    atomic_store(&target, clua_runtime_of(L));
    // A thread inherits what its maker blocked.
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &interrupts, NULL);
    // Without SA_RESTART: a script that waits for input must notice.
    action.sa_handler = on_sigint;
    return sigaction(SIGINT, &action, NULL) == 0 ? 0 : errno;
}

void clua_release_sigint(clua_runtime *runtime) {
    if (atomic_load(&target) == runtime) clua_catch_sigint(NULL, false, NULL);
}
