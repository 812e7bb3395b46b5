// Ctrl-C. The handler touches only atomics, the hook of the running thread of Lua, and a semaphore; a thread of its own does the rest.
#define _POSIX_C_SOURCE 200809L

#include "internal.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static _Atomic(clua_runtime *) target;
static _Atomic(lua_State *) target_state;
// A state that is being closed: its finalizers may run long. It need not be the target any more.
static _Atomic(clua_runtime *) ending;
// Held while the watcher uses the target, and to take it away. Never in the handler.
static pthread_mutex_t target_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool leaves_at_second;
static _Atomic int64_t last_signal;
static atomic_bool from_terminal;
static atomic_uint signals;

static sem_t wake;
static atomic_bool must_leave;
static void (*leaving)(void);

// Whether nobody has acted yet on the latest signal. At a prompt: when the first of those came, and when we said what the next one does;
// 0 for not.
static atomic_bool unheeded;
static _Atomic int64_t unheeded_since;
static _Atomic int64_t warned_at;

void clua_notice_interrupt(void) {
    atomic_store(&unheeded, false);
    atomic_store(&unheeded_since, 0);
    atomic_store(&warned_at, 0);
}

bool clua_interrupted_from_terminal(void) { return atomic_load(&from_terminal); }

unsigned clua_interrupt_count(void) { return atomic_load(&signals); }

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void leave(void) {
    atomic_store(&must_leave, true);
    sem_post(&wake);
}

// A library may hang: there must be a way out of everything.
static void offer_to_leave(int64_t now) {
    static const char offer[] =
        "\nthis cannot be stopped so far; Ctrl-C again within 5 seconds leaves, and what is in memory is lost\n";
    int64_t since = atomic_load(&unheeded_since);
    int64_t warned = atomic_load(&warned_at);
    if (!since) {
        atomic_store(&unheeded_since, now);
    } else if (warned && now - warned <= 5000) {
        leave();
    } else if (now - since >= 2000) {
        atomic_store(&warned_at, now);
        ssize_t ignored = write(STDERR_FILENO, offer, sizeof offer - 1);
        (void)ignored;
    }
}

static void on_sigint(int signal, siginfo_t *info, void *unused) {
    (void)unused;
    int saved = errno;
    clua_runtime *runtime = atomic_load(&target);
    // One that another thread hands on below tells nothing of where it came from.
    if (info->si_code != SI_TKILL) atomic_store(&from_terminal, info->si_code == SI_KERNEL);
    if (runtime && !pthread_equal(pthread_self(), runtime->owner)) {
        // Only the thread that runs Lua may set its hook.
        pthread_kill(runtime->owner, signal);
    } else if (runtime) {
        int64_t now = milliseconds();
        atomic_fetch_add(&signals, 1);
        bool second = now - atomic_exchange(&last_signal, now) <= 2000;
        if (!atomic_load(&leaves_at_second)) offer_to_leave(now);
        else if (second) leave();
        if (runtime->host->cancel) runtime->host->cancel(runtime->host->cancellation);
        clua_runtime *closed = atomic_load(&ending);
        if (closed) clua_interrupt_ending(closed);
        if (closed != runtime) clua_interrupt(atomic_load(&target_state));
        atomic_store(&unheeded, true);
        sem_post(&wake);
    }
    errno = saved;
}

static void on_nudge(int signal) { (void)signal; }

// A call of the system that begins just behind the signal would wait on: so the thread gets another, which says nothing, until it heeds.
static void nudge(void) {
    pthread_mutex_lock(&target_lock);
    clua_runtime *runtime = atomic_load(&target);
    if (runtime && atomic_load(&runtime->interrupted)) pthread_kill(runtime->owner, SIGURG);
    pthread_mutex_unlock(&target_lock);
}

// Ends the process where that was asked for: to remove files takes memory and locks, which a handler must not.
static void *watch(void *unused) {
    for (;;) {
        if (atomic_load(&unheeded)) {
            struct timespec until;
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_nsec += 20000000;
            if (until.tv_nsec >= 1000000000) {
                until.tv_nsec -= 1000000000;
                until.tv_sec++;
            }
            sem_timedwait(&wake, &until);
            if (atomic_load(&unheeded)) nudge();
        } else {
            sem_wait(&wake);
        }
        if (atomic_load(&must_leave)) {
            if (leaving) leaving();
            _exit(130);
        }
    }
    return unused;
}

static int start_watching(void) {
    static bool watching = false;
    if (watching) return 0;
    pthread_t thread;
    sigset_t all, before;
    if (sem_init(&wake, 0, 0) != 0) return errno;
    // It must not take a signal that the thread at the keyboard waits for.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int problem = pthread_create(&thread, NULL, watch, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (problem) return problem;
    pthread_detach(thread);
    watching = true;
    return 0;
}

static void set_target(lua_State *L) {
    pthread_mutex_lock(&target_lock);
    if (L) atomic_store(&target_state, L);
    atomic_store(&target, L ? clua_runtime_of(L) : NULL);
    pthread_mutex_unlock(&target_lock);
}

int clua_catch_sigint(lua_State *L, bool leaves, void (*before_exit)(void)) {
    struct sigaction action = {0};
    sigemptyset(&action.sa_mask);
    if (!L) {
        action.sa_handler = SIG_DFL;
        int problem = sigaction(SIGINT, &action, NULL) == 0 ? 0 : errno;
        set_target(NULL);
        return problem;
    }
    leaving = before_exit;
    int problem = start_watching();
    if (problem) return problem;
    atomic_store(&last_signal, INT64_MIN / 2);
    atomic_store(&leaves_at_second, leaves);
    set_target(L);
    // A thread inherits what its maker blocked.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGURG);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    // Without SA_RESTART: a script that waits for input must notice.
    action.sa_handler = on_nudge;
    if (sigaction(SIGURG, &action, NULL) != 0) return errno;
    action.sa_sigaction = on_sigint;
    action.sa_flags = SA_SIGINFO;
    return sigaction(SIGINT, &action, NULL) == 0 ? 0 : errno;
}

void clua_begin_ending(clua_runtime *runtime) { atomic_store(&ending, runtime); }

void clua_finish_ending(clua_runtime *runtime) {
    if (atomic_load(&target) == runtime) clua_catch_sigint(NULL, false, NULL);
    atomic_store(&ending, NULL);
}
