#define _DEFAULT_SOURCE // madvise

#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <string.h>

static int open_libraries(lua_State *L) {
    luaL_openlibs(L);
    clua_open_interrupts(L);
    clua_open_strings(L);
    clua_open_tables(L);
    clua_open_utf8(L);
    clua_open_collector(L);
    clua_open_loading(L);
    clua_open_format(L);
    clua_open_files(L);
    clua_open_programs(L);
    clua_open_globals(L);
    return 0;
}

static size_t used(clua_runtime *runtime) { return atomic_load_explicit(&runtime->used, memory_order_relaxed); }

static void set_used(clua_runtime *runtime, size_t bytes) {
    atomic_store_explicit(&runtime->used, bytes, memory_order_relaxed);
}

static bool may_grow(clua_runtime *runtime, size_t growth) {
    if (runtime->limit && growth > runtime->limit - used(runtime)) return false;
    return !runtime->host || !runtime->host->may_hold || runtime->host->may_hold(used(runtime) + growth);
}

// What malloc takes from the system for a block: eight bytes of its own, in steps of sixteen. Of small tables that is a quarter more.
static size_t footprint(size_t size) {
    if (size == 0) return 0;
    return size <= 24 ? 32 : (size + 8 + 15) / 16 * 16;
}

// From here on a block takes so long to get its pages that an interrupt must be seen meanwhile.
#define LARGE ((size_t)64 << 20)

// Has the system give the pages of a large block now rather than during a copy that nothing can stop. False at an interrupt.
static bool fetch_pages(clua_runtime *runtime, char *block, size_t from, size_t to) {
    size_t page = 4096, step = (size_t)2 << 20;
    uintptr_t first = ((uintptr_t)block + step - 1) / step * step;
    uintptr_t last = ((uintptr_t)block + to) / step * step;
    // Pages of 2 MB cost a tenth; refused, they are only slower.
    if (first < last) madvise((void *)first, last - first, MADV_HUGEPAGE);
    for (size_t position = from; position < to; position += page) {
        ((volatile char *)block)[position] = 0;
        if (position % step < page && atomic_load_explicit(&runtime->interrupted, memory_order_relaxed)) return false;
    }
    return true;
}

static void *allocate(void *context, void *block, size_t old_size, size_t size) {
    clua_runtime *runtime = context;
    // For a new block Lua passes what kind of thing it is for.
    if (!block) old_size = 0;
    size_t released = footprint(old_size), taken = footprint(size);
    if (size == 0) {
        free(block);
        set_used(runtime, used(runtime) - released);
        return NULL;
    }
    if (taken > released && !may_grow(runtime, taken - released)) return NULL;
    if (!block && size >= LARGE) {
        // To scripts an interrupt here is a lack of memory; the protected call that gets the error sees what it was.
        char *large = atomic_load(&runtime->interrupted) ? NULL : malloc(size);
        if (large && !fetch_pages(runtime, large, 0, size)) {
            free(large);
            large = NULL;
        }
        if (large) set_used(runtime, used(runtime) + taken);
        return large;
    }
    void *moved = realloc(block, size);
    if (moved) set_used(runtime, used(runtime) + taken - released);
    // What has grown gets its new pages. At an interrupt it stays as it is: whoever fills it looks, too.
    if (moved && size >= LARGE && size > old_size) fetch_pages(runtime, moved, old_size, size);
    return moved;
}

size_t clua_memory(lua_State *L) { return used(clua_runtime_of(L)); }

void clua_limit_memory(lua_State *L, size_t limit) {
    clua_runtime *runtime = clua_runtime_of(L);
    // Never below what is held already: the room that is left must not be negative.
    runtime->limit = limit && limit < used(runtime) ? used(runtime) : limit;
}

void clua_collect(lua_State *L) { lua_gc(L, LUA_GCCOLLECT); }

static const char memory_message_key = 0;

int clua_set_memory_message(lua_State *L) {
    lua_rawsetp(L, LUA_REGISTRYINDEX, &memory_message_key);
    return 0;
}

void clua_explain_memory(lua_State *L, int status) {
    if (status != LUA_ERRMEM) return;
    // Made beforehand: there may be no room for it now.
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &memory_message_key) == LUA_TSTRING) lua_replace(L, -2);
    else lua_pop(L, 1);
}

lua_State *clua_open(clua_host *host) {
    clua_runtime *runtime = calloc(1, sizeof *runtime);
    if (!runtime) return NULL;
    lua_State *L = lua_newstate(allocate, runtime);
    if (!L) {
        free(runtime);
        return NULL;
    }
    runtime->host = host;
    runtime->grace = CLUA_GRACE;
    runtime->owner = pthread_self();
    runtime->main = L;
    atomic_init(&runtime->running, L);
    *(clua_runtime **)lua_getextraspace(L) = runtime;
    lua_pushcfunction(L, open_libraries);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        clua_close(L);
        return NULL;
    }
    return L;
}

void clua_close(lua_State *L) {
    clua_runtime *runtime = clua_runtime_of(L);
    clua_begin_ending(runtime);
    lua_close(L);
    clua_finish_ending(runtime);
    free(runtime);
}

// Objects.

static clua_box *box_at(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(clua_box)) return NULL;
    clua_box *box = lua_touserdata(L, index);
    if (box->magic != CLUA_MAGIC || !lua_getmetatable(L, index)) return NULL;
    bool ours = lua_rawgetp(L, -1, &clua_class_key) == LUA_TBOOLEAN;
    lua_pop(L, 2);
    return ours ? box : NULL;
}

void *clua_object(lua_State *L, int index) {
    if (!lua_checkstack(L, 3)) return NULL;
    clua_box *box = box_at(L, index);
    return box ? box->object : NULL;
}

static int collect(lua_State *L) {
    clua_box *box = box_at(L, 1);
    if (box && box->object) {
        void *object = box->object;
        box->object = NULL;
        clua_runtime_of(L)->host->release(object);
    }
    return 0;
}

// Upvalues: methods, fallback. A method is found without entering Swift.
static int index_object(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    if (lua_isnil(L, lua_upvalueindex(2))) return 1;
    lua_pop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}

int clua_define_class(lua_State *L) {
    const void *key = lua_touserdata(L, 1);
    if (!key) key = (const void *)(intptr_t)lua_tointeger(L, 1);
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 4);
    lua_pushcclosure(L, index_object, 2);
    lua_setfield(L, 2, "__index");
    lua_pushcfunction(L, collect);
    lua_setfield(L, 2, "__gc");
    lua_pushboolean(L, 1);
    lua_rawsetp(L, 2, &clua_class_key);
    lua_pushvalue(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
    return 0;
}

const void *clua_signature(lua_State *L, int index) {
    if (lua_tocfunction(L, index) != clua_trampoline || !lua_checkstack(L, 1)) return NULL;
    lua_getupvalue(L, index, 1);
    const void *signature = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return signature;
}

// A module that can be called hands its arguments on without itself. Upvalue: the function.
static int call_module(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_replace(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

// Modules stand behind the globals, so that a script's own `data = ...` hides one and `data = nil` brings it back.
int clua_define_modules(lua_State *L) {
    enum { tables = 1, callables, names, missing, undefined, loaded };
    lua_settop(L, 5);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);

    clua_place_behind_globals(L, tables, undefined);
    lua_pushvalue(L, tables);
    lua_setfield(L, loaded, "cohort");
    int count = (int)lua_rawlen(L, names);
    luaL_checkstack(L, count + 6, "too many modules");
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(L, names, i);
        const char *name = lua_tostring(L, -1);
        lua_getfield(L, tables, name);
        lua_remove(L, -2);
        lua_createtable(L, 0, 2);
        lua_getfield(L, missing, name);
        lua_setfield(L, -2, "__index");
        if (lua_getfield(L, callables, name) != LUA_TNIL) {
            lua_pushcclosure(L, call_module, 1);
            lua_setfield(L, -2, "__call");
        } else {
            lua_pop(L, 1);
        }
        lua_setmetatable(L, -2);
        lua_pushfstring(L, "cohort.%s", name);
        lua_pushvalue(L, -2);
        lua_settable(L, loaded);
    }
    return count;
}

int clua_set_global(lua_State *L) {
    lua_setglobal(L, lua_tostring(L, 1));
    return 0;
}

int clua_global(lua_State *L) {
    lua_getglobal(L, lua_tostring(L, 1));
    return 1;
}

int clua_remember(lua_State *L) {
    char name[] = "_9";
    char before[] = "_8";
    lua_settop(L, 1);
    lua_pushglobaltable(L);
    for (; before[1] >= '1'; name[1]--, before[1]--) {
        lua_pushstring(L, name);
        lua_pushstring(L, before);
        lua_rawget(L, 2);
        lua_rawset(L, 2);
    }
    lua_pushstring(L, "_1");
    lua_pushvalue(L, 1);
    lua_rawset(L, 2);
    lua_pushstring(L, "_");
    lua_pushvalue(L, 1);
    lua_rawset(L, 2);
    return 0;
}

int clua_own_globals(lua_State *L) {
    lua_settop(L, 1);
    lua_pushglobaltable(L);
    lua_newtable(L);
    lua_Integer found = 0;
    for (lua_Unsigned i = 1; i <= lua_rawlen(L, 1); i++) {
        lua_rawgeti(L, 1, (lua_Integer)i);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 2) != LUA_TNIL) {
            lua_pop(L, 1);
            lua_rawseti(L, 3, ++found);
        } else {
            lua_pop(L, 2);
        }
    }
    return 1;
}

bool clua_push_variable(lua_State *L, const char *name) {
    lua_Debug frame;
    if (!lua_checkstack(L, 4) || !lua_getstack(L, 1, &frame)) return false;
    bool found = false;
    const char *other;
    lua_pushnil(L);
    int place = lua_gettop(L);
    // Of several locals with one name the last is the one in sight.
    for (int i = 1; (other = lua_getlocal(L, &frame, i)); i++) {
        if (strcmp(other, name) == 0) {
            lua_replace(L, place);
            found = true;
        } else {
            lua_pop(L, 1);
        }
    }
    if (found) return true;
    lua_getinfo(L, "f", &frame);
    for (int i = 1; !found && (other = lua_getupvalue(L, place + 1, i)); i++) {
        if (strcmp(other, name) == 0) {
            lua_replace(L, place);
            found = true;
        } else {
            lua_pop(L, 1);
        }
    }
    lua_settop(L, found ? place : place - 1);
    return found;
}

int clua_reseed(lua_State *L) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, LUA_MATHLIBNAME);
    lua_getfield(L, -1, "randomseed");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 0);
    return 0;
}

void clua_write_standard(const void *bytes, size_t count, bool is_error) { fwrite(bytes, 1, count, is_error ? stderr : stdout); }
