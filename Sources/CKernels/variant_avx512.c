#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define VECTOR_BYTES 64
#define SHORT_TILES 0
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define TABLE ck_table_avx512
#define BF16_TABLE ck_bf16_avx512
#define S8_TABLE ck_s8_avx512
#define ADD_PAIRS(a, b) (words)_mm512_madd_epi16((__m512i)(a), (__m512i)(b))
#include "variant.h"
#pragma clang attribute pop
#endif
