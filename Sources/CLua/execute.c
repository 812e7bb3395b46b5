// os.execute in a form that leaves Ctrl-C alive: the C library's own ignores it while the program runs, so that a loop of programs
// could not be stopped.
#define _POSIX_C_SOURCE 200809L

#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

static int run(const char *command) {
    fflush(NULL);
    posix_spawnattr_t attributes;
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_init(&attributes);
    // The program gets the usual answers to signals, blocked or caught as they may be here.
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGQUIT);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char *words[] = {"sh", "-c", (char *)command, NULL};
    pid_t child;
    int problem = posix_spawn(&child, "/bin/sh", NULL, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    if (problem) {
        errno = problem;
        return -1;
    }
    int status;
    // The terminal sends Ctrl-C to the program, too; what it does with it is its own affair.
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return -1;
    }
    return status;
}

static int execute(lua_State *L) {
    const char *command = luaL_optstring(L, 1, NULL);
    if (!command) {
        lua_pushboolean(L, 1);
        return 1;
    }
    errno = 0;
    int status = run(command);
    return status == -1 ? luaL_fileresult(L, 0, NULL) : luaL_execresult(L, status);
}

void clua_open_execute(lua_State *L) {
    lua_getglobal(L, LUA_OSLIBNAME);
    lua_pushcfunction(L, execute);
    lua_setfield(L, -2, "execute");
    lua_pop(L, 1);
}
