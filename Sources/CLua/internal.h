// Shared by the files of the shim, not seen by Swift.
#ifndef CLUA_INTERNAL_H
#define CLUA_INTERNAL_H

#include "clua.h"

#include <pthread.h>
#include <stdatomic.h>

#define CLUA_MAGIC 0x636f686f7274ull

/// The block of a full userdata: one counted reference to a Swift object.
typedef struct {
    uint64_t magic;
    void *object;
} clua_box;

/// Metatables of our classes hold true under this key.
extern const char clua_class_key;

/// How many instructions close handlers and finalizers may run once an interrupt was raised: some hundredths of a second. Each that has to
/// be stopped leaves half of that to the next, since there may be any number.
#define CLUA_GRACE 1000000

/// What belongs to one Lua state, shared by its coroutines.
typedef struct {
    clua_host *host;
    /// The thread of Lua that runs now. Read in a signal handler.
    _Atomic(lua_State *) running;
    lua_State *main;
    atomic_bool interrupted;
    /// What is left of CLUA_GRACE.
    int grace;
    /// Whether a script chose the generational collector.
    bool is_generational;
    pthread_t owner;
    /// Bytes that Lua holds (written by its own thread alone), and how many it may; 0 for no limit.
    _Atomic size_t used;
    size_t limit;
} clua_runtime;

/// New coroutines inherit a copy of the main thread's extra space, where this is kept.
static inline clua_runtime *clua_runtime_of(lua_State *L) { return *(clua_runtime **)lua_getextraspace(L); }

/// Puts forms of pcall, xpcall and the coroutine functions in place that know of interrupts.
void clua_open_interrupts(lua_State *L);

/// Puts forms of standard functions in place that notice interrupts while they run; what loads code takes text only.
void clua_open_strings(lua_State *L);
void clua_open_tables(lua_State *L);
void clua_open_utf8(lua_State *L);
void clua_open_collector(lua_State *L);
void clua_open_loading(lua_State *L);
void clua_open_format(lua_State *L);
void clua_open_files(lua_State *L);
void clua_open_programs(lua_State *L);
/// Puts forms of the metatable functions in place that keep the modules behind the globals.
void clua_open_globals(lua_State *L);
/// Makes globals that are not defined be looked for in a copy of the table at `index`. The function at `undefined` is told the name, chunk and
/// line where a script reads one that is not there either.
void clua_place_behind_globals(lua_State *L, int index, int undefined);

/// Raises the interrupt if one arrived. For C functions that run long: they call it every few milliseconds, and not at once, since the
/// close handlers that run after an interrupt may call them for something short.
void clua_poll(lua_State *L);

/// Whether the script may read (or write) the file at `path`, in a sandbox or outside one.
bool clua_may_access(lua_State *L, const char *path, bool writes);
/// Raises an error if it may not. NULL stands for standard input and output.
void clua_require_access(lua_State *L, const char *path, bool writes);

/// Makes the finalizer in a metatable, if there is one, stop at an interrupt. Before a value gets the metatable.
void clua_guard_finalizer(lua_State *L, int metatable);

/// Whether the latest SIGINT came from the terminal's Ctrl-C, which reaches the programs started here, too.
bool clua_interrupted_from_terminal(void);
/// How many there were.
unsigned clua_interrupt_count(void);

/// Around closing a state: SIGINT stops its finalizers, and then has its default again if it was for this state.
void clua_begin_ending(clua_runtime *runtime);
void clua_finish_ending(clua_runtime *runtime);
/// Stops the finalizer that runs in a state that is being closed. In the handler of SIGINT.
void clua_interrupt_ending(clua_runtime *runtime);

/// After a failed protected call: says more about a lack of memory than Lua does, if there is a limit to tell of.
void clua_explain_memory(lua_State *L, int status);

/// After a failed protected call: raises the error on top once more if it must not be caught.
void clua_pass_interrupt(lua_State *L);

int clua_trampoline(lua_State *L);

/// Pushes everything in the plan; returns how many values. May raise: no Swift frame may be live.
int clua_perform(lua_State *L, clua_plan *plan);

#endif
