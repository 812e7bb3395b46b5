// Survives files that another program cuts short while they are mapped.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS

#include "csystem.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Read by the handler while other threads guard and unguard: `start` is written last and cleared first.
struct csystem_mapping {
    _Atomic(uintptr_t) start;
    _Atomic(size_t) count;
    atomic_bool has_lost;
};

#define MOST 1024
static struct csystem_mapping mappings[MOST];
static _Atomic(size_t) losses;
static struct sigaction before;
static uintptr_t page_size;

static void read_what_is_gone(int signal, siginfo_t *info, void *context) {
    uintptr_t address = (uintptr_t)info->si_addr;
    for (int i = 0; i < MOST; i++) {
        uintptr_t start = atomic_load(&mappings[i].start);
        if (!start || address < start || address - start >= atomic_load(&mappings[i].count)) continue;
        // A page of zeros in its place: the read goes on, and what it found is not to be used.
        void *page = (void *)(address / page_size * page_size);
        if (mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) break;
        atomic_store(&mappings[i].has_lost, true);
        atomic_fetch_add(&losses, 1);
        return;
    }
    // Not ours: whoever was there before us is asked, and by default the next attempt ends the process.
    if (before.sa_flags & SA_SIGINFO) before.sa_sigaction(signal, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) before.sa_handler(signal);
    else sigaction(signal, &before, NULL);
}

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = read_what_is_gone, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &before);
}

csystem_mapping *csystem_guard(const void *start, size_t count) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    for (int i = 0; i < MOST; i++) {
        // A start that no address has claims the place until the rest is written.
        uintptr_t none = 0;
        if (!atomic_compare_exchange_strong(&mappings[i].start, &none, UINTPTR_MAX)) continue;
        atomic_store(&mappings[i].has_lost, false);
        atomic_store(&mappings[i].count, count);
        atomic_store(&mappings[i].start, (uintptr_t)start);
        return &mappings[i];
    }
    return NULL;
}

bool csystem_has_lost(const csystem_mapping *mapping) { return mapping && atomic_load(&mapping->has_lost); }

size_t csystem_losses(void) { return atomic_load_explicit(&losses, memory_order_relaxed); }

void csystem_unguard(csystem_mapping *mapping) {
    if (mapping) atomic_store(&mapping->start, 0);
}
