// The C side of Cohort's Lua layer: the only code that raises a Lua error.
//
// lua_error unwinds with longjmp, which leaves every object of a skipped Swift frame alive for ever; memory errors jump in the same
// way. So Swift plans and C performs: Swift reads its arguments with calls that neither raise nor allocate, writes down what to
// push as a flat list of items (a plan) and returns; only then does C push, allocate or raise. A jump out of the performing code
// crosses no Swift frame, and what the plan still owns is found and released at the next call.
#ifndef CLUA_H
#define CLUA_H

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    CLUA_NIL,
    CLUA_BOOLEAN,    // payload.integer
    CLUA_INTEGER,    // payload.integer
    CLUA_NUMBER,     // payload.number
    CLUA_STRING,     // payload.offset into the plan's bytes, extent.count bytes
    CLUA_LIST,       // extent.count items follow
    CLUA_RECORD,     // extent.count pairs of items follow: key, value
    CLUA_OBJECT,     // payload.object, one reference owned by the plan until it is performed; extent.key names the class
    CLUA_SINGLE,     // the same; of its class there is one object, made when it is first needed
    CLUA_REFERENCE,  // payload.integer in the registry
    CLUA_FUNCTION,   // payload.object: the signature of a native function
    CLUA_BUILTIN,    // payload.builtin: a C function
    CLUA_ARGUMENT,   // payload.integer: an index of the calling function's stack
} clua_kind;

/// One thing to push.
typedef struct {
    clua_kind kind;
    union {
        size_t count;
        const void *key;
    } extent;
    union {
        lua_Integer integer;
        lua_Number number;
        size_t offset;
        void *object;
        lua_CFunction builtin;
    } payload;
} clua_item;

/// How a native call ended.
typedef enum {
    CLUA_RETURNED,
    CLUA_RAISED,       // one item: the message; the script's position is put before it
    CLUA_RAISED_AS_IS, // one item: the error value of a Lua function that Swift had called
    CLUA_STOPPED,      // cancelled: cannot be caught by the script
} clua_status;

/// What C is to push after Swift has returned. The memory belongs to Swift.
typedef struct {
    clua_item *items;
    size_t count;   // items at the top level; nested ones follow their parent
    const char *bytes;
    clua_status status;
    int charge;     // kilobytes of native memory taken since the last call, for the collector
} clua_plan;

/// The Swift functions that C calls. None of them raises.
typedef struct {
    /// Runs a native function. `frame` is the address of the C frame that will perform the plan.
    clua_plan *(*enter)(void *context, lua_State *L, const void *signature, const void *frame);
    /// The plan was performed. Not called for one without items, whose call ends when the next begins.
    void (*leave)(void *context, clua_plan *plan);
    /// Releases one reference to an object.
    void (*release)(void *object);
    /// Takes what a script writes to standard output or error; NULL for the streams of the C library themselves.
    void (*write)(void *context, const char *bytes, size_t count, bool is_error);
    /// Whether a script in the sandbox may read or write the file at `path`.
    bool (*may_access)(void *context, const char *path, bool writes);
    /// Whether Lua may hold `bytes`, beside what native values hold; NULL for no such limit. Called by the allocator.
    bool (*may_hold)(size_t bytes);
    /// Sets the flag that native loops poll. Called in a signal handler.
    void (*cancel)(void *cancellation);
    void *context;
    void *cancellation;
} clua_host;

/// A Lua state with the standard libraries; NULL when there is no memory for it. `host` must outlive it.
lua_State *clua_open(clua_host *host);

/// Ends a state: collects everything, running the finalizers.
void clua_close(lua_State *L);

/// Bytes that Lua itself holds.
size_t clua_memory(lua_State *L);
/// How many it may hold; 0 for as many as there are. Beyond, scripts get Lua's memory error.
void clua_limit_memory(lua_State *L, size_t limit);

/// Pushes everything in `plan`, the first item being a function, and calls it with the others. Protected: returns a Lua status; the
/// results or the error value are above the old top. With `traceback`, a failure's stack trace is kept for `clua_push_traceback`.
int clua_invoke(lua_State *L, clua_plan *plan, bool traceback);

/// Pushes the stack trace of the last failed `clua_invoke` (a string) or nil.
void clua_push_traceback(lua_State *L);

/// Builtins, for plans.
/// Takes the key, metatable, methods and fallback (a function) of a class.
int clua_define_class(lua_State *L);
/// Takes a record of modules and functions, a record of functions that make modules callable, the modules' names, a record of functions that
/// answer for members a module does not have, and a function that is told of globals that nothing defines (name, chunk, line). Puts the first
/// behind the globals and the modules where `require` finds them; returns the modules in the order of the names.
int clua_define_modules(lua_State *L);
/// Takes a name and a value.
int clua_set_global(lua_State *L);
/// Takes a name, returns the value of that global.
int clua_global(lua_State *L);
/// Takes a value and puts it into the globals `_` and `_1`, raw; what was in `_1` to `_8` moves one on.
int clua_remember(lua_State *L);
/// Takes a list of names and returns those that are globals by themselves, raw.
int clua_own_globals(lua_State *L);
/// Pushes what the local variable (or upvalue) `name` holds in the Lua function that called the running native one; false, with nothing
/// pushed, if it has none. Allocates nothing.
bool clua_push_variable(lua_State *L, const char *name);
/// Takes from the standard libraries what reaches out of the session; what touches files asks the host from then on.
int clua_enter_sandbox(lua_State *L);
/// Takes the message that replaces Lua's own when memory is used up.
int clua_set_memory_message(lua_State *L);
/// Takes an integer, from which `math.random` starts anew.
int clua_reseed(lua_State *L);
/// Takes a value, returns what `tostring` would.
int clua_tostring(lua_State *L);
/// Takes a value; returns what its `__tostring` or, for a userdata, `tostring` says, and nil for other values.
int clua_own_text(lua_State *L);

/// Calls the function below the top `count` values, which are its arguments. Protected, with the results or the error left in their place.
int clua_apply(lua_State *L, int count);
/// Keeps the value at `index` in the registry. Protected: LUA_NOREF when there is no memory for it.
int clua_reference(lua_State *L, int index);
/// Pushes the referenced value; never allocates.
void clua_push_reference(lua_State *L, int reference);
/// Gives a reference back; never allocates.
void clua_release_reference(lua_State *L, int reference);
/// Pushes the table of globals.
void clua_push_globals(lua_State *L);
/// Collects everything that nothing refers to.
void clua_collect(lua_State *L);
/// Takes `count` values off the stack.
void clua_pop(lua_State *L, int count);

/// The signature of the native function at `index`, or NULL.
const void *clua_signature(lua_State *L, int index);
/// The object at `index` if it is one of ours (told by its metatable, which scripts cannot reach), or NULL.
void *clua_object(lua_State *L, int index);

/// Loads source text; the chunk or the message is pushed. Binary chunks are refused. An interrupt ends it with LUA_ERRRUN.
int clua_load(lua_State *L, const char *bytes, size_t count, const char *name);
/// How many bytes of a source text the compiler reads until it ends or meets its first error. Leaves the stack as it was.
size_t clua_compiled_extent(lua_State *L, const char *bytes, size_t count);

// Interrupts. A hook is armed only when one arrives: a permanent one would cost every script 2.6 times its time.

/// Stops what the state runs at its next instruction, coroutines included, and lets nothing in the script catch that. On the state's own
/// thread only; safe in a signal handler.
void clua_interrupt(lua_State *L);
/// Forgets an interrupt, before new work begins.
void clua_forget_interrupt(lua_State *L);
/// Somebody saw the interrupt and acts on it: the next one is the first again.
void clua_notice_interrupt(void);
/// Whether an interrupt arrived since it was last forgotten.
bool clua_interrupted(lua_State *L);

/// Makes SIGINT interrupt `L`, on whichever thread it arrives. With `leaves`, a second one within two seconds calls `before_exit` on a
/// thread of its own and ends the process with code 130; without, the same comes of the third where nothing noticed the first for two
/// seconds: the second says so. Returns 0 or an errno. NULL for `L` gives SIGINT its default back.
int clua_catch_sigint(lua_State *L, bool leaves, void (*before_exit)(void));

/// A number as Lua writes it. `buffer` holds at least 64 bytes; returns the length.
size_t clua_number_text(double value, char *buffer);

/// Writes to the C library's stream of standard output or error, in order with others that do.
void clua_write_standard(const void *bytes, size_t count, bool is_error);

/// The longest way down into nested values that is followed.
#define CLUA_DEPTH_LIMIT 100

#endif
