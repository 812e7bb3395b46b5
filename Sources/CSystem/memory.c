#include "csystem.h"

#include <stdlib.h> // says whether this is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

void csystem_give_back_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void csystem_keep_memory(int most) {
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, most);
    // The most there can be: blocks from here up are mapped one by one, and go back when they are freed.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
#else
    (void)most;
#endif
}
