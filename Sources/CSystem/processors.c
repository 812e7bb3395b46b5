// Where threads run.
#define _GNU_SOURCE // sched_getcpu, CPU_SET

#include "csystem.h"

#include <sched.h>

#ifdef __linux__

int csystem_processor(void) { return sched_getcpu(); }

bool csystem_keep_off(pthread_t thread, int processor) {
    cpu_set_t allowed;
    if (processor < 0 || processor >= CPU_SETSIZE || sched_getaffinity(0, sizeof allowed, &allowed) != 0) return false;
    if (!CPU_ISSET(processor, &allowed) || CPU_COUNT(&allowed) < 2) return false;
    CPU_CLR(processor, &allowed);
    return pthread_setaffinity_np(thread, sizeof allowed, &allowed) == 0;
}

void csystem_return_to(int processor) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    CPU_SET(processor, &allowed);
    sched_setaffinity(0, sizeof allowed, &allowed);
}

#else

int csystem_processor(void) { return -1; }

bool csystem_keep_off(pthread_t thread, int processor) {
    (void)thread;
    (void)processor;
    return false;
}

void csystem_return_to(int processor) { (void)processor; }

#endif
