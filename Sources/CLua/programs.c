// os.execute and io.popen in forms that leave Ctrl-C alive: the C library's own ignore it while they wait for the program, so that a loop
// of programs, or one that has nothing to do with the terminal, could not be stopped.
#define _GNU_SOURCE // pipe2

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

// Programs that were left running at an interrupt, to be asked now and then whether they have ended; 0 for a free place.
static pid_t left_behind[64];

static void leave_behind(pid_t child) {
    for (size_t i = 0; i < sizeof left_behind / sizeof *left_behind; i++) {
        pid_t other = left_behind[i];
        if (other && waitpid(other, NULL, WNOHANG) != 0) other = left_behind[i] = 0;
        if (!other && child) {
            left_behind[i] = child;
            child = 0;
        }
    }
}

// Has /bin/sh run the command, with `theirs` (if it is no negative number) in place of its standard input or output. Returns an errno.
static int start(const char *command, int theirs, int standard, pid_t *child) {
    leave_behind(0);
    fflush(NULL);
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_init(&attributes);
    // The program gets the usual answers to signals, blocked or caught as they may be here.
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGQUIT);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&actions);
    if (theirs >= 0) posix_spawn_file_actions_adddup2(&actions, theirs, standard);
    char *words[] = {"sh", "-c", (char *)command, NULL};
    int problem = posix_spawn(child, "/bin/sh", &actions, &attributes, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return problem;
}

// Whether the program ends within a tenth of a second.
static bool ends_soon(pid_t child, int *status) {
    struct timespec moment = {0, 5000000};
    for (int i = 0; i < 20; i++) {
        if (waitpid(child, status, WNOHANG) != 0) return true;
        nanosleep(&moment, NULL);
    }
    return false;
}

// Has it stop, and waits no longer.
static int abandon(pid_t child) {
    int status;
    kill(child, SIGINT);
    if (!ends_soon(child, &status)) leave_behind(child);
    errno = EINTR;
    return -1;
}

// Whether a program has the keyboard for itself, as pagers, editors and other prompts do.
static bool keyboard_is_taken(void) {
    struct termios settings;
    return tcgetattr(STDIN_FILENO, &settings) == 0 && !(settings.c_lflag & ICANON);
}

// Waits for a program; its status, or -1. The terminal's Ctrl-C reaches the program, too: `patient` gives it the time to end in its own
// way, until the next one, and to one that has the keyboard any number. An interrupt that reached this process alone is handed on, and
// then nobody waits any longer.
static int wait_for(lua_State *L, pid_t child, bool patient) {
    int status;
    unsigned first = clua_interrupt_count() + 1;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
        if (!clua_interrupted(L)) continue;
        if (!patient || !clua_interrupted_from_terminal()) return abandon(child);
        // Whoever presses Ctrl-C in a pager does not want to leave from here.
        clua_notice_interrupt();
        if (clua_interrupt_count() != first && !keyboard_is_taken()) return abandon(child);
    }
    errno = 0;
    return status;
}

static int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, NULL);
    if (!command) {
        lua_pushboolean(L, 1);
        return 1;
    }
    pid_t child;
    errno = start(command, -1, 0, &child);
    int status = errno ? -1 : wait_for(L, child, true);
    return status == -1 ? luaL_fileresult(L, 0, NULL) : luaL_execresult(L, status);
}

// A file of the io library and the program at its other end.
typedef struct {
    luaL_Stream stream;
    pid_t child;
    bool reads; // what we write, rather than that we read what it does
} program;

static int close_program(lua_State *L) {
    program *program = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    fclose(program->stream.f);
    // What reads our output may be a pager.
    int status = wait_for(L, program->child, program->reads);
    return status == -1 ? luaL_fileresult(L, 0, NULL) : luaL_execresult(L, status);
}

// Finalizer of files; upvalue: that of the io library. For a program that runs on nobody waits here, but at the end of the script for one
// that still makes something of what it was given.
static int collect_file(lua_State *L) {
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    if (stream->closef != close_program) {
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_insert(L, 1);
        lua_call(L, 1, 0);
        return 0;
    }
    pid_t child = ((program *)stream)->child;
    int status;
    stream->closef = NULL;
    fclose(stream->f);
    bool makes_result = ((program *)stream)->reads && !clua_runtime_of(L)->host->enter;
    if (clua_interrupted(L)) abandon(child);
    else if (makes_result) wait_for(L, child, false);
    else if (waitpid(child, &status, WNOHANG) == 0) leave_behind(child);
    return 0;
}

static int open_program(lua_State *L) {
    const char *command = luaL_checkstring(L, 1);
    const char *mode = luaL_optstring(L, 2, "r");
    luaL_argcheck(L, strcmp(mode, "r") == 0 || strcmp(mode, "w") == 0, 2, "invalid mode");
    bool reads = *mode == 'r';
    program *program = lua_newuserdatauv(L, sizeof *program, 0);
    // Closed, as long as there is nothing to close.
    program->stream.closef = NULL;
    luaL_setmetatable(L, LUA_FILEHANDLE);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return luaL_fileresult(L, 0, command);
    int ours = ends[reads ? 0 : 1], theirs = ends[reads ? 1 : 0];
    program->stream.f = fdopen(ours, mode);
    errno = program->stream.f ? start(command, theirs, reads ? STDOUT_FILENO : STDIN_FILENO, &program->child) : errno;
    int problem = errno;
    close(theirs);
    if (problem) {
        if (program->stream.f) fclose(program->stream.f);
        else close(ours);
        errno = problem;
        return luaL_fileresult(L, 0, command);
    }
    program->reads = !reads;
    program->stream.closef = close_program;
    return 1;
}

void clua_open_programs(lua_State *L) {
    lua_getglobal(L, LUA_OSLIBNAME);
    lua_pushcfunction(L, execute);
    lua_setfield(L, -2, "execute");
    lua_getglobal(L, LUA_IOLIBNAME);
    lua_pushcfunction(L, open_program);
    lua_setfield(L, -2, "popen");
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lua_getfield(L, -1, "__gc");
    lua_pushcclosure(L, collect_file, 1);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 3);
}
