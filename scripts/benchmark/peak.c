// The most operations a second that this machine's processors can do, a multiply-add counted as two: peak TYPE THREADS
// TYPE is float32, bfloat16 or int8 (bytes, sums of 32 bits). Multiply-adds of registers alone, as many at a time as hide how long one takes.
// Prints them by the clock and by the processor's time (what it would be if nothing else ran), or zeros for bytes where there is no instruction.
// Wants -march=native -mprefer-vector-width=512: clang halves vectors of 64 bytes for some processors.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__AVX512F__)
#include <immintrin.h>
#define BYTES 64
#elif defined(__AVX2__)
#define BYTES 32
#else
#define BYTES 16
#endif
enum { SUMS = 24, STEPS = 4000000 };

typedef float floats __attribute__((vector_size(BYTES)));

// One chain of multiply-adds for each of SUMS registers; `sink` keeps the compiler from leaving them out.
#define CHAINS(type, start, advance)                                                                                                    \
    type sum[SUMS];                                                                                                                     \
    for (int i = 0; i < SUMS; i++) sum[i] = (start);                                                                                    \
    for (int step = 0; step < STEPS; step++) _Pragma("GCC unroll 24") for (int i = 0; i < SUMS; i++) sum[i] = (advance);                 \
    volatile type sink;                                                                                                                 \
    for (int i = 0; i < SUMS; i++) sink = sum[i];                                                                                       \
    (void)sink;

static void *multiply_floats(void *unused) {
    const floats x = (floats){} + 0.999f, y = (floats){} + 0.001f;
    CHAINS(floats, x, sum[i] * x + y)
    return unused;
}

#if defined(__AVX512BF16__)
static void *multiply_halves(void *unused) {
    const __m512bh x = (__m512bh)_mm512_set1_epi32(0x3f7f3f7e), y = (__m512bh)_mm512_set1_epi32(0x3a003b00);
    CHAINS(__m512, _mm512_setzero_ps(), _mm512_dpbf16_ps(sum[i], x, y))
    return unused;
}
#endif

#if defined(__AVX512VNNI__)
static void *multiply_bytes(void *unused) {
    const __m512i x = _mm512_set1_epi32(0x11f30412), y = _mm512_set1_epi32(0x33047f21);
    CHAINS(__m512i, _mm512_setzero_si512(), _mm512_dpbusd_epi32(sum[i], x, y))
    return unused;
}
#endif

// Operations a second of `work`, by the clock and by the processor's time.
static void measure(void *(*work)(void *), int operations, int threads, double rates[2]) {
    struct timespec from, to;
    pthread_t running[256];
    const clock_t before = clock();
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < threads; i++) pthread_create(&running[i], NULL, work, NULL);
    for (int i = 0; i < threads; i++) pthread_join(running[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &to);
    const double seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    const double done = (double)operations * SUMS * STEPS * threads, processor = (double)(clock() - before) / CLOCKS_PER_SEC;
    rates[0] = done / seconds;
    rates[1] = done / processor * threads;
}

int main(int count, char **words) {
    if (count != 3) return 2;
    const int threads = atoi(words[2]);
    double best[2] = {0, 0};
    if (threads < 1 || threads > 256) return 2;
    // A float holds a bfloat16, and some processors multiply floats faster.
    if (strcmp(words[1], "int8")) measure(multiply_floats, BYTES / 4 * 2, threads, best);
#if defined(__AVX512BF16__)
    if (!strcmp(words[1], "bfloat16")) {
        double rates[2];
        measure(multiply_halves, BYTES / 2 * 2, threads, rates);
        if (rates[0] > best[0]) memcpy(best, rates, sizeof best);
    }
#endif
#if defined(__AVX512VNNI__)
    if (!strcmp(words[1], "int8")) measure(multiply_bytes, BYTES * 2, threads, best);
#endif
    printf("%.4g %.4g\n", best[0], best[1]);
    return 0;
}
