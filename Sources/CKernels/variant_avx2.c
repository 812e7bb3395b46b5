#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define VECTOR_BYTES 32
#define SHORT_TILES 0
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define TABLE ck_table_avx2
#define BF16_TABLE ck_bf16_avx2
#define S8_TABLE ck_s8_avx2
#define ADD_PAIRS(a, b) (words)_mm256_madd_epi16((__m256i)(a), (__m256i)(b))
#include "variant.h"
#pragma clang attribute pop
#endif
