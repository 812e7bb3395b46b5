#include "internal.h"

#include <stdio.h>
#include <string.h>

// Addresses serve as registry keys that no script can make.
const char clua_class_key = 0;
static const char traceback_key = 0;

// Room for a table that is about to be filled. Lua takes it as an int.
static int room(size_t count) { return count < 1 << 26 ? (int)count : 1 << 26; }

static void push_object(lua_State *L, clua_item *item) {
    clua_box *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->magic = CLUA_MAGIC;
    box->object = NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, item->extent.key);
    lua_setmetatable(L, -2);
    // The last step cannot fail: the reference has exactly one owner at every moment.
    box->object = item->payload.object;
    item->payload.object = NULL;
}

static clua_item *push(lua_State *L, const clua_plan *plan, clua_item *item, int base) {
    luaL_checkstack(L, 4, "value nested too deeply");
    // Items lie next to each other: this looks at the interrupt once in some thousands.
    if (((uintptr_t)item / sizeof *item & 0xfff) == 0) clua_poll(L);
    switch (item->kind) {
    case CLUA_NIL: lua_pushnil(L); break;
    case CLUA_BOOLEAN: lua_pushboolean(L, item->payload.integer != 0); break;
    case CLUA_INTEGER: lua_pushinteger(L, item->payload.integer); break;
    case CLUA_NUMBER: lua_pushnumber(L, item->payload.number); break;
    case CLUA_STRING: lua_pushlstring(L, plan->bytes + item->payload.offset, item->extent.count); break;
    case CLUA_REFERENCE: clua_push_reference(L, (int)item->payload.integer); break;
    case CLUA_BUILTIN: lua_pushcfunction(L, item->payload.builtin); break;
    case CLUA_ARGUMENT: lua_pushvalue(L, base + (int)item->payload.integer); break;
    case CLUA_FUNCTION:
        lua_pushlightuserdata(L, item->payload.object);
        lua_pushcclosure(L, clua_trampoline, 1);
        break;
    case CLUA_OBJECT: push_object(L, item); break;
    case CLUA_SINGLE:
        if (lua_rawgetp(L, LUA_REGISTRYINDEX, (const char *)item->extent.key + 1) != LUA_TNIL) break;
        lua_pop(L, 1);
        push_object(L, item);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, (const char *)item->extent.key + 1);
        break;
    case CLUA_LIST: {
        size_t count = item->extent.count;
        lua_createtable(L, room(count), 0);
        clua_item *next = item + 1;
        for (size_t i = 1; i <= count; i++) {
            next = push(L, plan, next, base);
            lua_rawseti(L, -2, (lua_Integer)i);
        }
        return next;
    }
    case CLUA_RECORD: {
        size_t count = item->extent.count;
        lua_createtable(L, 0, room(count));
        clua_item *next = item + 1;
        for (size_t i = 0; i < count; i++) {
            next = push(L, plan, next, base);
            next = push(L, plan, next, base);
            lua_rawset(L, -3);
        }
        return next;
    }
    }
    return item + 1;
}

int clua_perform(lua_State *L, clua_plan *plan) {
    int base = 0;
    luaL_checkstack(L, plan->count < 1000000 ? (int)plan->count : 1000000, "too many results");
    clua_item *next = plan->items;
    for (size_t i = 0; i < plan->count; i++) next = push(L, plan, next, base);
    return (int)plan->count;
}

// Puts "script.lua:12: " before the message on top. The nearest Lua function is named, so that pcall(f) says where, too.
static void prefix_position(lua_State *L) {
    lua_Debug frame;
    for (int level = 1; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frame.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
            lua_insert(L, -2);
            lua_concat(L, 2);
            return;
        }
    }
}

int clua_trampoline(lua_State *L) {
    clua_host *host = clua_runtime_of(L)->host;
    const void *signature = lua_touserdata(L, lua_upvalueindex(1));
    // Finalizers of the script run once more while the state is closed.
    if (!host->enter) return luaL_error(L, "the session is ending");
    // The debug library can take the signature away.
    if (!signature) return luaL_error(L, "this function was taken apart");
    clua_plan *plan = host->enter(host->context, L, signature, __builtin_frame_address(0));
    clua_status status = plan->status;
    int charge = plan->charge;
    int results = 0;
    // A call that leaves nothing behind ends when the next begins.
    if (plan->count > 0) {
        results = clua_perform(L, plan);
        host->leave(host->context, plan);
    }
    if (charge > 0) lua_gc(L, LUA_GCSTEP, charge);
    switch (status) {
    case CLUA_RETURNED: return results;
    case CLUA_RAISED: prefix_position(L); break;
    case CLUA_STOPPED:
        // Whoever set the cancellation without a signal means the script, too.
        clua_interrupt(L);
        break;
    case CLUA_RAISED_AS_IS: break;
    }
    return lua_error(L);
}

// Protected calls from Swift.

static int keep_traceback(lua_State *L) {
    luaL_traceback(L, L, NULL, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
    lua_settop(L, 1);
    return 1;
}

static int invoke(lua_State *L) {
    clua_plan *plan = lua_touserdata(L, 1);
    lua_settop(L, 0);
    int count = clua_perform(L, plan);
    lua_call(L, count - 1, LUA_MULTRET);
    return lua_gettop(L);
}

int clua_invoke(lua_State *L, clua_plan *plan, bool traceback) {
    if (!lua_checkstack(L, 8)) {
        // There is always room for one value: LUA_MINSTACK is guaranteed to C functions.
        lua_pushnil(L);
        return LUA_ERRMEM;
    }
    int handler = 0;
    if (traceback) {
        lua_pushnil(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
        lua_pushcfunction(L, keep_traceback);
        handler = lua_gettop(L);
    }
    lua_pushcfunction(L, invoke);
    lua_pushlightuserdata(L, plan);
    int status = lua_pcall(L, 1, LUA_MULTRET, handler);
    clua_explain_memory(L, status);
    if (handler) lua_remove(L, handler);
    return status;
}

void clua_push_traceback(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &traceback_key); }

int clua_apply(lua_State *L, int count) {
    int status = lua_pcall(L, count, LUA_MULTRET, 0);
    clua_explain_memory(L, status);
    return status;
}

static int anchor(lua_State *L) {
    lua_settop(L, 1);
    lua_pushinteger(L, luaL_ref(L, LUA_REGISTRYINDEX));
    return 1;
}

int clua_reference(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (!lua_checkstack(L, 3)) return LUA_NOREF;
    lua_pushcfunction(L, anchor);
    lua_pushvalue(L, index);
    int status = lua_pcall(L, 1, 1, 0);
    int reference = status == LUA_OK ? (int)lua_tointeger(L, -1) : LUA_NOREF;
    lua_pop(L, 1);
    return reference;
}

int clua_tostring(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    return 1;
}

int clua_own_text(lua_State *L) {
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL && lua_type(L, 1) != LUA_TUSERDATA) return 0;
    lua_settop(L, 1);
    luaL_tolstring(L, 1, NULL);
    return 1;
}

void clua_push_reference(lua_State *L, int reference) { lua_rawgeti(L, LUA_REGISTRYINDEX, reference); }

void clua_release_reference(lua_State *L, int reference) {
    if (lua_checkstack(L, 4)) luaL_unref(L, LUA_REGISTRYINDEX, reference);
}

void clua_push_globals(lua_State *L) { lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS); }

void clua_pop(lua_State *L, int count) { lua_settop(L, -count - 1); }

typedef struct {
    const char *bytes;
    size_t count;
    size_t read;
} byte_source;

static const char *next_byte(lua_State *L, void *context, size_t *size) {
    (void)L;
    byte_source *source = context;
    *size = source->read < source->count ? 1 : 0;
    return *size ? source->bytes + source->read++ : NULL;
}

// Lua says only in which line an error is. Fed byte by byte, it shows where it stopped.
size_t clua_compiled_extent(lua_State *L, const char *bytes, size_t count) {
    if (!lua_checkstack(L, 1)) return 0;
    byte_source source = {bytes, count, 0};
    lua_load(L, next_byte, &source, "=", "t");
    lua_pop(L, 1);
    return source.read;
}

size_t clua_number_text(double value, char *buffer) {
    int length = snprintf(buffer, 60, "%.14g", value);
    if (buffer[strspn(buffer, "-0123456789")] == '\0') {
        buffer[length++] = '.';
        buffer[length++] = '0';
        buffer[length] = '\0';
    }
    return (size_t)length;
}
