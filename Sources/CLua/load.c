// Compiling source text, in forms that notice interrupts and take no compiled code: Lua trusts what looks like its own bytecode, and
// bytecode made by hand can do anything to the process.
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 65536

typedef struct {
    const char *bytes;
    size_t count;
    size_t done;
} text_source;

static const char *next_part(lua_State *L, void *context, size_t *size) {
    text_source *source = context;
    // Not before the first part: a close handler that runs after an interrupt may load something short.
    if (source->done) clua_poll(L);
    size_t left = source->count - source->done;
    *size = left < BLOCK ? left : BLOCK;
    const char *part = source->bytes + source->done;
    source->done += *size;
    return *size ? part : NULL;
}

int clua_load(lua_State *L, const char *bytes, size_t count, const char *name) {
    text_source source = {bytes, count, 0};
    return lua_load(L, next_part, &source, name, "t");
}

// The mode that Lua is told: text if that is among what the script allows, nothing otherwise.
static const char *text_mode(const char *mode) { return !mode || strchr(mode, 't') ? "t" : "-"; }

// Where the message on top speaks of the mode that Lua was told: puts the one that the script meant, or says why compiled code is refused.
static void explain_mode(lua_State *L, const char *mode) {
    const char *message = lua_tostring(L, -1);
    if (!message) return;
    if (strcmp(message, "attempt to load a text chunk (mode is '-')") == 0) {
        lua_pushfstring(L, "attempt to load a text chunk (mode is '%s')", mode);
    } else if (strncmp(message, "attempt to load a binary chunk (mode is '", 41) == 0) {
        lua_pushliteral(L, "attempt to load a binary chunk (only source text is loaded)");
    } else {
        return;
    }
    lua_replace(L, -2);
}

// Ends a loading function: the chunk with its environment, or nil and the message.
static int loaded(lua_State *L, int status, const char *mode, int environment) {
    if (status != LUA_OK) {
        clua_pass_interrupt(L);
        explain_mode(L, mode);
        luaL_pushfail(L);
        lua_insert(L, -2);
        return 2;
    }
    if (environment) {
        lua_pushvalue(L, environment);
        if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    }
    return 1;
}

// Where the last piece that a script's reader returned is kept from the collector.
#define PIECE 5

static const char *next_piece(lua_State *L, void *unused, size_t *size) {
    (void)unused;
    luaL_checkstack(L, 2, "too many nested functions");
    lua_pushvalue(L, 1);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        *size = 0;
        return NULL;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "reader function must return a string");
    lua_replace(L, PIECE);
    return lua_tolstring(L, PIECE, size);
}

static int load_chunk(lua_State *L) {
    const char *text = lua_tostring(L, 1);
    const char *mode = luaL_optstring(L, 3, "bt");
    int environment = lua_isnone(L, 4) ? 0 : 4;
    if (text) {
        text_source source = {text, lua_rawlen(L, 1), 0};
        const char *name = luaL_optstring(L, 2, text);
        return loaded(L, lua_load(L, next_part, &source, name, text_mode(mode)), mode, environment);
    }
    const char *name = luaL_optstring(L, 2, "=(load)");
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, PIECE);
    return loaded(L, lua_load(L, next_piece, NULL, name, text_mode(mode)), mode, environment);
}

typedef struct {
    FILE *file;
    size_t blocks;
    bool starts_line; // a heading was skipped; its line still counts
    char block[BLOCK];
} file_source;

static const char *next_block(lua_State *L, void *context, size_t *size) {
    file_source *source = context;
    if (source->starts_line) {
        source->starts_line = false;
        *size = 1;
        return "\n";
    }
    if (source->blocks++) clua_poll(L);
    if (feof(source->file)) return NULL;
    *size = fread(source->block, 1, BLOCK, source->file);
    return source->block;
}

// Skips a byte-order mark and a first line that begins with #.
static void skip_heading(file_source *source) {
    int first = getc(source->file);
    for (const char *mark = "\xEF\xBB\xBF"; *mark && first == (unsigned char)*mark; mark++) first = getc(source->file);
    if (first == '#') {
        source->starts_line = true;
        while (first != EOF && first != '\n') first = getc(source->file);
    } else if (first != EOF) {
        ungetc(first, source->file);
    }
}

static int file_problem(lua_State *L, const char *verb, const char *path, int problem) {
    lua_pushfstring(L, "cannot %s %s: %s", verb, path, strerror(problem));
    return LUA_ERRFILE;
}

// Compiles a file, or standard input if `path` is NULL. Pushes the chunk or the message.
static int load_file(lua_State *L, const char *path, const char *mode) {
    if (path) lua_pushfstring(L, "@%s", path);
    else lua_pushliteral(L, "=stdin");
    int name = lua_gettop(L);
    // As a userdata, because the block is large for a stack of C.
    file_source *source = lua_newuserdatauv(L, sizeof *source, 0);
    source->blocks = 0;
    source->starts_line = false;
    source->file = path ? fopen(path, "r") : stdin;
    int status;
    if (!source->file) {
        status = file_problem(L, "open", path, errno);
    } else {
        errno = 0;
        skip_heading(source);
        // Nothing raises between opening and closing: lua_load catches what its reader raises.
        status = lua_load(L, next_block, source, lua_tostring(L, name), mode);
        int problem = ferror(source->file) ? errno : 0;
        if (path) fclose(source->file);
        if (problem) {
            lua_settop(L, name + 1);
            status = file_problem(L, "read", lua_tostring(L, name) + 1, problem);
        }
    }
    lua_replace(L, name);
    lua_settop(L, name);
    return status;
}

static int load_file_chunk(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    const char *mode = luaL_optstring(L, 2, NULL);
    int environment = lua_isnone(L, 3) ? 0 : 3;
    clua_require_access(L, path, false);
    return loaded(L, load_file(L, path, text_mode(mode)), mode, environment);
}

static int count_results(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L) - 1;
}

static int do_file(lua_State *L) {
    const char *path = luaL_optstring(L, 1, NULL);
    lua_settop(L, 1);
    clua_require_access(L, path, false);
    if (load_file(L, path, "t") != LUA_OK) {
        explain_mode(L, "t");
        return lua_error(L);
    }
    lua_callk(L, 0, LUA_MULTRET, 0, count_results);
    return count_results(L, 0, 0);
}

// Where the file of a module would be: pushes the first one that can be read, or nil and a list of those that were tried.
static int search_path(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    const char *path = luaL_checkstring(L, 2);
    const char *separator = luaL_optstring(L, 3, ".");
    const char *replacement = luaL_optstring(L, 4, LUA_DIRSEP);
    if (*separator && strchr(name, *separator)) name = luaL_gsub(L, name, separator, replacement);
    luaL_Buffer tried;
    luaL_buffinit(L, &tried);
    const char *joint = "no file '";
    for (const char *template = path; *template;) {
        size_t length = strcspn(template, ";");
        if (length > 0) {
            lua_pushlstring(L, template, length);
            luaL_gsub(L, lua_tostring(L, -1), "?", name);
            lua_remove(L, -2);
            const char *file = lua_tostring(L, -1);
            FILE *found = clua_may_access(L, file, false) ? fopen(file, "r") : NULL;
            if (found) {
                fclose(found);
                return 1;
            }
            lua_pushfstring(L, "%s%s'", joint, file);
            lua_remove(L, -2);
            luaL_addvalue(&tried);
            joint = "\n\tno file '";
        }
        template += length + (template[length] == ';');
    }
    luaL_pushresult(&tried);
    luaL_pushfail(L);
    lua_insert(L, -2);
    return 2;
}

// How `require` finds a module written in Lua. Upvalue: the package table.
static int search_module(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    lua_pushcfunction(L, search_path);
    lua_pushvalue(L, 1);
    lua_getfield(L, lua_upvalueindex(1), "path");
    if (!lua_isstring(L, -1)) return luaL_error(L, "'package.path' must be a string");
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2)) return 1;
    lua_pop(L, 1);
    if (load_file(L, lua_tostring(L, -1), "t") == LUA_OK) {
        lua_insert(L, -2);
        return 2;
    }
    clua_pass_interrupt(L);
    explain_mode(L, "t");
    return luaL_error(
        L, "error loading module '%s' from file '%s':\n\t%s", name, lua_tostring(L, -2), lua_tostring(L, -1));
}

void clua_open_loading(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"load", load_chunk}, {"loadfile", load_file_chunk}, {"dofile", do_file}, {NULL, NULL}};
    lua_pushglobaltable(L);
    luaL_setfuncs(L, functions, 0);
    lua_getfield(L, -1, LUA_LOADLIBNAME);
    lua_pushcfunction(L, search_path);
    lua_setfield(L, -2, "searchpath");
    lua_getfield(L, -1, "searchers");
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, search_module, 1);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 3);
}
