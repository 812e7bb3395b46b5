#if defined(__aarch64__)
#define VECTOR_BYTES 16
#define SHORT_TILES 0
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define TABLE ck_table_neon
#define BF16_TABLE ck_bf16_neon
#define S8_TABLE ck_s8_neon
#include "variant.h"
#endif
