// What the system offers that Swift cannot call, or must not: in signal handlers only C is safe.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/// Gives memory that was freed and kept for later back to the system.
void csystem_give_back_memory(void);

/// Keeps up to `most` bytes of freed memory for later, where it would go back to the system at once.
void csystem_keep_memory(int most);

/// Tells the processor that this thread looks at memory again and again until another writes to it.
static inline void csystem_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// The processor that this thread runs on, below 0 where nobody knows.
int csystem_processor(void);

/// Has `thread`, which waits, go on anywhere but on `processor`, until it calls `csystem_return_to`. Whether that is possible.
bool csystem_keep_off(pthread_t thread, int processor);

/// Lets this thread run on `processor` again.
void csystem_return_to(int processor);

/// What stops the work that the calling thread does at present, NULL at first. Each thread has its own.
extern _Thread_local void *csystem_present_cancellation;

static inline void *csystem_present(void) { return csystem_present_cancellation; }

static inline void csystem_set_present(void *cancellation) { csystem_present_cancellation = cancellation; }

/// A file that is mapped for reading. Another program may cut it short: to touch what is gone is then the signal SIGBUS, which by default
/// ends the process.
typedef struct csystem_mapping csystem_mapping;

/// Has reads of the `count` bytes at `start`, a mapping's first page, find zeros where the file has gone, and the loss remembered. NULL
/// where too many mappings are guarded already; reads of this one are then as by default.
csystem_mapping *csystem_guard(const void *start, size_t count);

/// Whether something that was read was gone. Remains true.
bool csystem_has_lost(const csystem_mapping *mapping);

/// How often anything that was read was gone, in all mappings.
size_t csystem_losses(void);

/// Ends the guard, before the memory is unmapped.
void csystem_unguard(csystem_mapping *mapping);

#endif
